# Runs of an ensemble in lockstep give the bytes of runs one by one, whatever ends them: times, events, rows, networks in which nothing can
# fire any more, burn-in, limits, choices of another kernel. A kernel that is named takes them one by one.
cat >x.crnl <<'X'
network bd { species X = 30; 0 ->{30} X; X -> 0; }
network lv { species A = 80, B = 60; A -> 2 A; A + B ->{0.02} 2 B; B ->{0.8} 0; }
network dimer { species P = 100, D; 2 P <->{0.002, 0.04} D; }
network toggle {
  species G[2] = 1, T[2], Q[2], C[2];
  for i in 0..2 {
    const j = 1 - i;
    G[i] ->{5} G[i] + T[i];
    T[i] ->{1.25} T[i] + Q[i];
    G[i] + 2 Q[j] <->{0.01, 0.2} C[i];
    C[i] ->{0.05} C[i] + T[i];
    T[i] ->{0.5} 0;
    Q[i] ->{0.5} 0;
  }
}
network decay { species A = 7, B; A + B -> B; A ->{0.3} B; }
network laws(K = 9, n = 1.5) {
  species M[2] = 4, P[2] = 6, L = 1;
  for i in 0..2 {
    0 =>{ 0.5 + 12 / (1 + (P[1 - i] / K) ^ 2) + (if P[1 - i] < 2 then 3.5 else 0.5) } M[i];
    M[i] -> 0; M[i] ->{2} M[i] + P[i];
    P[i] =>{ min(P[i], 7) ^ n / (n + sqrt(P[i])) } 0;
  }
  L =>{ max(5 - L, 0) / (1 + L) } 2 L;
  L =>{ if L < 2 then 0 else if L < 4 then 1 else 3 } 0;
  output least = min(P[0], 5);
  output part = M[0] / (1 + P[0]) + (if L > 2 then n else 0.5);
}
network quick { species A = 50; A ->{1e-200} 0; A -> A + A; 2 A ->{0.05} A; }
experiment e {
  run bd for 7 by ssa(KERNEL runs = 100);
  print("{run_mean(bd.X):.17g} {run_var(bd.X):.17g} {run_quantile(bd.X, 0.3)}");
  run bd after 3 for 0 events by ssa(KERNEL runs = 30);
  print("{run_mean(bd.X):.17g}");
  run bd after 300 events for 77 events every 0.25 by ssa(KERNEL runs = 37) -> "bd.csv";
  print("{run_mean(bd.X):.17g} {run_var(bd.X):.17g}");
  run lv for 12 every 0.5 by ssa(KERNEL runs = 61, volume = 2) -> "lv.csv";
  print("{run_mean(lv.A):.17g} {run_var(lv.B):.17g}");
  run lv for 6 every 0.5 by ssa(KERNEL runs = 20, summary = true) -> "summary.csv";
  run dimer for 30000 events by ssa(KERNEL runs = 9);
  print("{run_mean(dimer.P):.17g} {run_var(dimer.D):.17g}");
  run toggle after 5 for 40 by ssa(KERNEL runs = 50);
  print("{run_mean(toggle.T[0]):.17g} {run_var(toggle.Q[1]):.17g}");
  run laws for 20 by ssa(KERNEL runs = 50, volume = 1.5);
  print("{run_mean(laws.M[0]):.17g} {run_var(laws.P[1]):.17g} {run_mean(laws.L):.17g}");
  run laws for 4 every 0.5 by ssa(KERNEL runs = 19) -> "laws.csv";
  print("{time_mean(laws.P[0]):.17g} {time_var(laws.M[1]):.17g} {time_mean(laws.least):.17g} {time_var(laws.part):.17g}");
  run decay for 9 by ssa(KERNEL runs = 64);
  print("{run_mean(decay.A):.17g} {run_var(decay.B):.17g}");
  run quick with clamp A = 3 for 3 by ssa(KERNEL runs = 16);
  run quick for 3 by ssa(KERNEL runs = 16);
  print("{run_mean(quick.A):.17g}");
  run bd for 20 by ssa(KERNEL runs = 40);
  print("{time_mean(bd.X):.17g}");
}
X
sed 's/KERNEL//' x.crnl >lockstep.crnl
sed 's/KERNEL/kernel = unrolled, /' x.crnl >alone.crnl
"$CRNLC" print --stage plan lockstep.crnl >plan
[ "$(grep -c '^ensembles: in lockstep' plan)" = "$(grep -c '^plan' plan)" ] || { grep -E '^(plan|ensembles)' plan; exit 1; }
"$CRNLC" run --threads 1 --out-dir alone alone.crnl >alone.out || { cat alone.out; exit 1; }
[ "$(sort -u alone.out | wc -l)" = 11 ] || { cat alone.out; exit 1; }
for options in '--threads 1' '--threads 2' '--threads 3'; do
    rm -rf out
    # shellcheck disable=SC2086 # a list of options
    "$CRNLC" run $options --out-dir out lockstep.crnl >out.out
    diff alone.out out.out && diff -r alone out || { echo "$options"; exit 1; }
