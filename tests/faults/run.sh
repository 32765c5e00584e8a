#!/bin/bash
# Programs in which one call fails: run.sh STEP PROGRAM... in an empty folder, with SRC, BUILD, CRNLC and FAIL (the library
# made of tests/faults/fail_call.c) set. Of allocations, which are many, every STEP-th fails, of other calls each one; those of
# the program, and those of `crnlc run`, which compiles in memory. A program may not crash, may say one thing only, and leaves
# under each name what was there before or the whole new file.
step=$1
shift
bad=0
points=0
complain() { echo "$name, $call $n: $*"; sed 's/^/    /' err; bad=1; }

check() # status
{
    [ "$1" -lt 128 ] || complain "status $1"
    if [ "$1" != 0 ]; then
        messages=$(grep -cE 'error|^(crnlc: )?out of memory|^warning' err)
        [ "$messages" = 1 ] || complain "$messages messages"
    fi
    for file in $files; do
        if [ -e "out/$file" ] && ! cmp -s "out/$file" "good/$file" && [ "$(<"out/$file")" != "old" ]; then
            complain "half of $file"
        fi
    done
    [ "$1" != 0 ] || for file in $files; do
        cmp -s "out/$file" "good/$file" || complain "status 0 without $file"
    done
    for part in $(cd out && find . -name '*.part-*' -printf '%P\n'); do
        grep -qF "out/$part" err || complain "$part is left and not named"
    done
}

options=(--out-dir out --data-dir "$SRC/tests/faults" --threads 2 --quiet)
# Each place of one kind of call.
fail_each() # call, command...
{
    call=$1
    shift
    n=1
    while :; do
        rm -rf out told
        for file in $files; do
            mkdir -p "out/$(dirname "$file")"
            echo old >"out/$file"
        done
        [ $call != mkdir ] || rm -rf out/*
        timeout 20 env LD_PRELOAD="$FAIL" FAIL_CALL=$call FAIL_AT=$n FAIL_TOLD=told "$@" "${options[@]}" >out.out 2>err
        status=$?
        [ -e told ] || break
        check $status
        points=$((points + 1))
        [ $call = alloc ] && n=$((n + step)) || n=$((n + 1))
    done
}

for program; do
    name=$program
    rm -rf good out
    "$CRNLC" build "$SRC/tests/faults/$name.crnl" -O1 -o program || exit
    ./program --out-dir good --data-dir "$SRC/tests/faults" --threads 2 >good.out 2>err || { cat err; exit 1; }
    files=$(cd good && find . -type f -printf '%P\n')
    for call in alloc write rename close fsync mkdir open; do
        fail_each $call ./program
    done
    name="$program in memory"
    fail_each alloc "$CRNLC" run "$SRC/tests/faults/$program.crnl"
done
echo "$points places"
exit $bad
