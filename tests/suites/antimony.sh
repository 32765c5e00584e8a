#!/bin/bash
# Models in Antimony beside the SBML that means the same: those of BioModels, which libantimony made of their SBML, and libantimony's own
# tests, of which its SBML was made. Each must be read as a network that is equal to that of the SBML (crnlc diff), or equal by its values
# at the defaults (crnlc diff --values). Prints a table by what came out. antimony.open are the cases that are not, a line each with the
# reason; it is an error that another one is not, or that one of them is. Works in the current folder; CRNLC is the compiler, REFERENCE
# the folder of the archives, with sbml/ beside it; exit status 77 when it is not there. Arguments: cases; without any, all.
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
reference=${REFERENCE:-$here/../../../shared/data/antimony}
sbml=$(dirname "$reference")/sbml/biomodels-odd.tar.xz
[ -f "$reference/tests-half.tar.xz" ] || { echo "the models are not at $reference (set REFERENCE)"; exit 77; }
mkdir -p ant sbml
tar xf "$reference/tests-half.tar.xz"
tar xf "$reference/biomodels-odd.tar.xz"
if [ -f "$sbml" ]; then tar xf "$sbml" -C sbml --strip-components=1; fi
# A file and its SBML by one name; a test of libantimony is there twice, as it was written and as libantimony wrote it again. What is said
# of uncertainties (package distrib) makes no network another one, so it is not required.
for file in tests-half/*.txt; do
    name=$(basename "$file" .txt)
    [ -f "tests-half/${name%_rt}.xml" ] || continue
    cp "$file" "ant/$name.ant"
    sed 's/distrib:required="true"/distrib:required="false"/' "tests-half/${name%_rt}.xml" >"sbml/$name.xml"
done
for file in biomodels-odd/*.ant; do
    name=$(basename "$file" .ant)
    [ ! -f "sbml/$name.xml" ] || cp "$file" "ant/$name.ant"
done
network() # FILE OUT: its network, or the first error; the units of the file apart
{
    "$CRNLC" print --stage network --passes= "$1" >"$2" 2>"$2.err" && return
    grep -h -m 1 'error' "$2.err" | sed 's/^.*error\[/error[/' >"$2.why"
    return 1
}
compare() # NAME: prints what came out, and why
{
    network "ant/$1.ant" one.net || { echo "refused: $(cat one.net.why)"; return; }
    network "sbml/$1.xml" other.net || { echo "refused-as-SBML: $(cat other.net.why)"; return; }
    if "$CRNLC" diff one.net other.net >diff.log 2>&1; then echo equal; return; fi
    if "$CRNLC" diff --values one.net other.net >diff.log 2>&1; then echo equal-by-values; return; fi
    for net in one other; do sed '/^  units /d' $net.net >$net.bare.net; done
    if "$CRNLC" diff --values one.bare.net other.bare.net >diff.log 2>&1; then
        echo "other-units: $(sed -n 's/^  units/this/p' one.net | tr '\n' ' ')$(sed -n 's/^  units/SBML/p' other.net)"
        return
    fi
    echo "differs: $(grep -m 1 '^[-+]' diff.log)"
}
status=0
[ $# -gt 0 ] || set -- $(ls ant | sed 's/\.ant$//')
: >results
for name in "$@"; do
    result=$(compare "$name")
    echo "$name $result" >>results
    known=$(grep "^$name " "$here/antimony.open" || true)
    case $result in
    equal | equal-by-values) [ -z "$known" ] || { echo "FAIL $name: $result, and in antimony.open"; status=1; } ;;
    *) [ -n "$known" ] || { echo "FAIL $name: $result"; status=1; } ;;
    esac
done
awk '
    { set = $1 ~ /^BIOMD/ ? "BioModels" : "libantimony"; kind = $2; sub(/:$/, "", kind); n[set, kind]++; all[set]++; kinds[kind] = 1 }
    kind == "equal" || kind == "equal-by-values" { good[set]++ }
    END {
        for (set in all) {
            printf "%s: %d of %d equal (%.1f %%):", set, good[set], all[set], 100 * good[set] / all[set]
            for (kind in kinds) if (n[set, kind]) printf " %d %s", n[set, kind], kind
            print ""
        }
    }' results
exit $status
