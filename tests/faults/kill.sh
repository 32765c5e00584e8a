#!/bin/bash
# Kills a program at random moments: kill.sh N SEED in an empty folder, with SRC and CRNLC set. After KILL each file is the old one or the
# whole new one; what is half is a part, which the next start names. After TERM whole runs stand in the place of the file too.
RANDOM=$2
"$CRNLC" build "$SRC/tests/faults/outputs.crnl" -o program
./program --out-dir good --seed 3 --threads 2
files="runs.csv one.csv runs.npz one.npz lines.txt grey.png curve.svg"
export NPZ_RUN=501
start=$(date +%s%N)
./program --out-dir warm --seed 3 --threads 2
long=$((($(date +%s%N) - start) / 1000000))     # milliseconds, of this machine now

complain() { echo "kill $i by $signal after $pause: $*"; ls -l out; cat err; exit 1; }
# The good file from its start to the end of a run or line.
is_prefix() { head -c "$(stat -c %s "out/$1")" "good/$1" | cmp -s - "out/$1"; }
parts=0
for ((i = 0; i < $1; i++)); do
    [ $((i % 2)) = 0 ] && signal=KILL || signal=TERM
    rm -rf out
    mkdir out
    for file in $files; do echo old >"out/$file"; done
    ms=$((RANDOM % (long + 10)))
    pause=$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))
    : >err # a signal may come before the program has it opened
    ./program --out-dir out --seed 3 --threads 2 >/dev/null 2>err &
    pid=$!
    sleep "$pause"
    kill -$signal $pid 2>/dev/null
    status=0
    wait $pid 2>/dev/null || status=$?
    case $signal-$status in KILL-137 | KILL-0 | TERM-143 | TERM-0) ;; *) complain "status $status" ;; esac
    for file in $files; do
        [ "$(head -c 3 "out/$file")" = old ] || cmp -s "out/$file" "good/$file" && continue
        # Only what is whole in itself may be shorter, and only after a signal that leaves time.
        case $signal-$file in
        TERM-runs.csv | TERM-lines.txt) is_prefix "$file" || complain "$file is no part of the whole" ;;
        TERM-runs.npz) python3 "$SRC/tests/faults/npz_rows.py" good/runs.npz out/runs.npz >/dev/null || complain "runs.npz" ;;
        *) complain "$file is neither old nor whole" ;;
        esac
    done
    # A program that has not come to its first line yet says nothing, and has done nothing.
    begun=$(cd out && for file in *; do [ "$(head -c 3 "$file")" = old ] || echo "$file"; done)
    [ $status != 143 ] || [ "$(grep -c 'interrupted by SIGTERM' err)" = 1 ] || [ -z "$begun$(cat err)" ] || complain "not one message"
    # A part that ends in + is the archive itself, which was being made of the other.
    for part in out/*.npz.part-*[!+]; do
        [ ! -e "$part" ] || [ ! -s "$part" ] ||
            python3 "$SRC/tests/faults/npz_rows.py" "good/$(basename "${part%.part-*}")" "$part" >/dev/null || complain "$part"
    done
    left=$(cd out && ls | grep -c '\.part-')
    parts=$((parts + left))
    if [ $signal = KILL ] && [ "$left" != 0 ]; then
        part=$(cd out && ls | grep '\.part-' | head -n 1)
        ./program --out-dir out --seed 3 --threads 2 >/dev/null 2>err
        grep -q "warning: .out/$part. is what a program had written when it was killed" err || complain "$part is not named"
    fi
done
echo "$1 kills, $parts parts"
