#!/bin/bash
# Every model of SBML's semantic and stochastic suites, imported, exported in each format that both know and holds it, and imported again, is
# equal to the first import up to names. Works in the current folder; CRNLC is the compiler, REFERENCE the folder of both
# suites; exit status 77 when it is not there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/reference.bash"
reference sbml "suites are"
failed=0
for format in sbml:xml json:json text:txt; do
    equal=0
    for model in "$reference"/semantic/*/*-sbml-*.xml "$reference"/stochastic/*.xml "$reference"/stochastic/*/*.xml; do
        [ -f "$model" ] || continue
        if "$CRNLC" emit --format "${format%:*}" --passes= "$model" -o "again.${format#*:}" 2>log &&
            "$CRNLC" diff "$model" "again.${format#*:}" >>log 2>&1; then
            equal=$((equal + 1))
        else
            echo "FAIL $model by $format"
            cat log
            failed=1
        fi
    done
    echo "${format%:*}: $equal models equal"
    [ $equal -ge 137 ] || failed=1
done
exit $failed
