#!/bin/bash
# Every code of support/diag.def has its page and a test that provokes it.
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit
status=0
for code in $(sed -n 's/^DIAG(\([A-Z][0-9]*\),.*/\1/p' support/diag.def); do
    if [ ! -f "doc/diag/$code.md" ]; then
        echo "$code has no page doc/diag/$code.md"
        status=1
    fi
    if ! grep -rqsF "[$code]" tests/golden/bad tests/ir tests/cli tests/run tests/unit; then
        echo "$code is provoked by no test: write a file in tests/golden/bad"
        status=1
    fi
done
exit $status
