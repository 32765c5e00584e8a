#!/bin/bash
# Derivatives of runs: a step of the waveform task against C by hand (four restarts in the lanes of a vector), one over rows of 35 chambers on
# rings against C by hand (eight rows), and a stiff network of 100 parameters against its run. Processor time, long programs less short ones, in turns, medians of five.
. "$(dirname "$0")/lib.bash"
machine
"${CC:-cc}" -std=gnu11 -O3 -march=x86-64-v3 -ffp-contract=off -o "$WORK/adjoint" "$SRC/bench/gradient/adjoint.c" -lm

waveform() # restarts: microseconds of a step of one of them
{
    local few=100 many=600
    sed "s/^const RESTARTS = 1/const RESTARTS = $1/" "$SRC/bench/gradient/waveform.crnl" >"$WORK/wave.crnl"
    [ "$1" -gt 1 ] || { few=400 many=4400; }
    awk -v a="$(cpu_seconds "$CRNLC" run "$WORK/wave.crnl" --threads 1 --set steps=$many)" \
        -v b="$(cpu_seconds "$CRNLC" run "$WORK/wave.crnl" --threads 1 --set steps=$few)" -v n=$(((many - few) * $1)) \
        'BEGIN { print 1e6 * (a - b) / n }'
}
by_hand() # restarts
{
    "$WORK/adjoint" 500 "$1" | awk '{ print $1 }'
}
for restarts in 1 32; do
    for i in 1 2 3 4 5; do
        waveform $restarts >>"$WORK/ours.$restarts"
        by_hand $((restarts < 4 ? 4 : restarts)) >>"$WORK/floor.$restarts"
    done
done
row 'a gradient step of the waveform task' "$(median <"$WORK/ours.1")" 300 us
row '... of one of 32 restarts' "$(median <"$WORK/ours.32")" 300 us
row '... by hand, four restarts in lanes' "$(median <"$WORK/floor.32")" 300 us
paste "$WORK/floor.32" "$WORK/ours.32" | awk '{ print $1 / $2 }' | median >"$WORK/ratio"
row 'speed of 32 restarts over that by hand' "$(cat "$WORK/ratio")" 0.9 ''

# Rows of a network that is too large to be compiled: microseconds of a chamber, a row and a step of rk4.
"${CC:-cc}" -std=gnu11 -O3 -march=native -ffp-contract=off -o "$WORK/rings" "$SRC/bench/gradient/rings.c"
for i in 1 2 3 4 5; do
    "$WORK/rings" 500 64 | awk '{ print $1 }' >>"$WORK/floor.rings"
    awk -v a="$(cpu_seconds "$CRNLC" run "$SRC/bench/gradient/rings.crnl" --threads 1 --set steps=9)" \
        -v b="$(cpu_seconds "$CRNLC" run "$SRC/bench/gradient/rings.crnl" --threads 1 --set steps=1)" \
        'BEGIN { print 1e6 * (a - b) / 8 / (500 * 16 * 35) }' >>"$WORK/ours.rings"
done
row 'a chamber, a row and a step of rings' "$(median <"$WORK/ours.rings")" 0.3 us
paste "$WORK/ours.rings" "$WORK/floor.rings" | awk '{ print $1 / $2 }' | median >"$WORK/ratio"
row '... over that by hand' "$(cat "$WORK/ratio")" 3 ''

# The same steps by PyTorch, where it is installed: 32 restarts are one batch.
PYTHON=${PYTHON:-/usr/bin/python3}
if "$PYTHON" -c 'import torch' 2>"$WORK/stderr"; then
    for restarts in 1 32; do
        for i in 1 2 3; do
            "$PYTHON" "$SRC/bench/gradient/waveform_torch.py" 3 $restarts | awk '{ print $1 }'
        done | median >"$WORK/torch.$restarts"
        median <"$WORK/ours.$restarts" | paste "$WORK/torch.$restarts" - | awk '{ print $1 / $2 }' >"$WORK/ratio"
        row "speed over PyTorch, a step of $restarts" "$(cat "$WORK/ratio")" 300 ''
    done
else
    echo 'PyTorch is not installed: not compared'
fi

stiff() # experiment: seconds of 200
{
    sed "s/REPEATS = 1/REPEATS = 20/" "$SRC/bench/gradient/stiff.crnl" >"$WORK/few.crnl"
    sed "s/REPEATS = 1/REPEATS = 220/" "$SRC/bench/gradient/stiff.crnl" >"$WORK/many.crnl"
    awk -v a="$(cpu_seconds "$CRNLC" run "$WORK/many.crnl" --experiment "$1")" \
        -v b="$(cpu_seconds "$CRNLC" run "$WORK/few.crnl" --experiment "$1")" 'BEGIN { print a - b }'
}
for i in 1 2 3 4 5; do
    awk -v a="$(stiff derive)" -v b="$(stiff simulate)" 'BEGIN { print a / b }'
done | median >"$WORK/ratio"
row 'stiff, 100 parameters: run and gradient over a run' "$(cat "$WORK/ratio")" 5 ''
