#!/bin/bash
# The plain-reaction cases of the stochastic suite of SBML, written in our language (sbml/*.crnl), against its
# exact means and standard deviations; check.awk states the bounds and their false-alarm probability. Seeds are the
# case numbers. Works in the current folder; OPTIONS are further ones of `crnlc run`, CRNLC is the compiler, REFERENCE the folder of the
# suite; exit status 77 when it is not there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
reference=${REFERENCE:-$here/../../../shared/data/sbml/stochastic}
if [ ! -d "$reference" ]; then
    echo "the suite's results are not at $reference (set REFERENCE)"
    exit 77
fi
cases=
for file in "$here"/sbml/*.crnl; do
    id=$(basename "$file" .crnl)
    # shellcheck disable=SC2086 # a list of options
    "$CRNLC" run --seed "$((10#$id))" ${OPTIONS:-} "$file" --out-dir .
    cases="$cases $id"
done
awk -f "$here/check.awk" -v reference="$reference" -v kurtosis="$here/kurtosis.csv" -v output=. $cases
