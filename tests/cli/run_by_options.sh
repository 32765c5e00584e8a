#!/bin/bash
# Options of the command line that would have no effect, or no meaning, for the run of a program without an experiment.
set -e
echo 'network d(k = 1) { species A = 10; A ->{k} 0; }' >d.crnl

# refused TEXT OPTION...
refused()
{
    local text=$1
    shift
    "$CRNLC" run d.crnl "$@" >out 2>err && { echo "$*: runs"; exit 1; }
    grep -qF -e "$text" err || { echo "$*:"; cat err; exit 1; }
    grep -q help: err || { echo "$*: no help"; cat err; exit 1; }
}
refused '--every 7: the run is shorter, --until 5' --until 5 --every 7
refused '--rtol: the method ssa has no such option' --until 5 --rtol 1e-3 --method ssa
refused '--max-step: the method tau has no such option' --until 5 --max-step 1 --method tau
refused '--solver bdf: the run is by ssa' --until 5 --solver bdf --method ssa
refused 'what goes the other way is a reaction with the sides exchanged' --until 5 --set k=-1
for options in '--every 5' '--rtol 1e-3' '--rtol 1e-3 --method hybrid' '--solver bdf' '--solver bdf --method auto'; do
    "$CRNLC" run d.crnl --until 5 $options >out 2>err || { echo "$options:"; cat err; exit 1; }
done
"$CRNLC" run d.crnl --until 0 --every 1 >out
# A program is no problem of PEtab.
"$CRNLC" fit d.crnl 2>err && exit 1
grep -q 'a fit of a program is the statement `minimize`' err
# All options that an experiment leaves nothing to say are refused together, with the clauses that say the same.
printf '%s\n' 'network d { species A = 10; A -> 0; }' 'experiment main { run d for 1; }' >e.crnl
"$CRNLC" run e.crnl --until 200 --method ssa --runs=30 --out a.csv 2>err && exit 1
[ "$(grep -c 'are for programs without an experiment' err)" = 1 ]
grep -qF -e '--until, --method, --runs and --out are for programs without an experiment; here `main` says what is run' err
grep -qF 'write `for 200 by ssa(runs = 30)` behind the run' err
grep -qF 'write `-> "a.csv"` at the end of its `run`' err
"$CRNLC" run e.crnl --method gillespie 2>err && exit 1
grep -qF 'write `by ssa` behind the run' err

# A parameter of one of several networks has the network's name before it; a solver that is none has those there are.
cat >two.crnl <<'CRNL'
network a { param k = 1; species A = 3; A ->{k} 0; }
network b { species B = 3; B -> 0; }
experiment main { run a for 1; run b for 1; print a.A; }
CRNL
"$CRNLC" run two.crnl --set k=2 2>said && exit 1
grep -q 'help: of a network it is --set a.k=VALUE' said
[ "$("$CRNLC" run two.crnl --set a.k=2)" = 0.406006 ]
"$CRNLC" run two.crnl --solver foo 2>said && exit 1
grep -q 'help: there are auto, bdf, adams, erk, rosenbrock' said
