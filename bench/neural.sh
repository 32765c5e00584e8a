#!/bin/bash
# Learning by chemistry: CPU time of a phase of program 11 (d = 6, k_fast = 1000), by the difference of five epochs and one of
# 200 samples, and with it that of its training, 24,000 phases; and what two threads gain on eleven seeds, as the CPU time of one
# thread over that of the busier of two, which other work on the machine does not change much.
set -eu
export LC_ALL=C
export CRNL_CACHE= # each start compiles
here=$(cd "$(dirname "$0")" && pwd)
CRNLC=${CRNLC:-$here/../build/crnlc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

program() # EPOCHS
{
    sed -e "s/rings2d(400/rings2d(200/; s/0\.\.30 {/0..$1 {/; s/2000/20/g" \
        -e '/record loss/d; /plot loss/d; /assert acc/d' "$here/neural-crn/rings.crnl" >"$work/$1.crnl"
}

# CPU ticks of each thread of a run when it was last seen.
ticks() # PROGRAM OPTIONS...
{
    local last="" now
    "$CRNLC" run "$work/$1.crnl" --quiet "${@:2}" >/dev/null &
    local run=$!
    while kill -0 $run 2>/dev/null; do
        now=$(awk '{ printf "%d ", $14 + $15 }' /proc/$run/task/*/stat 2>/dev/null) || true
        [ -z "$now" ] || last=$now
        sleep 0.1
    done
    wait $run || exit 1
    echo "$last"
}

program 1
program 5
one=$(ticks 1 --threads 1)
five=$(ticks 5 --threads 1)
alone=$(ticks 1 --threads 1 --seeds 11)
both=$(ticks 1 --threads 2 --seeds 11)
awk -v hz="$(getconf CLK_TCK)" -v one="$one" -v five="$five" -v alone="$alone" -v both="$both" '
    function most(list, part, n, i, m) { n = split(list, part, " "); for (i = 1; i <= n; i++) m = part[i] > m ? part[i] + 0 : m; return m }
    BEGIN {
        phase = (most(five) - most(one)) / hz / 1600
        printf "a phase %.2f ms, 24,000 phases %.0f s; eleven seeds on two threads %.2f x\n", 1000 * phase, 24000 * phase,
            most(alone) / most(both)
    }'
