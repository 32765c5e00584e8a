#!/bin/bash
# `print --stage odes`: the text for one network of each kind of change, and its right sides against what a run does.
set -e
cat >n.crnl <<'END'
network n(k = 0.5, T = 4) {
  units amount = nM, time = s;
  species A = 10 nM, B, X[2] = 2 nM;
  const species F = 3 nM;
  dual y = 0.5 nM;
  clock ideal(C1 = T, C2 = 2);
  2 A ->{1 /nM/nM/s} B via F;
  A + B <->{1 /nM/s, 2 /s} X[0];
  X[0] =>{ 1 /s * X[0] / (1 + X[0] / 1 nM) } X[1];
  phase C1 { A ->{k} B; 0 ->{1 nM/s} B; }
  y' = -1 /s * y + 1 nM/s;
  at 3 s { A = 5 nM; }
}
END
cat >want <<'END'
equations of "n" {
  units "nM" concentration 1e-09 "s" 1.0
  param k = 0.5
  param T = 4
  A(0) = 10
  B(0) = 0
  X[0](0) = 2
  X[1](0) = 2
  F(0) = 3
  y.p(0) = 0.5
  y.n(0) = 0
  A' = -2*A^2*F - A*B + 2*X[0] + C1*(-k*A)
  B' = A^2*F - A*B + 2*X[0] + C1*(k*A + 1)
  X[0]' = A*B - 2*X[0] - X[0]/(1 + X[0])
  X[1]' = X[0]/(1 + X[0])
  F' = 0
  y.p' = 1 - y.p - 100*y.p*y.n
  y.n' = -y.n - 100*y.p*y.n
  clock C1 = T, C2 = 2
  event at 3 : A = 5
}
END
"$CRNLC" print --stage odes n.crnl >got
diff want got
"$CRNLC" print --stage rhs n.crnl 2>err && exit 1
grep -q "did you mean --stage odes" err

# Coefficients that are no whole numbers, and products that come later.
cat >late.crnl <<'END'
network late(k = 1) { species A = 10, B; 1.5 A ->{k} 0.5 B; A ->{k, delay = 3} 2 B; }
END
"$CRNLC" print --stage odes late.crnl >got
grep -qxF "  A' = -k*A - 1.5*k*A^1.5" got || { cat got; exit 1; }
grep -qxF "  B' = 0.5*k*A^1.5 + 2*delay(k*A, 3.0, 0.0)" got || { cat got; exit 1; }

# The right sides at the start, computed from the text, are the changes of a short step.
cat >short.crnl <<'END'
network m(k = 0.7, K = 3) {
  species A = 5, B = 2, C = 1;
  A + 2 B ->{k} 3 C; C =>{ k * C^2 / (K + A) } A; C <->{2, k} B; 0 ->{4} A via C;
}
experiment main { run m for 1e-7 by ode(solver = rk4, dt = 1e-7); print (m.A - 5) / 1e-7, (m.B - 2) / 1e-7, (m.C - 1) / 1e-7; }
END
"$CRNLC" print --stage odes short.crnl >got
"$CRNLC" run short.crnl >run
sed -n "s/^  \([ABC]\)' = /\1 /p" got | sed 's/\^/**/g' | python3 -c '
import sys
k, K, A, B, C = 0.7, 3, 5, 2, 1
value = [eval(line[2:]) for line in sys.stdin]
found = [float(x) for x in open("run").read().split()]
assert len(value) == 3 and all(abs(v - f) < 1e-4 * abs(v) and v != 0 for v, f in zip(value, found)), (value, found)'
