#!/bin/bash
# A cmocka program: run_unit.sh PROGRAM (relative to the build folder).
. "$SRC/tests/run_lib.sh"
name=$1
run_in "$TMP" env CMOCKA_MESSAGE_OUTPUT=STDOUT sh -c 'exec "$0" 2>&1' "$BUILD/$name"
status=$?
mv "$TMP/stdout" "$TMP/log"
count()
{
    awk -v word="$1" 'index($0, "[  " word " ]") == 1 && / [0-9]+ test\(s\)/ {
        sub(/^.*\] (tests: )?/, ""); n += $1 } END { print n + 0 }' "$TMP/log"
}
passed=$(count "PASSED ")
failed=$(count "FAILED ")
pass "$passed"
awk '/^\[  SKIPPED \] [0-9]+ test/ { listed = 1; next }
     listed && /^\[  SKIPPED \] / { print $4 }' "$TMP/log" | sort -u | while read -r test; do
    skip "$name" "$test says so"
done
if [ "$failed" -gt 0 ]; then
    awk '/^\[  FAILED  \] [0-9]+ test/ { listed = 1; next } listed && /^\[  FAILED  \] / { print $4 }' "$TMP/log" |
        sort -u >"$TMP/failed"
    while read -r test; do
        awk -v test="$test" '$0 == "[ RUN      ] " test { on = 1 }
            on && !/^\[ RUN/ { print } /^\[ ( FAILED|      OK)/ { on = 0 }' "$TMP/log" | fail "$name $test"
    done <"$TMP/failed"
elif [ $status -ne 0 ]; then
    mv "$TMP/log" "$TMP/stdout"
    tell "${broken:-exit status $status} after $passed passed tests" | fail "$name"
elif [ "$passed" = 0 ] && ! grep -q SKIPPED "$TMP/log"; then
    echo "ran no tests" | fail "$name"
fi
