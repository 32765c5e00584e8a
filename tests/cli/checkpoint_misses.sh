# What cannot be kept in a checkpoint says so: each statement that would begin again.
cat >misses.crnl <<'END'
network vesicle(bulk P, g = -3, k = 500) { species S = 20; 0 ->{k * exp(-g / 2)} S; S + P ->{k * exp(g / 2)} P; }
network held(q = 100) { bulk P = 1; const bulk Q = q; replicate v[1] of vesicle(P); P + v[0].S ->{0.005} 2 P + v[0].S; P + Q ->{0.01} Q; }
network pairs { species A = 10, B = 10; 0 ->{20} A; A -> 0; 0 ->{20} B; B -> 0; A + B ->{0.05} 0; }
network gate { species X = 7, Y = 5, Z; X + Y -> Z; }
network decay(k = 0.7) { species A = 2; A ->{k} 0; }
network other(k = 0.7) { species A = 2; A ->{k} 0; }
data points = csv("points.csv", input = 0..2, label = 2);
model m = relu[2, 3, 2];
experiment e {
  run held for 0.5 every 0.1 by hybrid(vesicles = infinite) -> "held.csv"; // missed: the state
  run pairs for 2 every 0.5 until pairs.A > 40 by cme -> "until.csv";      // missed: until
  print "{run_mean(pairs.A):.17g}";
  run pairs for 2 by cme;            // missed: no rows
  run pairs to steady by cme;        // missed: no time
  print "{run_mean(pairs.A):.17g}";
  run pairs for 2 every 0.5 by cme -> "rows.csv";
  run gate to limit;                 // missed: exact amounts
  print "{gate.Z} {limit(gate, X = 3).Z}"; // missed: exact amounts
  run decay for 5 by ode(solver = rk4, dt = 0.001); // missed: the course
  print "{gradient(decay.A, of = decay.k):.17g}";
  run decay over s in 0..3 with k = 1 + s for 5 by ode(solver = rk4, dt = 0.001); // missed: the course
  print "{gradient(sum(decay.A), of = decay.A):.17g}";
  run other for 5 every 1 by ode(solver = erk) -> "erk.csv";
  run other over s in 0..3 with k = 1 + s for 5 by ode(solver = rk4, dt = 0.001);
  run pairs for 5 by ssa(runs = 3);
  run pairs for 5 by tau -> "tau.csv";
  learn m from points by binary_connect(epochs = 3, batch = 8);
  minimize over other.k in 0.1..10 by adam(steps = 5) { run other for 5 by ode; loss (other.A - 1)^2; }
  print "{other.k:.17g} {pairs.A} {m.w[0]}";
}
END
awk 'BEGIN { for (i = 0; i < 40; i++) print i % 2 - 0.5 "," i % 3 - 1 "," i % 2 }' >points.csv
# Each takes longer than a nanosecond, and less than a day. What is kept also says so in the first nanosecond: that is allowed here.
"$CRNLC" run misses.crnl --out-dir whole --checkpoint kept --checkpoint-every 0.000000001 >whole.txt 2>said
sed -n 's/^misses.crnl:\([0-9]*\):[0-9]*: warning: .* is not in the checkpoint.*: it would begin again$/\1/p' said | sort >told
grep -n '// missed' misses.crnl | cut -d: -f1 | sort | comm -23 - told >silent
[ ! -s silent ] || { cat silent said; exit 1; }
"$CRNLC" run misses.crnl --out-dir again --checkpoint other --checkpoint-every 24h >again.txt 2>said
cmp whole.txt again.txt && diff -r whole again && [ ! -s said ] || { cat said; exit 1; }
rm -r again
# It does begin again, and the rest goes on.
"$CRNLC" run misses.crnl --out-dir again --resume kept >again.txt
cmp whole.txt again.txt && diff -r whole again