done
"$CRNLC" run --engine interpret --out-dir out lockstep.crnl >out.out
diff alone.out out.out && diff -r alone out || exit 1
"$CRNLC" build lockstep.crnl -o program && ./program --out-dir out --threads 2 >out.out
diff alone.out out.out && diff -r alone out || exit 1

# Rows, each with its own constants and amounts, and averages along trajectories.
cat >y.crnl <<'X'
network toggle(g = 5) {
  species G[2] = 1, T[2], Q[2], C[2];
  for i in 0..2 {
    const j = 1 - i;
    G[i] ->{g} G[i] + T[i];
    T[i] ->{1.25} T[i] + Q[i];
    G[i] + 2 Q[j] <->{0.01, 0.2} C[i];
    C[i] ->{0.05} C[i] + T[i];
    T[i] ->{0.5} 0;
    Q[i] ->{0.5} 0;
  }
}
network lv(a = 1) { species A = 200, B = 300; A ->{a} 2 A; A + B ->{0.003} 2 B; B ->{0.6} 0; }
network laws(K = 9, v = 2) {
  species M = 4, P = 6;
  0 =>{ 12 / (1 + (P / K) ^ 2) } M;
  M -> 0; M ->{2} M + P;
  P =>{ v * P / (3 + P) } 0;
}
experiment e {
  run laws over q in 0..90 with K = 3 + q / 10.0, v = 2 + q % 3 for 20 by ssa(KERNEL);
  print("{laws.M} {laws.P}");
  run toggle over q in 0..150 with g = 1 + q / 50.0 for 20 by ssa(KERNEL);
  print("{toggle.T[0]} {toggle.Q[1]}");
  run toggle over q in 0..70 with G[0] = q % 2 for 20 by ssa(KERNEL);
  print("{time_mean(toggle.T[0])} {time_var(toggle.Q[1])}");
  run toggle over q in 0..20 with clamp T[0] = q for 20 by ssa(KERNEL);
  print("{toggle.Q[0]}");
  run lv over q in 0..150 with a = 1 + q / 500.0 for 4 every 0.1 by ssa(KERNEL) -> "rows.csv";
  print("{lv.A} {time_mean(lv.A)} {time_var(lv.B)} {event_mean(lv.B)}");
  run lv over q in 0..40 with A = 10 * q for 900 events every 0.2 by ssa(KERNEL) -> "rows2.csv";
  run lv over q in 0..10, p in 0..3 with a = 1 + q / 50.0 for 2 by ssa(KERNEL runs = 5);
  print("{run_mean(lv.A)}");
  run lv for 9 every 1 by ssa(KERNEL runs = 50) -> "averaged.csv";
  print("{time_mean(lv.A):.17g} {time_var(lv.A):.17g} {event_mean(lv.B):.17g}");
}
X
sed 's/KERNEL runs/runs/; s/KERNEL//' y.crnl >rows.crnl
sed 's/KERNEL runs/kernel = unrolled, runs/; s/KERNEL/kernel = unrolled/' y.crnl >rows_alone.crnl
rm -rf alone
"$CRNLC" run --threads 1 --out-dir alone rows_alone.crnl >alone.out 2>alone.err && exit 1
grep -q 'of 40 rows' alone.err || { cat alone.err; exit 1; }
for options in '--threads 1' '--engine jit --threads 1' '--engine jit --threads 3' '--engine interpret'; do
    rm -rf out
    # shellcheck disable=SC2086 # a list of options
    "$CRNLC" run $options --out-dir out rows.crnl >out.out 2>/dev/null && exit 1
    diff alone.out out.out && diff -r alone out || { echo "rows $options"; exit 1; }
done

