# Rest does not depend on the unit of time, also where all begins at 0 and grows by an inflow that nothing changes; and laws that
# decay to nothing, where a rate of almost 0 is no slow reaction, rest soon: not when doubles end.
cat >fed.crnl <<'X'
network fed(u = 1) {
  species Y, A, Z1, Z2;
  0 ->{0.3 / u} Z1;
  Y ->{0.15 / u} Y + Z2;
  Z1 + Z2 ->{100 / u} 0;
  Z1 ->{1 / u} A + Z1;
  A ->{1 / u} Y;
  Y ->{1 / u} 0;
}
experiment main { for u in [1, 2, 1048576, 0.5] { run fed with u = u to steady by ode(solver = bdf, rtol = 1e-7); } }
X
"$CRNLC" run --verbose fed.crnl 2>err
sed -n 's/.*bdf: \([0-9]*\) steps.*, \([0-9]*\) right.*/\1 \2/p' err >work
[ "$(wc -l <work)" = 4 ] && [ "$(sort -u work | wc -l)" = 1 ] || { cat err; exit 1; }
cat >decays.crnl <<'X'
network decays { species A = 1, B = 1; A =>{ A * B / (1 + A + B) } 0; B =>{ B / (1 + B) } 0; }
experiment main { run decays to steady by ode; print decays.A; }
X
"$CRNLC" run --verbose decays.crnl >out 2>err
t=$(sed -n 's/.* steps to t = \([0-9.e+]*\),.*/\1/p' err)
awk -v t="$t" '{ exit !(t > 10 && t < 1000 && $1 > 0.51 && $1 < 0.5101) }' out || { cat out err; exit 1; }
