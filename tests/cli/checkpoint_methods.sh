# Single runs of all methods that can go on from their middle: killed at random moments, they give the bytes of runs that nobody killed. Each
# passes a place or more (runtime/ode/ode_state.c, runtime/ssa/ssa_state.c).
cat >methods.crnl <<'X'
network ring(k = 1) { species A[12] = 60; for i in 0..12 { A[i] ->{k} A[(i + 1) % 12]; } A[0] + A[1] ->{0.1} A[1] + A[2]; }
network big { species A = 1000000, B = 2000000; A <->{1, 0.5} B; A + B ->{1e-7} 2 B; }
network dosed { species X = 100, n; X ->{1} 0; 0 ->{50} X; at 3 { X = X + 10; } every 7 { n += 1; X += 5; } when X > 70 { X -= 40; } when X < 20 { X += 20; } }
network light { species X = 1; 0 =>{1 + sin(time)} X; X -> 0; 0 =>{5 + 15 * (floor(time / 3) % 2)} X; }
network reader(k = 3) { species A, B; bulk P; 0 ->{20} A; A -> 0; A -> A + P; P ->{2} 0; P ->{k} P + B; B -> 0; }
network follows { species X = 1.2; 0 =>{ 2 * delay(X, 2) / (1 + delay(X, 2)^10) } X; X -> 0; }
network late { species A = 30, B; 0 ->{20, delay = uniform(1, 4)} A; A ->{1, delay = 5} B; B -> 0; }
network lv { species X = 5, Y = 10; X ->{10} 2 X; X + Y ->{1} 2 Y; Y ->{10} 0; }
network pairs { species A = 10, B = 10; 0 ->{20} A; A -> 0; 0 ->{20} B; B -> 0; A + B ->{0.05} 0; }
network tides { species X = 900, Y = 5; 0 =>{850 + 400 * sin(time)} X; X ->{1} 0; X -> X + Y; Y ->{30} 0; }
network slides { species X = 1, Y, P = 5, R = 10; 0 -> X; X =>{ 1.5 * floor(X / 4) } Y; Y ->{0.01} 0; P ->{10} 2 P; P + R ->{1} 2 R; R ->{10} 0; }
model bm = boltzmann { visible v[3]; hidden h[2]; connect v[0] -- v[1] = 0.8, v[1] -- v[2] = -1.1, v[0] -- h[0] = 0.5, v[2] -- h[1] = 1.3; }
experiment e {
  run ring for 1200 every 10 by ssa(kernel = rejection) -> "rejection.csv";
  run ring for 1200 every 10 by ssa(kernel = fused) -> "fused.csv";
  print "{ring.A} {time_mean(ring.A[0]):.17g} {time_histogram(ring.A[2], max = 70)} {event_mean(ring.A[4]):.17g}";
  run big for 14 every 0.1 by tau -> "tau.csv";
  print "{big.A} {time_mean(big.A):.17g} {time_var(big.B):.17g}";
  run big for 3 every 1 by cle(dt = 0.0005) -> "cle.csv";
  print "{big.A} {time_mean(big.A):.17g}";
  run dosed for 1700 every 10 by ssa -> "dosed.csv";
  print "{dosed.X} {dosed.n} {time_mean(dosed.X):.17g} {time_max(dosed.X):.17g}";
  plot dosed.X -> "dosed.svg";
  run light for 1300 every 10 by ssa -> "light.csv";
  print "{time_mean(light.X):.17g}";
  run reader for 4000 every 100 by hybrid -> "reader.csv";
  print "{reader.P:.17g} {time_mean(reader.P):.17g} {time_mean(reader.B * reader.P):.17g}";
  run reader for 4000 every 100 by hybrid(dt = 0.1) -> "split.csv";
  print "{reader.P:.17g} {time_mean(reader.P):.17g}";
  run tides for 150 every 10 by hybrid(partition = 800) -> "tides.csv";
  print "{tides.X:.17g} {tides.Y} {time_mean(tides.X):.17g} {event_mean(tides.Y):.17g}";
  run bm for 70000 every 1000 -> "bm.csv";
  print "{bm.v} {time_mean(bm.v)} {event_mean(bm.v[1]):.17g}";
  run late for 4000 every 10 by ssa -> "late.csv";
  print "{late.A} {time_mean(late.B):.17g}";
  run lv for 500 every 10 by ode(solver = erk) -> "erk.csv";
  print "{lv.X:.17g} {time_mean(lv.X):.17g}";
  run lv for 170 every 10 by ode(solver = adams) -> "adams.csv";
  run lv for 130 every 10 by ode(solver = bdf) -> "bdf.csv";
  print "{lv.X:.17g}";
  run lv for 240 every 10 by ode(solver = rosenbrock) -> "rosenbrock.csv";
  print "{lv.X:.17g}";
  run lv after 1200 for 100 every 1 by ode -> "auto.csv";
  run lv for 30 every 1 by ode(solver = rk4, dt = 0.001) -> "rk4.csv";
  print "{lv.X:.17g} {time_mean(lv.X):.17g}";
  run dosed for 6700 every 10 by ode -> "dosed_ode.csv";
  print "{dosed.X:.17g} {time_mean(dosed.X):.17g} {time_max(dosed.X):.17g}";
  plot dosed.X -> "dosed_ode.svg";
  run light for 5000 every 10 by ode -> "light_ode.csv";
  print "{light.X:.17g} {time_mean(light.X):.17g}";
  run slides for 500 every 10 by ode(solver = erk) -> "slides.csv";
  run slides for 200 every 10 by ode(solver = bdf) -> "slides_bdf.csv";
  print "{slides.X:.17g} {slides.Y:.17g}";
  run follows for 5000 every 10 by ode -> "follows.csv";
  print "{follows.X:.17g}";
  run pairs for 30 every 0.5 by cme(max_states = 2500) -> "pairs.csv";
  print "{run_mean(pairs.A):.17g} {time_mean(pairs.A):.17g}";
  run pairs for 200 every 1 by cme -> "open.csv";
  print "{run_mean(pairs.A):.17g} {time_mean(pairs.B):.17g}";
}
X
python3 "$SRC/tests/checkpoint/kill.py" 6 28 "$CRNLC" run methods.crnl --quiet

# What cannot be told from its middle says so.
cat >slow.crnl <<'X'
network vesicle(bulk P, g = -3, k = 500) { species S = 20; 0 ->{k * exp(-g / 2)} S; S + P ->{k * exp(g / 2)} P; }
network held(q = 100) { bulk P = 1; const bulk Q = q; replicate v[1] of vesicle(P); P + v[0].S ->{0.005} 2 P + v[0].S; P + Q ->{0.01} Q; }
experiment e { run held for 8 every 0.0002 by hybrid(vesicles = infinite) -> "held.csv"; print "{held.P}"; }
X
"$CRNLC" run slow.crnl --checkpoint slow.kept --checkpoint-every 0.01 >out 2>said
grep -q 'slow.crnl:3:[0-9]*: warning: this run is not in the checkpoint before it ends' said
