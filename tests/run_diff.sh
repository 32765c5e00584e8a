#!/bin/bash
# Interpreter, in-memory code, one after the other, and executable agree: run_diff.sh 'PATH ssa|ode OPTIONS...', a line of
# tests/diff/list; its options go to the run, those on the first line of the program to the compiler. ssa: the
# same bytes; ode: numbers within 1e-6, relative, and files of other kinds than text are only compared by name.
. "$SRC/tests/run_lib.sh"
set -- $1
file=$1
kind=$2
shift 2
name="diff $file"
compile=$(options_of "$SRC/$file")
options=$*
case $kind in
ssa | ode) ;;
*)
    echo "tests/diff/list: '$kind' is neither ssa nor ode" | fail "$name"
    exit
    ;;
esac

try() # label command...: runs in a folder of its own, keeps stdout beside its files
{
    local label=$1
    shift
    mkdir -p "$TMP/$label/out"
    if ! run_in "$TMP/$label" "$@"; then
        tell "$label: ${broken:-failed}: $*" | fail "$name"
        exit
    fi
    cp "$TMP/stdout" "$TMP/$label/out/=stdout"
}

same() # folder folder
{
    if [ $kind = ssa ]; then
        diff -r "$1" "$2"
        return
    fi
    diff <(cd "$1" && find . -type f | sort) <(cd "$2" && find . -type f | sort) || return
    local path
    (cd "$1" && find . -type f | sort) | while IFS= read -r path; do
        if grep -qI . "$1/$path" && ! awk -f "$SRC/tests/compare_numbers.awk" "$1/$path" "$2/$path"; then
            echo "(in $path)"
        fi
    done
}

try interpreter "$CRNLC" run --engine interpret --seed 1 $compile $options "$SRC/$file" --out-dir out
try memory "$CRNLC" run --engine jit --seed 1 $compile $options "$SRC/$file" --out-dir out
# Walked first: compiled code takes over after a few operations, in the middle of a run.
try both "$CRNLC" run --compile-after 300 --seed 1 $compile $options "$SRC/$file" --out-dir out
mkdir -p "$TMP/executable"
if ! run_in "$TMP/executable" "$CRNLC" build $compile "$SRC/$file" -o program; then
    tell "crnlc build: ${broken:-failed}" | fail "$name"
    exit
fi
try executable ./program --seed 1 $options --out-dir out
for other in memory both executable; do
    same "$TMP/interpreter/out" "$TMP/$other/out" >"$TMP/diff" 2>&1
    if [ -s "$TMP/diff" ]; then
        { echo "interpreter and $other differ"; cat "$TMP/diff"; } | fail "$name $other"
    else
        pass
    fi
done
