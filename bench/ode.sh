#!/bin/bash
# Work and precision of the ODE solvers on the problems of bench/ode/ (measure.py says more):
#   ode.sh curves [PICTURE.svg]     steps, right sides and error of each solver by rtol, and a picture by crnlc
#   ode.sh drawn LOG PICTURE.svg    the picture of what it printed
#   ode.sh time [PROBLEM...]        processor time at equal error 1e-5, runs in turns
#   ode.sh rows [NETWORK...]        processor time of 1,000 rows of small stiff networks, one by one and in lanes
#   ode.sh before OLD [PROBLEM...]  steps at equal error with default tolerances, and at equal tolerances, against an older crnlc
# EGFR names egfr_net.net of BioNetGen, if it is there.
. "$(dirname "$0")/lib.bash"
machine
[ $# -gt 0 ] || set -- curves
PYTHONDONTWRITEBYTECODE=1 python3 "$SRC/bench/ode/measure.py" "$CRNLC" "$WORK" "$@"
