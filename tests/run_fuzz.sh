#!/bin/bash
# Replays texts of the tree through a fuzz target, each as it is and cut off in the middle: run_fuzz.sh PROGRAM.
. "$SRC/tests/run_lib.sh"
name=$1
run_in "$SRC" find tests examples stdlib -name '*.crnl' -o -name '*.net' -o -path "tests/fuzz/*.bin" -o -path 'tests/fuzz/*.json' \
    -o -path 'tests/golden/bad/data/*' -o -path 'tests/golden/bad/model/*' -o -path 'tests/run/*.json' -o -path 'examples/*.npz' -o -path 'tests/golden/bad/import/*' -o -path 'examples/import/*' -o -name '*.xml' -o -name '*.ant' -o -name '*.csv' ! -path 'tests/stat/*'
mv "$TMP/stdout" "$TMP/files"
if run_in "$SRC" xargs -a "$TMP/files" "$BUILD/$name"; then
    pass
else
    tell "${broken:-exit status $?}" | fail "$name"
fi
