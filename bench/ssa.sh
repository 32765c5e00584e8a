#!/bin/bash
# Processor time of one stochastic event on one thread: a long run less a short one, so that starting does not
# count.
. "$(dirname "$0")/lib.bash"
machine

program() # name network events: writes a long and a short program
{
    for kind in long short; do
        local events=$3
        [ $kind = short ] && events=1000
        printf '%s\nexperiment main { run %s for %s events by ssa; }\n' "$2" "$1" "$events" >"$WORK/$1.$kind.crnl"
    done
}

measure() # name events goal engine: ns per event
{
    local i
    rm -f "$WORK/times"
    for i in 1 2 3 4 5; do
        awk -v a="$(cpu_seconds "$CRNLC" run --engine "$4" --threads 1 "$WORK/$1.long.crnl")" \
            -v b="$(cpu_seconds "$CRNLC" run --engine "$4" --threads 1 "$WORK/$1.short.crnl")" \
            -v n="$2" 'BEGIN { print 1e9 * (a - b) / n }' >>"$WORK/times"
    done
    row "$1, $4" "$(median <"$WORK/times")" "$3" ns/event
}

program birth_death 'network birth_death { species X = 100; 0 ->{100} X; X -> 0; }' 50000000
program dimerisation 'network dimerisation { species P = 1000, D; 2 P <->{0.0002, 0.004} D; }' 50000000
program lotka_volterra 'network lotka_volterra {
  species A = 12000, B = 20000;
  A ->{1} 2 A; A + B ->{0.00005} 2 B; B ->{0.6} 0;
}' 50000000
program toggle 'network toggle(k_tx = 5, k_tl = 1.25, k_b = 0.01, k_u = 0.2, k_leak = 0.05, d = 0.5) {
  species G[2] = 1, T[2], Q[2], C[2];
  for i in 0..2 {
    const j = 1 - i;
    G[i] ->{k_tx} G[i] + T[i];
    T[i] ->{k_tl} T[i] + Q[i];
    G[i] + 2 Q[j] <->{k_b, k_u} C[i];
    C[i] ->{k_leak} C[i] + T[i];
    T[i] ->{d} 0;
    Q[i] ->{d} 0;
  }
}' 20000000
program big 'network big(const n = 1000, const m = 20) {
  species X[n] = 10;
  for i in 0..n, j in 0..m { X[i] + X[(i + 7 * j + 1) % n] ->{0.5 + j} X[(3 * i + j) % n] + X[(i + 1) % n]; }
}' 1000000

measure birth_death 50000000 20 jit
measure dimerisation 50000000 20 jit
measure lotka_volterra 50000000 20 jit
measure toggle 20000000 80 jit
measure big 1000000 1050 jit
measure birth_death 50000000 20 interpret
