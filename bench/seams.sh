#!/bin/bash
# What the seams must show: averages along stochastic runs, runs of one event, cycles of a learning chemistry, rows over threads, memory of
# rows. Processor time where one thread works, long programs less short ones, in turns. OLD: an older crnlc, measured beside.
. "$(dirname "$0")/lib.bash"
machine
OLD=${OLD:-}

# per_turn COMPILER FILE FEW MANY: milliseconds a turn, median of three; the file has TURNS where the number goes
per_turn()
{
    local i
    sed "s/TURNS/$3/" "$2" >"$WORK/few.crnl"
    sed "s/TURNS/$4/" "$2" >"$WORK/many.crnl"
    for i in 1 2 3; do
        awk -v a="$(cpu_seconds "$1" run "$WORK/many.crnl" --threads 1)" -v b="$(cpu_seconds "$1" run "$WORK/few.crnl" --threads 1)" \
            -v n=$(($4 - $3)) 'BEGIN { print 1e3 * (a - b) / n }'
    done | median
}
both() # name file few many goal
{
    row "$1" "$(per_turn "$CRNLC" "$2" "$3" "$4")" "$5" ms
    [ -z "$OLD" ] || row "... by the older crnlc" "$(per_turn "$OLD" "$2" "$3" "$4")" "$5" ms
}
bd='network bd { species X = 100, Y; 0 ->{100} X; X -> 0; }'
average() # name expression
{
    local i
    printf '%s experiment e { run bd for 100000 by ssa; }\n' "$bd" >"$WORK/plain.crnl"
    printf '%s experiment e { run bd for 100000 by ssa; print(%s); }\n' "$bd" "$2" >"$WORK/with.crnl"
    for i in 1 2 3 4 5; do
        awk -v a="$(cpu_seconds "$CRNLC" run "$WORK/with.crnl")" -v b="$(cpu_seconds "$CRNLC" run "$WORK/plain.crnl")" 'BEGIN { print a / b }'
    done | median >"$WORK/ratio"
    row "birth-death with $1 over without" "$(cat "$WORK/ratio")" 1.3 ''
}
average time_mean 'time_mean(bd.X)'
average 'time_mean of a product' 'time_mean(bd.X * bd.X)'
average time_histogram 'time_histogram(bd.X, max = 200)'
average event_mean 'event_mean(bd.X)'

awk 'BEGIN {
    srand(1); n = 150
    for (i = 0; i < n; i++) for (j = 0; j < i; j++) w[i, j] = w[j, i] = sprintf("%.4f", 0.1 * (rand() - 0.5))
    printf "model bm = boltzmann { visible v[100]; hidden h[50]; connect ["
    for (i = 0; i < n; i++) {
        printf "%s[", i ? ",\n" : ""
        for (j = 0; j < n; j++) printf "%s%s", j ? "," : "", i == j ? 0 : w[i, j]
        printf "]"
    }
    print "]; }\nnetwork taylor = lower bm to taylor(k = 1);"
    print "experiment e { run taylor over s in 0..TURNS with clamp v = bernoulli(zeros(100) + 0.5) for 1 events by ssa; print(taylor.h.on[3, 20]); }"
}' >"$WORK/taylor.crnl"
row 'a run of one event of taylor, 150 nodes, 100 clamped' "$(per_turn "$CRNLC" "$WORK/taylor.crnl" 500 4500)" 0.2 ms
cat >"$WORK/by_hand.crnl" <<'X'
network taylor(const n = 150) {
  species P[n] = 1, N[n];
  for i in 0..n { P[i] ->{1} N[i]; N[i] ->{1} P[i]; }
  for i in 0..n, j in 0..n { if i != j { P[i] + P[j] ->{0.01 + 0.0001 * i} N[i] + P[j]; } }
}
experiment e {
  const v = bernoulli(zeros(TURNS, 100) + 0.5);
  run taylor over s in 0..TURNS with clamp P[0..100] = v[s], clamp N[0..100] = 1 - v[s] for 1 events by ssa;
  print(taylor.P[3, 120]);
}
X
both '... of the network by hand, 22,650 reactions' "$WORK/by_hand.crnl" 500 3500 0.2
both 'a cycle of Rings by hand (62 species)' "$SRC/bench/seams/rings.crnl" 50 450 1.7

# How much of the time both threads had work: waiting for a processor that others use is not waiting for work.
busy() # file: the sum over two threads, in units of one
{
    "$CRNLC" run "$1" --threads 2 >/dev/null 2>&1 &
    local child=$! i f
    sleep 1.5
    for i in 1 2; do
        for f in /proc/$child/task/*/schedstat; do echo "$f $(cat "$f") $(date +%s.%N)"; done
        [ $i = 2 ] || sleep 4
    done | awk '{ if ($1 in r) sum += ($2 + $3 - r[$1]) / 1e9 / ($5 - t[$1]); r[$1] = $2 + $3; t[$1] = $5 } END { print sum }'
    kill $child
    wait $child 2>/dev/null || true
}
cat >"$WORK/tensor.crnl" <<'X'
network tensor { species s[5] = 0.2; for i in 0..5, j in 0..5, k in 0..5 { if i != j { s[i] + s[k] ->{0.1 * (1 + (3 * i + 5 * j + 7 * k) % 11)} s[j] + s[k]; } } }
experiment e { run tensor over r in 0..4000000 with s[0] = 0.1 + 1e-7 * r for 40 by ode; print(tensor.s[0, 0]); }
X
cat >"$WORK/runs.crnl" <<'X'
network bd(k = 5) { species X = 5, Y; 0 ->{k} X; X -> 0; X -> X + Y; Y -> 0; }
experiment e { run bd over s in 0..4000000 with k = 1 + s % 9 for 50 by ssa(runs = 20); print(run_mean(bd.X)[3]); }
X
row 'rows by ode, 5 species, threads at work of 2' "$(busy "$WORK/tensor.crnl")" 1.8 ''
row 'rows of 20 runs by ssa, threads at work of 2' "$(busy "$WORK/runs.crnl")" 1.8 ''
