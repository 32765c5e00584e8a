#!/bin/bash
# Processor time of one stochastic event by each kernel of the library, on one thread, a long run less a short one, in turns; with the
# kernel that is chosen at the start. REFERENCE: the folder of networks of BioNetGen that simulators are compared with; left out if it
# is not there. Then what averages over time cost.
. "$(dirname "$0")/lib.bash"
REFERENCE=${REFERENCE:-$SRC/../../shared/data/net}
machine

network() # name text
{
    printf 'network %s%s\n' "$1" "$2" >"$WORK/$1.crnl"
}
limited() # file events options: a run of so many events ends with the limit, status 1
{
    "$CRNLC" run "$1" --engine jit --until 1e30 --method ssa --threads 1 --max-events "$2" "${@:3}" >/dev/null 2>&1 || [ $? = 1 ]
}
plan() # file: what the plan says of kernels
{
    "$CRNLC" run "$1" --engine jit --until 1e30 --method ssa --max-events 1 --verbose 2>&1 | grep -m 1 ' by the kernel '
}
kernels() # file events: ns by each kernel, '-' where it refuses; the best of the others over the table; the choice
{
    local kernel i all line ratios
    all=$(plan "$1")
    for kernel in table unrolled rejection fused; do
        rm -f "$WORK/times"
        for i in 1 2 3; do
            case $all in *"not $kernel:"*) echo - ;; *)
                awk -v a="$(cpu_seconds limited "$1" "$2" --kernel $kernel)" -v b="$(cpu_seconds limited "$1" 1000 --kernel $kernel)" \
                    -v n="$2" 'BEGIN { print 1e9 * (a - b) / n }' ;;
            esac >>"$WORK/times"
        done
        if grep -q '^-' "$WORK/times"; then echo -; else median <"$WORK/times"; fi
    done >"$WORK/row"
    line=$(basename "$1" | sed 's/_no_obs.*//; s/\.crnl//')
    ratios=$(awk 'NR == 1 { t = $1 } NR > 1 && $1 != "-" && (!best || $1 < best) { best = $1 } END { printf " | %.2f", best / t }' "$WORK/row")
    awk -v line="$line" -v ratios="$ratios" -v chosen="$(sed 's/.* by the kernel \([a-z]*\) .*/\1/' <<<"$all")" '
        { row = row sprintf(" | %s", $1 == "-" ? "-" : sprintf("%.0f", $1)) }
        END { print "| " line row ratios " | " chosen " |" }' "$WORK/row"
}

network ring17 ' { species X[17] = 50; for i in 0..17 { X[i] -> X[(i + 1) % 17]; } }'
network ring64 ' { species X[64] = 50; for i in 0..64 { X[i] -> X[(i + 1) % 64]; } }'
network ring64_of_1 ' { species X[64] = 1; for i in 0..64 { X[i] -> X[(i + 1) % 64]; } }'
for n in 20 48 64; do
    network dense$n " { $(awk -v n=$n 'BEGIN {
        srand(5)
        printf "species X[%d] = 20;", n / 4
        for (i = 0; i < n; i++) {
            printf " X[%d] + X[%d] ->{%g} X[%d] + X[%d];", rand() * n / 4, rand() * n / 4, 0.1 + rand(), rand() * n / 4, rand() * n / 4
        }
    }') }"
done
network sparse20k '(const n = 1000, const m = 20) {
  species X[n] = 10;
  for i in 0..n, j in 0..m { X[i] + X[(i + 7 * j + 1) % n] ->{0.5 + j} X[(3 * i + j) % n] + X[(i + 1) % n]; }
}'
network taylor150 '(const n = 150) {
  species P[n] = 1, N[n];
  for i in 0..n { P[i] ->{1} N[i]; N[i] ->{1} P[i]; }
  for i in 0..n, j in 0..n { if i != j { P[i] + P[j] ->{0.01} N[i] + P[j]; } }
}'
echo '| network | table, ns | unrolled, ns | rejection, ns | fused, ns | best / table | chosen |'
echo '| --- | --- | --- | --- | --- | --- | --- |'
for name in ring17 ring64 ring64_of_1 dense20 dense48 dense64; do kernels "$WORK/$name.crnl" 2000000; done
kernels "$WORK/sparse20k.crnl" 500000
kernels "$WORK/taylor150.crnl" 300000
if [ -d "$REFERENCE" ]; then
    kernels "$REFERENCE/multistate_no_obs.net" 2000000
    kernels "$REFERENCE/multisite2_no_obs.net" 1000000
    kernels "$REFERENCE/egfr_net_no_obs.net" 1000000
    kernels "$REFERENCE/BCR_no_obs.net" 1000000
    kernels "$REFERENCE/fceri_gamma2_no_obs.net.gz" 300000
