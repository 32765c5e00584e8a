# Rows of a network whose right side is not compiled go in the lanes of vectors, forward and backward: the bytes
# are those of rows one by one, which an event that never comes makes of them, whatever the number of threads.
# Chambers with the reactions of a tensor and diffusion, reactions of three molecules, changes other than one,
# some constants of 0; a few steps, whose states are all kept, and many, which are computed again in pieces.
program() # event
{
    cat <<X
network ring(const N = 8) {
  param k[4, 4, 3] = [c in 0..4 : [a in 0..4 : [j in 0..3 : if (c + a + j) % 4 == 1 then 0 else 0.03 * (1 + c + 2 * a + 3 * j)]]];
  param D[4] = [0.1, 0.7, 0, 0.3], w = 0.2, a0[N] = 0.2;
  species x[4 * N], waste;
  for i in 0..N {
    x[i] = a0[i];
    x[3 * N + i] = 1 - a0[i];
    for c in 0..4, a in 0..4, j in 0..3 {
      x[a * N + i] + x[c * N + i] ->{k[c, a, j] / max(1, sum(k[c, a]))} x[((a + 1 + j) % 4) * N + i] + x[c * N + i];
    }
    for b in 0..4 { x[b * N + i] <->{D[b], D[b]} x[b * N + (i + 1) % N]; }
    2 x[i] + x[N + i] ->{w} 3 x[N + i];
    x[i] + x[N + i] + x[2 * N + i] ->{w * w} 3 x[3 * N + i];
    3 x[i] ->{0.1} x[i] + 2 waste;
  }
  $1
}
const START = [r in 0..11 : [i in 0..8 : 0.05 + 0.9 * ((3 * i + 5 * r) % 11) / 11]];
experiment main {
  for n in [30, 600] {
    let times = linspace(n / 200.0, n / 20.0, 10);
    run ring over r in 0..11 with a0 = START[r] for n / 20.0 every n / 200.0 by ode(solver = rk4, dt = 0.05);
    let e = mean((trajectory(ring.x[0..8], at = times) - 0.3)^2) + mean(ring.x[10]^2);
    print "{n} {e:.17g} {ring.x[5]:.17g} {ring.waste:.17g}";
    print "{gradient(e, of = ring.k):.17g} {gradient(e, of = ring.D):.17g} {gradient(e, of = ring.w):.17g} {gradient(e, of = ring.a0):.17g}";
    run ring over r in 0..8 with a0 = START[r], w = 0.1 * r for n / 20.0 by ode(solver = rk4, dt = 0.05);
    let f = mean(ring.x[3]^2);
    print "{f:.17g} {ring.x[5]:.17g} {gradient(f, of = ring.k):.17g} {gradient(f, of = ring.D):.17g}";
    // Some rows are not stable, or go below 0.
    run ring over r in 0..9 with a0 = START[r], D = [b in 0..4 : if b == 1 then 0.2 + 0.9 * r else 0.1] for n / 20.0 by ode(solver = rk4, dt = 0.25);
    print "{ring.x[5]:.17g} {ring.x[8]:.17g}";
  }
  set ring.a0 = START[2];
  minimize over ring.D in 0..1, ring.w in 0..1 by adam(lr = 0.05, steps = 4, restarts = 9) {
    run ring for 2 by ode(solver = rk4, dt = 0.05);
    loss mean((ring.x[0..8] - 0.3)^2);
  }
  print "{ring.loss:.17g} {ring.losses:.17g} {ring.D:.17g}";
}
X
}
program '' >rows.crnl
program 'at 1e9 { waste += 1; }' >never.crnl
"$CRNLC" print --stage plan rows.crnl >plan
grep '^kernel ode: table' plan
"$CRNLC" run --threads 1 never.crnl >alone 2>alone.err || { cat alone.err; exit 1; }
[ "$(wc -l <alone)" = 9 ] || { cat alone; exit 1; }
for threads in 1 2 9; do
    "$CRNLC" run --threads $threads rows.crnl >out 2>out.err
    cmp alone out || { echo "$threads threads"; exit 1; }
done
