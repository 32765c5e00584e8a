# What follows when linear equations of the implicit solver cannot be solved, by a library that lets calls of KLU and CVODE fail:
# another linear solver goes on from there and says so, a step is made smaller, pivots are chosen anew; what cannot go on is an error.
if [ "$SANITIZED" = yes ]; then
    echo "a sanitizer's library has to come first"
    exit 77
fi
${CC:-cc} -shared -fPIC -O1 -I/usr/include/suitesparse -o fail_solver.so "$SRC/tests/faults/fail_solver.c"
cat >c.crnl <<'EOF'
network chain(D = 50, s = 3) {
  species u[60];
  u[0] = 100;
  for i in 0..59 { u[i] <->{D, D} u[i + 1]; u[i] + u[i + 1] ->{1e-3} u[i]; }
  u[59] ->{s} 0;
}
experiment klu { run chain for 10 by ode(solver = bdf, linear_solver = klu); print chain.u[5], chain.u[40]; }
experiment krylov { run chain for 10 by ode(solver = bdf, linear_solver = krylov); print chain.u[5], chain.u[40]; }
experiment again { for i in 0..3 { run chain with s = 3 for 10 by ode(solver = bdf, linear_solver = klu); print chain.u[5], chain.u[40]; } }
EOF
fail() { echo "$*"; cat out err; exit 1; }
run() # experiment call at times [how]: the call must have come
{
    rm -f told
    status=0
    LD_PRELOAD=$PWD/fail_solver.so FAIL_CALL=$2 FAIL_AT=$3 FAIL_TIMES=$4 FAIL_TOLD=told "$CRNLC" run c.crnl --experiment "$1" ${5---verbose} >out 2>err || status=$?
    [ -e told ] || fail "$*: nothing has failed"
}
same() # as without failures
{
    [ $status = 0 ] || fail "$*: status $status"
    paste -d ' ' good out | awk '{ if ($1 == "" || $3 == "" || ($1 - $3) ^ 2 > (1e-4 * $1) ^ 2 || ($2 - $4) ^ 2 > (1e-4 * $2) ^ 2) exit 1 }' || fail "$*: other values"
}
notes() { [ "$(grep -c 'gives up' err)" = "$1" ] || fail "$1 notes"; }
"$CRNLC" run c.crnl --experiment klu >good
run klu memory 1 1 && same memory && notes 1
grep -q 'the linear solver klu gives up (no memory for its factors): krylov from here' err || fail 'memory is not named'
run klu singular 1 1 && same singular && notes 0
run klu pivots 1 100000 && same pivots && notes 0
run krylov step 20 1 && same step && notes 1
grep -q 'the linear solver krylov gives up (a step cannot be solved): klu from here' err || fail 'krylov is not named'
# It is the choice of one run: the next ones begin with the solver that was asked for.
for i in 1 2 3; do cat good; done >three && mv three good
run again memory 1 1 && same again && notes 1
# Without --verbose it is said once for each statement, however often its solver gives up, and with --quiet not at all.
run again memory 1 100000 --no-cache && same again && notes 1
grep -q '^c.crnl:9: note: the linear solver klu gives up (no memory for its factors): krylov from here$' err || fail 'the place is not named'
[ "$(wc -l <err)" = 1 ] || fail 'more is said'
run again memory 1 100000 --verbose && same again && notes 3
run again memory 1 100000 --quiet && same again
[ ! -s err ] || fail 'quiet is not quiet'
# What cannot go on: no pivot at all; nothing to fall back to; both have failed.
for call in 'klu singular 1 100000' 'klu step 20 1' 'krylov step 20 2'; do
    run $call
    [ $status = 1 ] && [ "$(grep -c 'error\[' err)" = 1 ] && grep -q 'error\[E0905\].*the equations of a step could not be solved' err || fail "$call: status $status"
    [ ! -s out ] || fail "$call: values"
done
