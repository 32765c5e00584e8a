#!/bin/bash
# Runs one case for run_all.sh and files its results: run_case.sh NUMBER KIND NAME.
number=$1
kind=$2
name=$3
TMP=$OUT/tmp/$number
export TMP
mkdir -p "$TMP"
# Built without libsbml: what speaks of SBML is left out.
if [ "${SBML-yes}" = no ] && [ "$name" != tests/cli/without_libsbml.sh ] && [ -f "$SRC/$name" ] && { [[ ${name##*.} = @(xml|ant) ]] || grep -qiE 'sbml|\.xml' "$SRC/$name"; }; then
    echo "skip $name: built without libsbml" >"$OUT/results/$number"
    rm -rf "$TMP"
    exit 0
fi
# Built without libxml2: what speaks of SED-ML is.
if [ "${XML2-yes}" = no ] && [ "$name" != tests/cli/without_libxml2.sh ] && [ -f "$SRC/$name" ] && grep -qiE 'sed-?ml' "$SRC/$name"; then
    echo "skip $name: built without libxml2" >"$OUT/results/$number"
    rm -rf "$TMP"
    exit 0
fi
bash "$SRC/tests/run_$kind.sh" "$name" >"$OUT/results/$number" 2>"$OUT/results/$number.stderr"
status=$?
if [ $status != 0 ] || [ -s "$OUT/results/$number.stderr" ]; then
    { echo "fail $name"; echo "    tests/run_$kind.sh itself: exit status $status"
      sed 's/^/    /' "$OUT/results/$number.stderr"; } >>"$OUT/results/$number"
fi
rm -f "$OUT/results/$number.stderr"
rm -rf "$TMP"
if grep -q '^fail ' "$OUT/results/$number"; then
    (
        flock 9
        awk -v again="    again: make -C $BUILD check ONLY='$name'" '
            /^fail / { if (n++) print again; print "FAIL " substr($0, 6) }
            /^    / { print }
            END { print again "\n" }' "$OUT/results/$number"
    ) 9>"$OUT/lock"
fi
exit 0
