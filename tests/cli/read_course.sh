#!/bin/bash
# An element of a course costs no copy of the course, even where only some turns of a loop read it, and in the
# gradient of a loss. With copies of it for every element these programs would take many minutes.
set -eu
cat >course.crnl <<'P'
network net {
  param k = 1;
  species s[4] = 1;
  for i in 0..3 { s[i] ->{k / (i + 1)} s[i + 1]; }
}
experiment main {
  run net for 100 every 0.001 by ode(solver = rk4, dt = 0.05);
  print "{sum(q in 0..100001 : if q % 2 == 0 then trajectory(net.s)[q, 3] else 0):.6g}";
  print "{sum(q in 0..100001 where q % 2 == 0 : trajectory(net.s)[q, 3]):.6g}";
  print "{sum(q in 0..100001 : sum(i in 0..4 where i == 3 : trajectory(net.s)[q, i])):.6g}";
}
// Its arrays are larger than a stack.
experiment fit {
  minimize over net.k in 0.1..10 by adam(lr = 0.1, steps = 30) {
    run net for 100 every 0.001 by ode(solver = rk4, dt = 0.05);
    loss mean(q in 0..100001 : (trajectory(net.s)[q, 3] - 1)^2);
  }
  print "{net.loss:.4g}";
}
P
ulimit -t 100
"$CRNLC" run course.crnl --experiment main --engine jit --threads 1 >out
cat out
# The even rows, twice: branches and conditions keep the order of the sum.
awk 'NR == 1 { a = $1 } NR == 2 { if ($1 != a) exit 1 } NR == 3 { if ($1 < 1.99 * a || $1 > 2.01 * a) exit 1 } END { if (NR != 3) exit 1 }' out
"$CRNLC" run course.crnl --experiment fit --engine jit --threads 1 >fit
cat fit
awk '$1 > 0 && $1 < 4 { ok = 1 } END { exit !ok }' fit