# Conditions of events and of `until`, events at times, phases of a clock, histograms. Conditions that read the time are asked one by one.
cat >z.crnl <<'X'
network bd { species X = 30; 0 ->{30} X; X -> 0; }
network lv { species A = 80, B = 60; A -> 2 A; A + B ->{0.02} 2 B; B ->{0.8} 0; output both = A + B; }
network refill(limit = 5) {
  species A = 40, B, C;
  A -> B; B ->{0.5} 0; 0 ->{0.3} C;
  when A < limit { A += 20; }
  when B > 15 && C < 4 { B = 3; C += 1; }
  at 2.5 { A = 10; }
  every 1.75 { C += 2; }
}
network clocked {
  species X = 5, Y;
  clock ideal(up = 1.5, down = 0.5);
  phase up { 0 ->{9} X; }
  phase down { X ->{4} Y; }
  Y -> 0;
}
network laws(K = 9) {
  species M = 4, P = 6;
  0 =>{ 12 / (1 + (P / K) ^ 2) } M;
  M -> 0; M ->{2} M + P; P ->{0.7} 0;
}
network decay { species A = 7, B; A ->{0.3} B; }
network late { species A = 7; A -> A + A; A ->{1.5} 0; when time > 2 && A > 3 { A = 0; } }
experiment e {
  run bd until X > 45 || X < 18 by ssa(KERNEL runs = 60);
  print("{run_mean(bd.time):.17g} {run_mean(bd.X):.17g}");
  run bd after 3 until X >= 40 by ssa(KERNEL runs = 40);
  print("{run_mean(bd.time):.17g} {run_var(bd.X):.17g} {time_mean(bd.X):.17g} {time_var(bd.X):.17g}");
  run lv until A > 150 || A * B < 1 every 0.5 by ssa(KERNEL runs = 30) -> "lv.csv";
  print("{run_mean(lv.time):.17g} {run_mean(lv.A):.17g}");
  run refill for 20 every 0.5 by ssa(KERNEL runs = 50) -> "refill.csv";
  print("{run_mean(refill.A):.17g} {run_mean(refill.C):.17g} {run_var(refill.B):.17g}");
  run refill until C > 30 by ssa(KERNEL runs = 50);
  print("{run_mean(refill.time):.17g} {run_mean(refill.A):.17g} {time_mean(refill.A):.17g}");
  run clocked for 12 by ssa(KERNEL runs = 50);
  print("{run_mean(clocked.X):.17g} {run_var(clocked.Y):.17g} {time_mean(clocked.Y):.17g}");
  run laws until P > 45 || M < 1 by ssa(KERNEL runs = 45, volume = 1.5);
  print("{run_mean(laws.time):.17g} {run_mean(laws.P):.17g}");
  run decay until A <= 2 by ssa(KERNEL runs = 45);
  print("{run_mean(decay.time):.17g} {run_mean(decay.B):.17g}");
  run late until A == 0 || A > 20 || time > 3 by ssa(KERNEL runs = 20);
  print("{run_mean(late.time):.17g} {run_mean(late.A):.17g}");
  run refill over q in 0..40 with limit = 1 + q % 9 until C > 12 every 0.5 by ssa(KERNEL) -> "rows.csv";
  print("{refill.A} {refill.time}");
  run bd for 40 by ssa(KERNEL runs = 33);
  print("{run_mean(bd.X):.17g} {time_histogram(bd.X, max = 50):.17g}");
  run lv for 9 by ssa(KERNEL runs = 33);
  print("{time_histogram(lv.A, lv.B, max = [9, 70])[8, 40]:.17g} {time_histogram(lv.both / 2, max = 200)[75]:.17g} {time_histogram(lv.B, max = 9000)[61]:.17g}");
}
X
sed 's/KERNEL runs/runs/; s/KERNEL//' z.crnl >asked.crnl
sed 's/KERNEL runs/kernel = unrolled, runs/; s/KERNEL/kernel = unrolled/' z.crnl >asked_alone.crnl
"$CRNLC" print --stage plan asked.crnl >plan
[ "$(grep -c '^ensembles: in lockstep' plan)" = 6 ] && grep -q '^ensembles: one run after the other: a condition of an event, without' plan || { grep -E '^(plan|ensembles)' plan; exit 1; }
rm -rf alone
"$CRNLC" run --threads 1 --out-dir alone asked_alone.crnl >alone.out || { cat alone.out; exit 1; }
for options in '--threads 1' '--engine jit --threads 1' '--engine jit --threads 3' '--engine interpret'; do
    rm -rf out
    # shellcheck disable=SC2086 # a list of options
    "$CRNLC" run $options --out-dir out asked.crnl >out.out
    diff alone.out out.out && diff -r alone out || { echo "conditions $options"; exit 1; }
