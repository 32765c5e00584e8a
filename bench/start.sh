#!/bin/bash
# Program 01 from source to result: trajectory, assertion and picture; then without the picture, which gnuplot
# draws in a process of its own. Then a network of three reactions, whose work is less than compiling it: twenty starts, against
# as many that compile.
. "$(dirname "$0")/lib.bash"
machine
program=$SRC/examples/01_rock_paper_scissors.crnl
grep -v '^ *plot ' "$program" >"$WORK/no_plot.crnl"
for i in 1 2 3 4 5 6 7 8 9 10 11; do
    seconds "$CRNLC" run --out-dir "$WORK" "$program" >>"$WORK/whole"
    seconds "$CRNLC" run --out-dir "$WORK" "$WORK/no_plot.crnl" >>"$WORK/without"
    seconds "$CRNLC" build "$program" -o "$WORK/program" >>"$WORK/build"
    seconds "$CRNLC" check "$program" >>"$WORK/check"
done
row "program 01, source to result with its picture" "$(median <"$WORK/whole")" 0.2 s
row "program 01, without the picture" "$(median <"$WORK/without")" 0.2 s
row "program 01, crnlc build" "$(median <"$WORK/build")" 0.2 s
row "program 01, crnlc check" "$(median <"$WORK/check")" 0.2 s
cat >"$WORK/three.crnl" <<'EOF'
network three { species A = 100, B; A ->{1} B; B ->{0.5} A; A + B ->{0.001} 2 B; }
experiment main { run three for 10 by ode; print three.A; }
EOF
twenty() # options...
{
    cpu_seconds bash -c 'for i in {1..20}; do "$@" || exit; done' - "$CRNLC" run "$WORK/three.crnl" "$@"
}
for i in 1 2 3 4 5; do
    awk -v a="$(twenty)" -v b="$(twenty --engine jit)" 'BEGIN { print a / b }' >>"$WORK/ratio"
done
row "three reactions, user time over that when compiled" "$(median <"$WORK/ratio")" 0.4 ''
