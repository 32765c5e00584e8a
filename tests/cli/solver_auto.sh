# The solver auto: erk where that is not held back by stability, rosenbrock or bdf where it is, and back, which --verbose says; options of the
# command line that give solver and tolerances of runs that leave them open.
cat >relay.crnl <<'END'
network relay(k = 1e5) {          // stiff until 30, then an oscillation only
  species A = 1, B, X = 2, Y = 1;
  const species drive = 1;
  A + drive <->{k, k} B + drive;
  X -> 2 X; X + Y -> 2 Y; Y -> 0;
  at 30 { drive = 0; }
}
fn invariant(x, y) = x + y - log(x) - log(y);
experiment main {
  run relay for 100;
  print "A", relay.A, "off", invariant(relay.X, relay.Y) - invariant(2, 1);
}
experiment given { run relay for 10 by ode(solver = adams, rtol = 1e-4); }
END
"$CRNLC" run --verbose relay.crnl >out 2>notes || exit 1
grep -q 'note: at t = 0.000[0-9]*, after [0-9]* steps, rosenbrock:' notes || { cat notes; exit 1; }
grep -q 'note: at t = 3[0-9.]*, after [0-9]* steps, erk:' notes || { cat notes; exit 1; }
awk '$2 < 0.4999 || $2 > 0.5001 || $4 > 1e-3 || $4 < -1e-3 { exit 1 }' out || { cat out; exit 1; }
"$CRNLC" run --verbose --set relay.k=1 relay.crnl 2>&1 >/dev/null | grep 'bdf:\|rosenbrock:' && exit 1 # not stiff: no change

steps() # options...: of the run that leaves all open
{
    "$CRNLC" run --verbose "$@" relay.crnl 2>&1 >/dev/null | sed -n 's/.*`relay` by \([a-z]*\): \([0-9]*\) steps.*/\1 \2/p'
}
set -- $(steps --solver bdf --rtol 1e-4) $(steps --solver bdf --rtol 1e-8) $(steps --solver bdf --rtol 1e-4 --max-step 0.05)
[ "$1" = bdf ] && [ "$4" -gt $((2 * $2)) ] && [ "$6" -ge 2000 ] || { echo "$@"; exit 1; }
"$CRNLC" run --verbose --experiment given --solver bdf relay.crnl 2>&1 | grep -q 'by adams' || exit 1
"$CRNLC" run --solver rk5 relay.crnl 2>&1 | grep -q 'there is no such solver' || exit 1
"$CRNLC" run --quiet --verbose --atol 1e-3 --network relay --until 1 relay.crnl 2>&1 | grep -q 'by auto' || exit 1

# As many steps as erk where that is best; about as few as the better one where stiff stretches alternate with others, at a tolerance at
# which erk is held back far below the limit of stability; and where doses start the solvers anew again and again;
# and no endless change to and fro where BDF needs many steps until they are long.
cat >doses.crnl <<'END'
network doses { species A, B, C; A <->{1e4, 1e4} B; B -> C; C ->{0.1} 0; every 0.3 { A += 1; } }
END
count() # FILE UNTIL OPTIONS...
{
    local file=$1 until=$2
    shift 2
    "$CRNLC" run --verbose "$@" --until "$until" --out out.csv "$file" 2>&1 | sed -n 's/.*by [a-z]*: \([0-9]*\) steps.*/\1/p'
}
ode=$SRC/bench/ode
set -- "$(count "$ode/brusselator.crnl" 40 --solver erk)" "$(count "$ode/brusselator.crnl" 40)" \
    "$(count "$ode/orego.crnl" 360 --rtol 1e-8 --solver bdf)" "$(count "$ode/orego.crnl" 360 --rtol 1e-8)" \
    "$(count doses.crnl 30 --solver bdf)" "$(count doses.crnl 30)" \
    "$(count "$ode/hires.crnl" 50 --rtol 1e-12 --solver bdf)" "$(count "$ode/hires.crnl" 50 --rtol 1e-12)"
[ "$2" = "$1" ] && [ "$4" -le $((11 * $3 / 10)) ] && [ "$6" -le $((11 * $5 / 10)) ] && [ "$8" -le $((15 * $7 / 10)) ] || { echo "$@"; exit 1; }
# At the end of a run there is nothing to be gained by bdf, which begins with short steps.
echo 'network late { species A = 1, B; A ->{50} B; B ->{0.01} A; }' >late.crnl
"$CRNLC" run --verbose --until 1000 --out out.csv late.crnl 2>&1 | grep -q ', rosenbrock:' || { echo "no change"; exit 1; }
! "$CRNLC" run --verbose --until 2 --out out.csv late.crnl 2>&1 | grep ', bdf:\|, rosenbrock:' || exit 1

# Where steps are no longer than a lag, none of the two takes longer ones: no change to and fro.
cat >lag.crnl <<'END'
network lag { species X = 1, Y; 0 -> X; X =>{ delay(X, 1e-3) } Y; Y -> 0; }
END
"$CRNLC" run --verbose --until 2 --out out.csv lag.crnl >out 2>notes || exit 1
! grep -q 'bdf:\|rosenbrock:' notes || { tail -5 notes; exit 1; }

# BDF in place of the Rosenbrock method: at tight tolerances, for a linear solver that is named, where laws jump, and from
# where rates are farther apart than the equations of long steps can be solved for, which the plan says or the run.
cat >choice.crnl <<'END'
network late { species A = 1, B; A ->{50} B; B ->{0.01} A; }
network jumps { species A = 1, B; A ->{50} B; B ->{0.01} A; 0 =>{ if A < 0.5 then 1 else 2 } B; }
network leak { species A = 1, B; A <->{1, 1.5} B; 0 ->{1e-9} A; }
experiment loose { run late for 1000; }
experiment tight { run late for 1000 by ode(rtol = 1e-14); }
experiment named { run late for 1000 by ode(linear_solver = dense); }
experiment jump { run jumps for 1000; }
experiment far { run leak for 1e20; print leak.A / 6e10; }
END
stiff() # EXPERIMENT: the solvers that take over, in order
{
    "$CRNLC" run --verbose --experiment "$1" choice.crnl 2>&1 | sed -n 's/.* steps, \(bdf\|rosenbrock\): .*/\1/p' | uniq | tr '\n' ' '
}
[ "$(stiff loose)" = 'rosenbrock ' ] && [ "$(stiff tight)" = 'bdf ' ] && [ "$(stiff named)" = 'bdf ' ] || exit 1
[ "$(stiff jump)" = 'bdf ' ] && [ "$(stiff far)" = 'rosenbrock bdf ' ] || { stiff jump; stiff far; exit 1; }
for e in loose jump; do "$CRNLC" print --stage plan --experiment $e choice.crnl; done | grep '^stiff steps: ' >plan
grep -q ': rosenbrock [0-9.e+]* ns a step, from rtol [0-9.e-]* on; bdf [0-9.e+]*$' plan && grep -q ': bdf: laws jump$' plan || { cat plan; exit 1; }
