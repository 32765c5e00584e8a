#!/bin/bash
# A program and what it must do: run_run.sh tests/run/X.crnl, with X.expect beside it. Lines of X.expect:
#   options: --set k=2            passed to crnlc run (also `// options:` on the first line of X.crnl)
#   seed: 7                       default 1
#   exit: 0                       default 0
#   stdout: text                  is printed somewhere; stderr: the same
#   value: NAME = 1.25 +- 1e-6    numbers after the first NAME in stdout; several: NAME = 1 2 3 +- 1e-6
#   file: NAME                    exists in the output folder and is not empty
#   last: FILE COLUMN = 3 +- 0.1  a number in the last row of a CSV file
#   same-bytes: --threads 1 | --threads 2 | --threads 7      the files and stdout are the same each time
. "$SRC/tests/run_lib.sh"
file=$1
expect=$SRC/${file%.crnl}.expect
if [ ! -f "$expect" ]; then
    echo "no ${file%.crnl}.expect beside it" | fail "$file"
    exit
fi
field()
{
    sed -n "s/^$1: *//p" "$expect"
}
unknown=$(grep -Ev '^(options|seed|exit|stdout|stderr|value|file|last|same-bytes): |^#|^ *$' "$expect")
if [ -n "$unknown" ]; then
    echo "unknown line in $expect: $unknown" | fail "$file"
    exit
fi
seed=$(field seed)
wanted=$(field exit)
options="$(options_of "$SRC/$file") $(field options)"

once() # folder options...
{
    local folder=$1
    shift
    mkdir -p "$folder/out"
    run_in "$folder" "$CRNLC" run --seed "${seed:-1}" $options "$@" "$SRC/$file" --out-dir out
}

# check_values KIND: 'value' lines against stdout, 'last' lines against files; prints what is wrong
number_check='
function wrong(text) { print text }
function spans(text, list,    n, i, word) {        # splits "1 2 3 +- e" into list[1..n], tolerance
    n = split(text, word, /[ \t,]+/)
    tolerance = 0
    for (i = 1; i <= n; i++) {
        if (word[i] == "+-") { tolerance = word[i + 1] + 0; return i - 1 }
        list[i] = word[i]
    }
    return n
}
function near(a, b) { return a == a + 0 && (a - b <= tolerance && b - a <= tolerance) }
'
check_values()
{
    field value | awk -v stdout="$TMP/stdout" "$number_check"'
    BEGIN { while ((getline line < stdout) > 0) all = all line "\n" }
    {
        cut = index($0, " = "); name = substr($0, 1, cut - 1)
        n = spans(substr($0, cut + 3), want)
        at = index(all, name)
        if (!cut || !at) { wrong("value: " $0 ": not printed"); next }
        rest = substr(all, at + length(name))
        for (i = 1; i <= n; i++) {
            if (!match(rest, /[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?(inf|nan)/)) {
                wrong("value: " $0 ": number " i " is missing"); next
            }
            got = substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH)
            if (got ~ /inf|nan/ ? got != want[i] : !near(got + 0, want[i] + 0))
                wrong("value: " $0 ": number " i " is " got)
        }
    }'
    field last | awk -v folder="$TMP/a/out/" "$number_check"'
    {
        cut = index($0, " = "); n = spans(substr($0, cut + 3), want)
        split(substr($0, 1, cut - 1), part, /[ \t]+/)
        path = folder part[1]; row = ""; column = 0
        while ((getline line < path) > 0) {
            if (line ~ /^#/ || line == "") continue
            if (!column) {
                m = split(line, title, ",")
                for (i = 1; i <= m; i++) { gsub(/^ *"?|"? *\r?$/, "", title[i]); if (title[i] == part[2]) column = i }
                if (!column) break
            }
            row = line
        }
        close(path)
        if (!column) { wrong("last: " $0 ": no such file or column"); next }
        split(row, cell, ",")
        if (!near(cell[column] + 0, want[1] + 0)) wrong("last: " $0 ": it is " cell[column])
    }'
}

once "$TMP/a"
status=$?
{
    if [ -n "$broken" ] || [ $status != "${wanted:-0}" ]; then
        echo "exit: ${broken:-$status}, not ${wanted:-0}"
    fi
    for stream in stdout stderr; do
        field $stream | while IFS= read -r text; do
            grep -qF -- "$text" "$TMP/$stream" || echo "$stream: not printed: $text"
        done
    done
    check_values
    field file | while IFS= read -r name; do
        [ -s "$TMP/a/out/$name" ] || echo "file: $name is missing or empty"
    done
} >"$TMP/diff"
if [ -s "$TMP/diff" ]; then
    { cat "$TMP/diff"; tell "-- crnlc run $options $file"; } | fail "$file"
else
    pass
fi

field same-bytes | while IFS= read -r variants; do
    first=
    rm -f "$TMP/diff"
    n=0
    while IFS= read -r variant; do
        n=$((n + 1))
        once "$TMP/v$n" $variant || tell "crnlc run $options $variant: ${broken:-failed}" >>"$TMP/diff"
        mv "$TMP/stdout" "$TMP/v$n/out/=stdout"
        if [ -z "$first" ]; then
            first=$TMP/v$n/out
        elif ! diff -rq "$first" "$TMP/v$n/out" >"$TMP/which"; then
            { echo "other bytes with $variant:"; cat "$TMP/which"; } >>"$TMP/diff"
        fi
    done < <(echo "$variants" | sed 's/ *| */\n/g')
    if [ -s "$TMP/diff" ]; then
        fail "$file same-bytes" <"$TMP/diff"
    else
        pass
    fi
    rm -rf "$TMP"/v*
done
