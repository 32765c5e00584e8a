#!/bin/bash
# Every code of support/diag.def has its page and a test that provokes it. Every page has an example that fails and one that
# works, both run by tests/run_doc.sh; the exceptions cannot be provoked, or only by a file that is no text.
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit
status=0
no_example="E0709 E0804 E0805 E0833 E0912 E0913 W0831"
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
for page in doc/diag/*.md; do
    case " $no_example " in
    *" $(basename "$page" .md) "*) continue ;;
    esac
    grep -q '^```\(crnl\|net\|sh\)-bad' "$page" || { echo "$page has no example that fails"; status=1; }
    grep -qx '```\(crnl\|net\|sh\)' "$page" || { echo "$page has no example that works"; status=1; }
done
exit $status
