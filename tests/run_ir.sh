#!/bin/bash
# Passes on a network in text form: run_ir.sh FILE.net. First line `; run: pass1,pass2`, optional
# `; options: ...`, `; stderr: text` that must appear there; after the line `; expect` what `crnlc opt` must print. Lines `; error: text` instead of
# `; expect` say that it must fail with that text. With PROMOTE=yes writes the expected text.
. "$SRC/tests/run_lib.sh"
file=$1
passes=$(sed -n '1s/^; *run: *//p' "$SRC/$file")
options=$(sed -n 's/^; *options: *//p' "$SRC/$file")
if ! head -n 1 "$SRC/$file" | grep -q '^; *run:'; then
    echo "the first line must be '; run: pass1,pass2'" | fail "$file"
    exit
fi
input=$TMP/$(basename "$file")
sed '/^; expect$/,$d' "$SRC/$file" >"$input"
sed '1,/^; expect$/d' "$SRC/$file" >"$TMP/expected"

# The texts of lines `; WORD: text` that standard error lacks.
missing() {
    sed -n "s/^; $1: *//p" "$SRC/$file" | while IFS= read -r text; do
        grep -qF -- "$text" "$TMP/stderr" || echo "not reported: $text"
    done
}

run_in "$TMP" "$CRNLC" opt --verify-passes "--passes=$passes" $options "$(basename "$file")"
status=$?
if grep -q '^; error: ' "$SRC/$file"; then
    missing error >"$TMP/diff"
    if [ $status = 0 ] || [ -n "$broken" ] || [ -s "$TMP/diff" ]; then
        { cat "$TMP/diff"; tell "crnlc opt --passes=$passes: ${broken:-exit status $status}"; } | fail "$file"
    else
        pass
    fi
elif [ $status != 0 ]; then
    tell "crnlc opt --passes=$passes: ${broken:-exit status $status}" | fail "$file"
elif [ -n "$(missing stderr)" ]; then
    { missing stderr; cat "$TMP/stderr"; } | fail "$file"
elif [ "${PROMOTE-}" = yes ]; then
    { cat "$input"; echo "; expect"; cat "$TMP/stdout"; } >"$TMP/new"
    cmp -s "$TMP/new" "$SRC/$file" || cp "$TMP/new" "$SRC/$file"
    pass
elif ! grep -q '^; expect$' "$SRC/$file"; then
    echo "no line '; expect': run 'make promote' and read what it writes" | fail "$file"
elif diff -u "$TMP/expected" "$TMP/stdout" >"$TMP/diff"; then
    pass
else
    fail "$file" <"$TMP/diff"
fi
