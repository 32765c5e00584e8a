#!/bin/bash
# A network of 1,000 species and 20,000 reactions, compiled and started: written out line by line, and generated
# by a loop; then the same with ten times as many, to see that time grows in proportion.
. "$(dirname "$0")/lib.bash"
machine

lines() # number of reactions: bimolecular, reactants and products drawn by a fixed generator
{
    awk -v n="$1" 'BEGIN {
        s = 12345; print "network big {\n  species X[1000] = 10;"
        for (i = 0; i < n; i++) {
            for (j = 0; j < 4; j++) { s = (s * 16807) % 2147483647; x[j] = int(s / 2147483647 * 1000) }
            printf "  X[%d] + X[%d] ->{%.4g} X[%d] + X[%d];\n", x[0], x[1], 0.5 + i % 7, x[2], x[3]
        }
        print "}\nexperiment main { run big for 10 events by ssa; print big.X[0]; }" }'
}

loop() # number of reactions, a multiple of 1000
{
    echo "network big(const n = 1000, const m = $(($1 / 1000))) {
  species X[n] = 10;
  for i in 0..n, j in 0..m { X[i] + X[(i + 7 * j + 1) % n] ->{0.5 + j} X[(3 * i + j) % n] + X[(i + 1) % n]; }
}
experiment main { run big for 10 events by ssa; print big.X[0]; }"
}

for size in 20000 200000; do
    lines $size >"$WORK/lines$size.crnl"
    loop $size >"$WORK/loop$size.crnl"
done
for i in 1 2 3 4 5; do
    for name in lines20000 loop20000 lines200000 loop200000; do
        seconds "$CRNLC" run "$WORK/$name.crnl" >>"$WORK/$name"
    done
done
row "20,000 reactions, written out" "$(median <"$WORK/lines20000")" 1 s
row "20,000 reactions, by a loop" "$(median <"$WORK/loop20000")" 1 s
row "200,000 reactions, written out" "$(median <"$WORK/lines200000")" 10 s
row "200,000 reactions, by a loop" "$(median <"$WORK/loop200000")" 10 s
"$CRNLC" run --time "$WORK/lines20000.crnl"
