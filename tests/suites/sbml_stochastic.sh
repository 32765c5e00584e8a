#!/bin/bash
# The stochastic suite of SBML, imported, 10,000 runs of each case by ssa; the bounds and their false-alarm probability are those
# of tests/stat/check.awk. Seeds are the case numbers plus 1000. Works in the current folder; CRNLC is the compiler,
# REFERENCE the folder of the suite; exit status 77 when it is not there. Arguments: cases; without any, all.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/reference.bash"
reference sbml/stochastic "suite is"
cases=
for id in ${@:-$(ls "$reference")}; do
    cat >"$id.crnl" <<END
network imported = import "$reference/$id/$id-sbml-l3v1.xml";
experiment main {
  run imported for 50 every 1 by ssa(runs = 10000, summary = true) -> "$id.csv";
}
END
    if "$CRNLC" run --seed "$((10#$id + 1000))" "$id.crnl" --out-dir . >"$id.log" 2>&1; then
        echo "run $id"
        cases="$cases $id"
    else
        echo "SKIP $id: $(sed -n 's/^.*error\[/error[/p' "$id.log" | head -n 1)"
    fi
done
awk -f "$here/../stat/check.awk" -v reference="$reference" -v kurtosis="$here/../stat/kurtosis.csv" -v output=. $cases
