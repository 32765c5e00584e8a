#!/bin/bash
# The semantic suite of SBML, imported and run by ode: each value must be within Ta + Tr |value| of the suite's, by the
# tolerances that a case states. Works in the current folder; CRNLC is the compiler, REFERENCE the folder of the suite;
# exit status 77 when it is not there. Arguments: cases; without any, all.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/reference.bash"
reference sbml/semantic "suite is"
setting() # NAME: of the case at hand
{
    tr -d '\r' <"$reference/$id/$id-settings.txt" | sed -n "s/^$1: *//p"
}
passed=0 failed=0
for id in ${@:-$(ls "$reference")}; do
    cat >"$id.crnl" <<END
network imported = import "$reference/$id/$id-sbml-l3v1.xml";
experiment main {
  run imported for $(setting duration | sed 's/^[0-9]*$/&.0/') every $(setting duration) / $(setting steps).0
      by ode(rtol = 1e-9, atol = 1e-13) -> "$id.csv";
}
END
    if "$CRNLC" run "$id.crnl" --out-dir . >"$id.log" 2>&1 &&
        awk -f "$here/sbml_semantic.awk" -v id="$id" -v absolute="$(setting absolute)" -v relative="$(setting relative)" \
            -v concentrations="$(setting concentration)" "$reference/$id/$id-results.csv" "$id.csv" >>"$id.log"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $id"
        head -n 5 "$id.log" | sed 's/^/    /'
    fi
done
echo "semantic suite: $passed passed, $failed failed"
[ $failed = 0 ]
