# A workspace that is kept from run to run gives the bytes of a new one: what other runs of the network there were before,
# and on how many threads, changes nothing.
cat >x.crnl <<'X'
param noise = 0;
network net(f = 1) {
  species A[24] = 20, B[24];
  for i in 0..24 { A[i] -> B[i]; B[i] ->{f * (i + 1)} A[(i + 7) % 24]; A[i] + B[i] ->{0.01 * i} 2 A[i]; }
}
network few(k = 20) { species X = 5; 0 ->{k} X; X -> 0; at 3 { X = 40; } }
network timed { species X; 0 =>{ 5 + 4 * sin(time) } X; X -> 0; }
experiment e {
  for r in 0..6 {
    if noise > 0 { run net for 300 events with f = 1e-14, A[0] = 3000 by ssa(runs = 5); run few with k = 1e4 for 2 by ssa; run timed for r by ssa; }
    run net with f = r + 0.5 for 2 by ssa;
    print("{net.A[3]} {net.B[5]} {net.A[20]} {time_mean(net.A[1]):.17g} {time_var(net.B[2]):.17g}");
    continue net for 1 by ssa;
    run few for 5 with k = 3 * r by ssa(runs = 7);
    print("{run_mean(few.X):.17g} {time_mean(few.X):.17g} {net.A[3]}");
    run timed for 10 by ssa;
    print("{timed.X}");
    run net over s in 0..20 with f = s * s for 1 by ssa;
    print("{net.A[4]}");
  }
}
X
"$CRNLC" run x.crnl --threads 1 >plain || { cat plain; exit 1; }
[ "$(wc -l <plain)" = 24 ] && [ "$(sort -u plain | wc -l)" -ge 20 ] || { cat plain; exit 1; }
for options in '--threads 1 --set noise=1' '--threads 2 --set noise=1' '--threads 3 --set noise=1' '--threads 3'; do
    # shellcheck disable=SC2086 # a list of options
    "$CRNLC" run x.crnl $options >other && diff plain other >d || { echo "$options"; cat d; exit 1; }
done
for kernel in table rejection fused; do
    "$CRNLC" run x.crnl --threads 1 --kernel $kernel >plain
    "$CRNLC" run x.crnl --threads 2 --kernel $kernel --set noise=1 >other && diff plain other >d || { echo $kernel; cat d; exit 1; }
done

# The same of ODE solvers and leaps: a sparse, a dense Jacobian and a cascade, stops that a run did not come to, bounds of steps, laws that
# read the time; rows in reverse order.
cat >ode.crnl <<'X'
param noise = 0;
// 24 species with a sparse Jacobian, stiff; a cascade; three species, densely; a clock and events; a law that reads the time.
network net(f = 1) {
  species A[24] = 20, B[24] = 1;
  for i in 0..24 { A[i] + B[(i + 5) % 24] ->{f * (i + 1)} B[i] + A[(i + 7) % 24]; B[i] ->{0.1 * i} A[i]; A[i] + B[i] ->{10 * i} A[i] + A[(i + 1) % 24]; }
}
network line(f = 1) { species S[30]; 0 ->{f} S[0]; for i in 0..29 { S[i] ->{1 + i * i} S[i + 1]; } S[29] ->{2} 0; }
network few(k = 20) { species X = 5, Y, Z; 0 ->{k} X; X -> Y; Y ->{20} Z; Z + Y ->{5} X; at 3 { X = 40; } when Z > 30 { Y = Y / 2; } }
network timed { species X; 0 =>{ 5 + 4 * sin(time) } X; X -> 0; }
network leap(k = 500) { species X = 900, Y; 0 ->{k} X; X -> Y; 2 Y ->{0.01} 0; }
experiment e {
  for r in 0..3 {
    if noise > 0 {
      run net until time > 0.3 + r with f = 40, A[0] = 3000 by ode; run few with k = 1e4 for 2.5 by ode(rtol = 1e-3, max_step = 0.1); run timed for r by ode;
      run line until S[0] > 0.9 for 5 by ode; run leap with k = 5 for 1 by tau(runs = 3); run few for 1.5 by ode(solver = rk4, dt = 0.02); run net for 0.01 by ode(solver = bdf, rtol = 1e-2);
      run few for 2 by ode(solver = erk); run few for 2 by ode(solver = adams, max_step = 0.5); run line for 1e-3 by ode(solver = bdf);
    }
    run net with f = r + 0.5 for 2 by ode;
    print("{net.A[3]:.17g} {net.B[5]:.17g} {net.A[20]:.17g} {time_mean(net.A[1]):.17g}");
    continue net for 1 by ode(solver = bdf);
    run few for 5 with k = 3 * r by ode(solver = bdf);
    print("{few.X:.17g} {time_mean(few.X):.17g} {net.A[3]:.17g}");
    continue few for 3 by ode(solver = adams);
    run timed for 10 by ode;
    print("{timed.X:.17g} {few.X:.17g}");
    run few until X > 30 by ode(solver = erk);
    print("{few.time:.17g} {few.Z:.17g}");
    run few for 1 with k = 2 + r by ode(solver = rk4, dt = 0.01);
    run line with f = r + 1 to steady by ode;
    print("{few.Z:.17g} {line.S[3]:.17g} {line.S[29]:.17g}");
    run line with f = r + 1 for 0.7 every 0.2 by ode(solver = bdf);
    run leap for 2 with k = 500 + r by tau(runs = 4);
    print("{line.S[3]:.17g} {run_mean(leap.X)} {time_mean(leap.Y):.17g}");
    run net over s in 0..8 with f = ROW for 1 by ode(rtol = 1e-4);
    let a = net.A[.., 4];
    run few over s in 0..8 with k = ROW for 4 by ode;
    let x = few.X;
    run leap over s in 0..8 with k = 100 * (ROW) for 1 by ode(solver = bdf);
    let y = leap.Y;
    for s in 0..8 { let i = ROW; print("{a[i]:.17g} {x[i]:.17g} {y[i]:.17g}"); }
  }
}
X
sed 's/ROW/s/g' ode.crnl >forward.crnl
sed 's/ROW/(7 - s)/g' ode.crnl >reverse.crnl
"$CRNLC" run forward.crnl --threads 1 >plain || exit 1
[ "$(wc -l <plain)" = 42 ] && [ "$(sort -u plain | wc -l)" -ge 24 ] || { cat plain; exit 1; }
for options in 'forward.crnl --threads 1 --set noise=1' 'reverse.crnl --threads 1' 'reverse.crnl --threads 2 --set noise=1' 'reverse.crnl --threads 3'; do
    # shellcheck disable=SC2086 # a list of options
    "$CRNLC" run $options >other && diff plain other >d || { echo "$options"; cat d; exit 1; }
