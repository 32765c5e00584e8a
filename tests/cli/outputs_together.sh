# Many outputs of a network whose derivatives are asked for are computed at once, by a tape that shares what they
# share: the same bytes as one by one.
cat >f.crnl <<'END2'
model osc = reaction_tensor { species 3; }
experiment main {
  minimize over osc.W, osc.x0 by adam(steps = 3) {
    run osc for 1 by ode(solver = rk4, dt = 0.1);
    loss osc.s[0] + 0.1 * entropy(osc.P);
  }
  let p = osc.P;
  print "{p[0, 1, 2]:.17g} {p[2, 0, 1]:.17g} {p[1, 1, 1]:.17g}";
  print "{osc.P[0, 1, 2]:.17g} {osc.P[2, 0, 1]:.17g} {osc.P[1, 1, 1]:.17g}";
}
END2
"$CRNLC" run f.crnl >out
[ "$(wc -l <out)" = 2 ]
[ "$(uniq out | wc -l)" = 1 ]
