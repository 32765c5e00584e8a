#!/bin/bash
# Networks of BioNetGen that are used to compare simulators: the number of events of exact stochastic runs is within 5 % of the
# published one (a run with 0.95 of it as --max-events reaches the limit, one with 1.05 does not), and BDF and an explicit
# Runge-Kutta method agree to 1e-6 of the largest amount. Works in the current folder; CRNLC is the compiler, REFERENCE the
# folder of the files; exit status 77 when it is not there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/reference.bash"
reference net "networks are"
failed=0
events() # FILE TIME EVENTS
{
    local low high
    low=$(awk "BEGIN { printf \"%d\", 0.95 * $3 }") high=$(awk "BEGIN { printf \"%d\", 1.05 * $3 }")
    if "$CRNLC" run "$reference/$1" --method ssa --until "$2" --seed 1 --max-events "$low" >log 2>&1 ||
        ! "$CRNLC" run "$reference/$1" --method ssa --until "$2" --seed 1 --max-events "$high" >log 2>&1; then
        echo "FAIL $1: not $3 events to $2 within 5 %"
        failed=1
    else
        echo "$1: $3 events to $2 within 5 %"
    fi
}
solvers() # FILE TIME RTOL ATOL
{
    cat >net.crnl <<END
network n = import "$reference/$1";
experiment main {
  run n for $2 every $2 by ode(solver = bdf, rtol = $3, atol = $4) -> "bdf.csv";
  run n for $2 every $2 by ode(solver = erk, rtol = $3, atol = $4) -> "erk.csv";
}
END
    "$CRNLC" run net.crnl --out-dir . >log 2>&1 || { cat log; failed=1; return; }
    for file in bdf erk; do tail -n 1 $file.csv | tr ',' '\n' >$file; done
    paste bdf erk | awk -v name="$1" '
        function size(x) { return x < 0 ? -x : x }
        { if (NR > 1 && size($1) > most) most = size($1); if (size($1 - $2) > worst) worst = size($1 - $2) }
        END {
            printf "%s: bdf and erk differ by %.2g, largest amount %.4g\n", name, worst, most
            exit !(NR > 2 && most > 0 && worst <= 1e-6 * most)
        }' || { echo "FAIL $1: solvers do not agree"; failed=1; }
}
events multistate_no_obs.net 1000 1290000
events multisite2_no_obs.net 100 2350000
events egfr_net_no_obs.net 10 2560000
events fceri_gamma2_no_obs.net.gz 100 326000
solvers multistate_no_obs.net 10.0 1e-9 1e-9
solvers multisite2_no_obs.net 10.0 1e-9 1e-9
solvers egfr_net_no_obs.net 10.0 1e-9 1e-9
solvers BCR_no_obs.net 10.0 1e-9 1e-9
solvers fceri_gamma2_no_obs.net.gz 10.0 1e-8 1e-6 # three minutes, most of them in BDF
exit $failed