done

# Rows that fail before their end leave a solver a time to stop at, which is none of the next run's.
cat >stop.crnl <<'X'
network blow(k = 0, f = 1) { species X = 1, Y; 0 =>{ k * X * X } X; 0 ->{f} Y; Y -> 0; X -> 0; }
param noise = 0;
experiment e {
  if noise > 0 { run blow over s in 0..4 with k = 3 for 5 by ode(solver = SOLVER); }
  run blow to steady by ode(solver = SOLVER);
  print("{blow.time:.17g} {blow.Y:.17g}");
  run blow until Y > 0.999999 by ode(solver = SOLVER);
  print("{blow.time:.17g} {blow.Y:.17g}");
}
X
for solver in bdf erk adams auto; do
    sed "s/SOLVER/$solver/" stop.crnl >one.crnl
    "$CRNLC" run one.crnl >plain || exit 1
    "$CRNLC" run one.crnl --set noise=1 --threads 2 >other 2>message && { echo "rows did not fail"; exit 1; }
    grep -q '4 of 4 rows' message && diff plain other >d || { echo $solver; cat message d; exit 1; }
done

# Hybrid runs: machines whose states are in a table, in another, or too many for one, by the amounts and constants of each run.
cat >hybrid.crnl <<'X'
param noise = 0;
network cell(bulk P, k = 2, n = 3) { species A = n, B; A + P ->{k} B + P; B ->{k} A; }
network some(n = 3, k = 2) {
  bulk P = 1;
  species K = 5;
  replicate v[4] of cell(P, k = k, n = n);
  for i in 0..4 { P + v[i].A ->{0.1} 2 P + v[i].A; P + v[i].B ->{0.1} v[i].B; }
  K + P -> P; 0 ->{k} K;
  at 1.5 { v[1].A = 7; }
}
experiment e {
  for r in 0..4 {
    if noise > 0 { run some with n = 400 for 1 by hybrid; run some with n = 20, k = 9 for 1 by hybrid(runs = 3); run some with n = 5 for 2 by hybrid(dt = 0.1); }
    run some with n = 3 + 100 * (r % 3), k = 1 + floor(r / 2) for 2 by hybrid;
    print("{some.P:.17g} {some.v[2].A} {some.v[1].A} {time_mean(some.K):.17g}");
    continue some for 1 by hybrid;
    run some over s in 0..9 with n = s * s * s for 1.7 by hybrid(runs = 2);
    print("{run_mean(some.P):.17g}");
  }
}
X
"$CRNLC" run hybrid.crnl --threads 1 >plain || { cat plain; exit 1; }
[ "$(sort -u plain | wc -l)" = 8 ] || { cat plain; exit 1; }
for options in '--threads 1 --set noise=1' '--threads 2 --set noise=1' '--threads 3'; do
    # shellcheck disable=SC2086 # a list of options
    "$CRNLC" run hybrid.crnl $options >other && diff plain other >d || { echo "$options"; cat d; exit 1; }
done
