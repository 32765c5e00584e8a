# Rows by the Rosenbrock method, alone or for the stiff steps of auto, give in lanes the bytes of rows one by one: those of another
# kernel, which has no lanes.
cat >x.crnl <<'X'
network enzyme(kf = 1e6, kc = 50, d = 0.02) {
  species E = 1e-3, S = 1, ES, P, D;
  E + S <->{kf, 1e3} ES; ES ->{kc} E + P; P ->{d} D; 2 D ->{0.5} S;
}
network robertson(k = 3e7) { species A = 1, B, C; A ->{0.04} B; 2 B ->{k} B + C; B + C ->{1e4} A + C; }
network orego(g = 1) {
  species X = 1, Y = 2, Z = 3;
  Y ->{77.27 / 77.27 ^ 2} X; X + Y ->{1 / 77.27 * 77.27} 0; X ->{77.27} 2 X + Z; 2 X ->{77.27 * 8.375e-6} X; Z ->{0.161 * g} Y;
}
network order(k = 2) { species A = 3, B = 1, C; 3 A + B ->{k} 2 C; C ->{100 * k} A; 2 C + B ->{0.1} C + B + A; 0 ->{0.3} B; }
network dies(k = 1) { species A = 5, B = 1e-9, C; A ->{1e3 * k} C; A + B ->{1e4} B; C + B ->{k} 2 B; B ->{10} 0; }
network fed(k = 1) { species A, B, C; 0 ->{k} A; A ->{1e4} B; B ->{0.5 * k} C; C + A ->{20} A; at 2 { A = 1; } }
network nothing(k = 1) { species A, B = 1; A ->{k} B; }
experiment e {
  run enzyme over f in 0..50 with kf = 1e5 * (1 + f), kc = 50 + f for 40 + f by ode(KERNEL solver = SOLVER);
  print "{enzyme.P:.17g} {enzyme.ES:.17g}";
  run enzyme over f in 0..3 with kf = 1e5 * (1 + f) for 4 every 0.3 by ode(KERNEL solver = SOLVER, rtol = 1e-9) -> "few.csv";
  run enzyme over f in 0..37 with kf = 1e5 * (1 + f), d = 0 for 4 every 0.3 by ode(KERNEL solver = SOLVER) -> "many.csv";
  print "{enzyme.P:.17g}";
  continue enzyme over f in 0..37 with kf = 1e4, d = 0.5 for 3 every 1 by ode(KERNEL solver = SOLVER, max_step = 0.1) -> "on.csv";
  run robertson over f in 0..20 with k = 3e7 / (1 + f) after 10 for 10 ^ (f / 2) by ode(KERNEL solver = SOLVER, rtol = 1e-2);
  print "{robertson.A:.17g} {robertson.B:.17g}";
  run robertson over f in 0..20 with A = f for 1000 by ode(KERNEL solver = SOLVER, rtol = 1e-5, atol = 1e-8);
  print "{robertson.A:.17g} {robertson.B:.17g}";
  run orego over f in 0..12 with g = 1 + f / 20 for 400 every 20 by ode(KERNEL solver = SOLVER, rtol = 1e-4) -> "orego.csv";
  print "{orego.X:.17g} {orego.Z:.17g}";
  run order over f in 0..25 with k = 1 + f for 30 by ode(KERNEL solver = SOLVER, rtol = 1e-3, atol = (A = 1e-6, default = 1e-9));
  print "{order.A:.17g} {order.C:.17g}";
  run dies over f in 0..25 with k = 1 + f for 30 by ode(KERNEL solver = SOLVER, rtol = 1e-3);
  print "{dies.A:.17g} {dies.B:.17g}";
  run fed over f in 0..11 with k = f for 5 by ode(KERNEL solver = SOLVER);
  print "{fed.A:.17g} {fed.C:.17g}";
  run nothing over f in 0..11 with k = f for 5 by ode(KERNEL solver = SOLVER);
  print "{nothing.A:.17g}";
}
X
compare() # SOLVER LEAST: at least so many runs have rows in lanes
{
    local solver=$1 options
    rm -rf alone
    sed "s/KERNEL//; s/SOLVER/$solver/" x.crnl >lanes.crnl
    sed "s/KERNEL/kernel = table, /; s/SOLVER/$solver/" x.crnl >alone.crnl
    "$CRNLC" run --threads 1 --out-dir alone alone.crnl >alone.out || { cat alone.out; exit 1; }
    [ "$(sort -u alone.out | wc -l)" = 9 ] || { cat alone.out; exit 1; }
    for options in '--threads 1' '--threads 2' '--threads 3' '--threads 2 --engine interpret' '--threads 1 --verbose'; do
        rm -rf out
        # shellcheck disable=SC2086 # a list of options
        "$CRNLC" run $options --out-dir out lanes.crnl >out.out 2>err.out || { cat err.out; exit 1; }
        diff alone.out out.out && diff -r alone out || { echo "$options"; exit 1; }
    done

    "$CRNLC" build lanes.crnl -o program && rm -rf out && ./program --out-dir out --threads 2 >out.out || exit 1
    diff alone.out out.out && diff -r alone out || exit 1

    # Where the processor has lanes, rows are in them: but those of a network with an event, and where nothing moves.
    if grep -q avx2 /proc/cpuinfo; then
        [ "$(grep -c 'steps beside other rows, in one of [48] lanes' err.out)" -ge "$2" ] || { cat err.out; exit 1; }
        ! grep 'fed.*beside' err.out || exit 1
    fi
}
compare rosenbrock 9
compare auto 6

# A row that fails says what it says alone, and the others go on.
cat >fails.crnl <<'X'
network n(k = 1) { species A = 1, B; 2 A ->{k} 3 A; A ->{1e-3} B; }
experiment e {
  run n over f in 0..20 with k = f / 40 for 3 by ode(KERNEL solver = SOLVER);
  print "{n.A:.17g}";
}
X
for solver in rosenbrock auto; do
    sed "s/KERNEL//; s/SOLVER/$solver/" fails.crnl >lanes.crnl
    sed "s/KERNEL/kernel = table, /; s/SOLVER/$solver/" fails.crnl >alone.crnl
    for how in alone lanes; do
        "$CRNLC" run --threads 1 "$how.crnl" >"$how.out" 2>&1 && exit 1
        sed "s/$how/x/; s/kernel = table, //; /\^/d" "$how.out" >"$how.text"
    done
    diff alone.text lanes.text || exit 1
done