fi

# Ensembles of 512 runs on one thread, one by one and in lockstep, less two runs of each.
ensemble() # name network time
{
    local i how
    rm -f "$WORK/alone" "$WORK/lockstep"
    for i in 1 2 3 4 5; do
        for how in 'alone kernel = unrolled, runs = 512' 'lockstep runs = 512' 'few kernel = unrolled, runs = 2'; do
            printf 'network n %s experiment e { run n for %s by ssa(%s); }\n' "$2" "$3" "${how#* }" >"$WORK/ensemble.crnl"
            cpu_seconds "$CRNLC" run --engine jit --threads 1 "$WORK/ensemble.crnl" >"$WORK/now"
            [ "${how%% *}" = few ] || cp "$WORK/now" "$WORK/now.${how%% *}"
        done
        for how in alone lockstep; do paste "$WORK/now.$how" "$WORK/now" | awk '{ print $1 - $2 }' >>"$WORK/$how"; done
    done
    awk -v name="$1" -v a="$(median <"$WORK/alone")" -v l="$(median <"$WORK/lockstep")" \
        'BEGIN { printf "| %s | %.3f | %.3f | %.2f |\n", name, a, l, l / a }'
}
echo '| 512 runs of | one by one, s | lockstep, s | ratio |'
echo '| --- | --- | --- | --- |'
ensemble birth-death '{ species X = 100; 0 ->{100} X; X -> 0; }' 500
ensemble dimerisation '{ species P = 1000, D; 2 P <->{0.0002, 0.004} D; }' 30000
ensemble Lotka-Volterra '{ species A = 12000, B = 20000; A ->{1} 2 A; A + B ->{0.00005} 2 B; B ->{0.6} 0; }' 5
ensemble toggle '{
  species G[2] = 1, T[2], Q[2], C[2];
  for i in 0..2 {
    const j = 1 - i;
    G[i] ->{5} G[i] + T[i]; T[i] ->{1.25} T[i] + Q[i]; G[i] + 2 Q[j] <->{0.01, 0.2} C[i];
    C[i] ->{0.05} C[i] + T[i]; T[i] ->{0.5} 0; Q[i] ->{0.5} 0;
  }
}' 2000

# The start of a run: one event, 100 units of 150 clamped from row to row, 4100 rows less 100.
for rows in 100 4100; do
    printf 'network taylor150%s\nexperiment e { run taylor150 over r in 0..%d with clamp P[0..100] = [u in 0..100 : (r * 31 + u * (17 + r)) %% 2],
      clamp N[0..100] = [u in 0..100 : 1 - (r * 31 + u * (17 + r)) %% 2] for 1 events by ssa; }\n' "$(sed 's/^network taylor150//' "$WORK/taylor150.crnl")" $rows >"$WORK/start$rows.crnl"
done
rm -f "$WORK/times"
for _ in 1 2 3 4 5; do
    awk -v a="$(cpu_seconds "$CRNLC" run --engine jit --threads 1 "$WORK/start4100.crnl")" \
        -v b="$(cpu_seconds "$CRNLC" run --engine jit --threads 1 "$WORK/start100.crnl")" 'BEGIN { print 1e6 * (a - b) / 4000 }' >>"$WORK/times"
done
row "taylor150, start of a run with other clamps" "$(median <"$WORK/times")" 50 us

bd='network bd { species X = 100; 0 ->{100} X; X -> 0; }'
printf '%s experiment e { run bd for 100000 by ssa; }\n' "$bd" >"$WORK/plain.crnl"
printf '%s experiment e { run bd for 100000 by ssa; print(time_mean(bd.X)); }\n' "$bd" >"$WORK/mean.crnl"
printf '%s experiment e { run bd for 100000 by ssa; print(time_var(bd.X)); }\n' "$bd" >"$WORK/var.crnl"
for kernel in unrolled table; do
    for what in mean var; do
        rm -f "$WORK/ratios"
        for _ in 1 2 3 4 5; do
            awk -v a="$(cpu_seconds "$CRNLC" run --engine jit "$WORK/$what.crnl" --kernel $kernel)" \
                -v b="$(cpu_seconds "$CRNLC" run --engine jit "$WORK/plain.crnl" --kernel $kernel)" 'BEGIN { print a / b }' >>"$WORK/ratios"
        done
        row "birth-death, $kernel, with time_$what over without" "$(median <"$WORK/ratios")" 1.3 ''
    done
done