done

# Functions of all lanes at once.
cat >w.crnl <<'X'
network genes(n = 2.5, K = 20) {
  species M[3] = 4, P[3] = [6, 0, 12];
  for i in 0..3 { const j = (i + 2) % 3; 0 =>{ 0.1 + 10 / (1 + (P[j] / K) ^ n) } M[i]; M[i] -> 0; M[i] ->{4} M[i] + P[i]; P[i] -> 0; }
}
network whole(n = 2, K = 20) {
  species M[3] = 4, P[3] = [6, 0, 12];
  for i in 0..3 { const j = (i + 2) % 3; 0 =>{ 0.1 + 10 / (1 + (P[j] / K) ^ n) } M[i]; M[i] -> 0; M[i] ->{4} M[i] + P[i]; P[i] -> 0; }
}
network expo(g = 0.05) {
  species A = 10, B = 3;
  0 =>{ 20 * exp(-g * A) } A; A -> 0; 0 =>{ log(1 + A) } B; B =>{ B ^ 1.3 / 5 } 0;
}
network many(n = 2.5, K = 20) {
  species P[20] = 10;
  for i in 0..20 { const j = (i + 19) % 20; 0 =>{ 0.1 + 20 / (1 + (P[j] / K) ^ n) } P[i]; P[i] -> 0; }
}
experiment e {
  run genes for 50 by ssa(KERNEL runs = 30);
  print("{run_mean(genes.M[0]):.17g} {run_var(genes.P[1]):.17g}");
  run whole for 50 by ssa(KERNEL runs = 30);
  print("{run_mean(whole.M[0]):.17g} {run_var(whole.P[1]):.17g}");
  run expo for 50 by ssa(KERNEL runs = 30);
  print("{run_mean(expo.A):.17g} {time_mean(exp(expo.A / 50)):.17g}");
  run many for 20 by ssa(KERNEL runs = 30);
  print("{run_mean(many.P[0]):.17g} {run_var(many.P[1]):.17g}");
}
X
sed 's/KERNEL//' w.crnl >wide.crnl
sed 's/KERNEL/kernel = unrolled, /' w.crnl >wide_alone.crnl
"$CRNLC" print --stage plan wide.crnl >plan
[ "$(grep -c '^ensembles: in lockstep' plan)" = 4 ] || { grep -E '^(plan|ensembles)' plan; exit 1; }
"$CRNLC" run --threads 1 wide_alone.crnl >alone.out
[ "$(sort -u alone.out | wc -l)" = 4 ] || { cat alone.out; exit 1; }
for options in '--threads 1' '--engine jit --threads 2'; do
    # shellcheck disable=SC2086 # a list of options
    "$CRNLC" run $options wide.crnl >out.out
    diff alone.out out.out || { echo "functions $options"; exit 1; }
done
"$CRNLC" build wide.crnl -o program && ./program >out.out
diff alone.out out.out || exit 1

# What ends with an error says what the first run says.
fails() # network, statement
{
    for kernel in '' 'kernel = unrolled, '; do
        echo "$1 experiment e { run net $2 by ssa(${kernel}runs = 40); print(run_mean(net.A)); }" >bad.crnl
        "$CRNLC" run "${@:3}" bad.crnl >bad.out 2>&1 && { cat bad.out; exit 1; }
        sed 's/bad.crnl:[0-9:]*//; /| /d; / ^/d' bad.out >"said${kernel:0:1}"
    done
    diff said saidk || exit 1
    grep -q error said
}
fails 'network net { species A = 5; A -> 0; }' 'for 50 events'
fails 'network net { species A = 5; A -> 0; }' 'until A > 7'
fails 'network net { species A = 5; A =>{ A - 2.5 } 0; }' 'until A == 0' --engine jit
fails 'network net { species A = 5, B; A =>{ 2 } B; B -> A; }' 'for 9 every 1'
fails 'network net(v = 2.1) { species A = 5; 0 =>{ v - 0.25 * A } A; A ->{0.1} 0; }' 'for 90'
fails 'network net { species A = 5; A =>{ sqrt(A - 3.5) } 0; 0 -> A; }' 'for 90'
fails 'network net { species A = 5; A -> 2 A; }' 'for 1e9' --max-events 20000
fails 'network net { species A = 5; A ->{1e308} 2 A; }' 'for 1e9'
fails 'network net { species A = 1000; A ->{1e306} 2 A; 2 A ->{1e303} A; }' 'for 1'
