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
