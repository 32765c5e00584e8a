#!/bin/bash
# A program, or a file to import, with mistakes: run_bad.sh FILE. `// error[E0301]: text` (in other formats behind `#`
# or `<!--`, in JSON at the end of a text) stands on the line where `crnlc check` must report that code with that text; also warning[...], and
# run-error[...] for `crnlc run`. error+1[...] means the next line. Behind `// help: ` stands what its help must say.
# Nothing else may be reported.
. "$SRC/tests/run_lib.sh"
file=$1
folder=$SRC/$(dirname "$file")
base=$(basename "$file")
options=$(options_of "$SRC/$file")
run_options=$(sed -n '1s,^// *run-options: *,,p' "$SRC/$file")

# expected KIND...: line, word (error or warning), code, text
expected()
{
    awk -v kinds="$*" -v json="${file##*.}" '
    BEGIN { n = split(kinds, k, " "); for (i = 1; i <= n; i++) want[k[i]] = 1; OFS = "\t" }
    {
        rest = $0
        while (match(rest, /(\/\/|#|<!--) *(run-)?(error|warning)([+-][0-9]+)?\[[A-Z][0-9]+\]: */)) {
            head = substr(rest, RSTART, RLENGTH)
            rest = substr(rest, RSTART + RLENGTH)
            text = rest
            if (match(text, / *(\/\/|#|<!--) *(run-)?(error|warning)([+-][0-9]+)?\[/))
                text = substr(text, 1, RSTART - 1)
            if (json == "json") sub(/".*/, "", text)
            sub(/ *(\*\/|-->)? *$/, "", text)
            help = ""
            if (match(text, / *\/\/ help: /)) { help = substr(text, RSTART + RLENGTH); text = substr(text, 1, RSTART - 1) }
            match(head, /(run-)?(error|warning)/); kind = substr(head, RSTART, RLENGTH)
            code = head; sub(/^[^[]*\[/, "", code); sub(/\].*$/, "", code)
            shift = 0
            if (match(head, /[+-][0-9]+\[/)) shift = substr(head, RSTART, RLENGTH - 1) + 0
            if (kind in want) { word = kind; sub(/^run-/, "", word); print NR + shift, word, code, text, help }
        }
    }' "$SRC/$file"
}

# reported: the same of what crnlc printed; line 0 if it names none
reported()
{
    awk -v base="$base" 'BEGIN { OFS = "\t" }
    function tell() { if (told) print line, word, code, text, help; told = 0; help = "" }
    /^ *help: / { sub(/^ *help: /, ""); help = help " " $0 }
    match($0, /^([^ ]*: )?(error|warning)\[[A-Z][0-9]+\]: /) {
        tell()
        head = substr($0, 1, RLENGTH); text = substr($0, RLENGTH + 1)
        word = head ~ /warning\[/ ? "warning" : "error"
        code = head; sub(/^.*\[/, "", code); sub(/\].*$/, "", code)
        line = 0
        if (split(head, part, ":") >= 3 && part[1] ~ ("(^|/)" base "$")) line = part[2] + 0
        told = 1
    }
    END { tell() }' "$TMP/stdout" "$TMP/stderr"
}

# compare EXPECTED REPORTED: prints what differs
compare()
{
    awk -F '\t' '
    FNR == NR { n++; line[n] = $1; word[n] = $2; code[n] = $3; text[n] = $4; help[n] = $5; next }
    {
        for (i = 1; i <= n; i++)
            if (!hit[i] && line[i] == $1 && word[i] == $2 && code[i] == $3 && index($4, text[i]) && (help[i] == "" || index($5, help[i]))) { hit[i] = 1; next }
        printf "not expected: line %s: %s[%s]: %s\n", $1, $2, $3, $4
    }
    END {
        for (i = 1; i <= n; i++)
            if (!hit[i]) printf "not reported: line %s: %s[%s]: %s\n", line[i], word[i], code[i], text[i]
    }' "$1" "$2"
}

expected error warning >"$TMP/expected"
expected run-error run-warning >"$TMP/expected_run"
if [ ! -s "$TMP/expected" ] && [ ! -s "$TMP/expected_run" ]; then
    echo "expects nothing: write '// error[CODE]: text' where the mistake is" | fail "$file"
    exit
fi

want=0
grep -q "	error	" "$TMP/expected" && want=1
run_in "$folder" "$CRNLC" check $options "$base"
status=$?
reported >"$TMP/reported"
compare "$TMP/expected" "$TMP/reported" >"$TMP/diff"
if [ -n "$broken" ]; then
    echo "crnlc check: $broken" >>"$TMP/diff"
elif [ $status != $want ]; then
    echo "crnlc check: exit status $status, not $want" >>"$TMP/diff"
fi
if [ -s "$TMP/diff" ]; then
    { cat "$TMP/diff"; tell "-- crnlc check $options $base"; } | fail "$file"
    exit
fi

if [ -s "$TMP/expected_run" ]; then
    mkdir "$TMP/out"
    run_in "$folder" "$CRNLC" run $options $run_options --out-dir "$TMP/out" "$base"
    status=$?
    reported | grep -v "	warning	" >"$TMP/reported"
    compare "$TMP/expected_run" "$TMP/reported" >"$TMP/diff"
    if [ -n "$broken" ] || [ $status = 0 ]; then
        echo "crnlc run: ${broken:-exit status 0}" >>"$TMP/diff"
    fi
    if [ -s "$TMP/diff" ]; then
        { cat "$TMP/diff"; tell "-- crnlc run $options $base"; } | fail "$file"
        exit
    fi
fi
pass
