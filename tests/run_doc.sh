#!/bin/bash
# The code blocks of a page: run_doc.sh PAGE.md. ```crnl is checked, and run if it starts with `// run`; ```crnl NAME.crnl
# names the file for the blocks below it. ```crnl-bad must be refused, in doc/diag/CODE.md with that code. ```sh and
# ```python (where there are the modules that it imports) after a line `<!-- test -->` are run in a folder that has build/, examples/ and README.md
# like the tree. ```output holds lines
# that the block before it prints, in order; `...` stands for any. A picture of doc/pictures that the page shows must be
# one that its blocks make; with PICTURES=FOLDER it is copied there.
. "$SRC/tests/run_lib.sh"
page=$1
work=$TMP/page
mkdir -p "$work/out"
for part in examples doc stdlib README.md; do
    [ -e "$SRC/$part" ] && ln -s "$SRC/$part" "$work/$part"
done
ln -s "$BUILD" "$work/build"

awk -v folder="$work" '
/^ *```/ && !open {
    open = 1; indent = match($0, /`/) - 1
    kind = $1; sub(/^```/, "", kind)
    file = ""
    if (kind == "crnl") file = $2 != "" ? $2 : "L" NR ".crnl"
    else if (kind == "crnl-bad") file = "L" NR ".bad.crnl"
    else if (kind == "net") file = "L" NR ".net"
    else if (kind == "net-bad") file = "L" NR ".bad.net"
    else if (kind == "sh-bad") file = "L" NR ".bad.sh"
    else if (kind == "sh" && before ~ /<!-- test -->/) file = "L" NR ".sh"
    else if (kind == "python" && before ~ /<!-- test -->/) file = "L" NR ".py"
    if (file != "") { print file; printf "" > (folder "/" file); printed = file ".output" }
    else if (kind == "output") file = printed
    next
}
/^ *```/ { open = 0; if (file != "") close(folder "/" file); before = ""; next }
open && file != "" { print substr($0, 1, indent) ~ /^ *$/ ? substr($0, indent + 1) : $0 > (folder "/" file) }
!open && !/^ *$/ { before = $0 }
' "$SRC/$page" >"$TMP/blocks"

# compare_output BLOCK: the lines that the page shows for it are lines, or parts of lines, of what it printed
compare_output()
{
    if [ -f "$work/$1.output" ] && ! cat "$TMP/stdout" "$TMP/stderr" | awk '
        FNR == NR { got[++n] = $0; next }
        { gsub(/^ +| +$/, "") }
        $0 == "" || $0 == "..." { next }
        { while (++at <= n) if (index(got[at], $0)) next; print "not printed (in this order): " $0; exit 1 }
    ' - "$work/$1.output" >"$TMP/missing"; then
        { cat "$TMP/missing"; tell "it printed"; } | fail "$name, its output"
    fi
}

passes_of() # file
{
    grep -q '^; crnlc opt ' "$1" && sed -n '1s/^; crnlc opt *//p' "$1" | sed 's/:.*//' || echo --passes=
}

code=
case $page in
doc/diag/*.md) code=$(basename "$page" .md) ;;
esac
while IFS= read -r block; do
    name="$page:${block%%.*}"
    options=$(options_of "$work/$block")
    case $block in
    *.bad.sh | *.bad.net)
        if [ "${block%.sh}" != "$block" ]; then
            PATH=$BUILD:$PATH run_in "$work" bash -e "$block"
        else
            run_in "$work" "$CRNLC" opt $(passes_of "$work/$block") "$block"
        fi
        status=$?
        if [ -n "$broken" ]; then
            tell "$broken" | fail "$name"
        elif ! grep -q "\[$code\]" "$TMP/stderr" || { [ $status = 0 ] && [ "${code#W}" = "$code" ]; }; then
            tell "does not report $code, or does not fail" | fail "$name"
        else
            pass
        fi
        ;;
    *.net)
        if run_in "$work" "$CRNLC" opt $(passes_of "$work/$block") "$block"; then
            pass
        else
            tell "${broken:-refused}" | fail "$name"
        fi
        ;;
    *.py)
        if ! "$PYTHON" -c "$(grep '^import' "$work/$block" | grep -v crnl)" 2>"$TMP/stderr"; then
            skip "$name" "$(tail -n 1 "$TMP/stderr")"
        elif [ "$SANITIZED" = yes ] && grep -q -e '^import ctypes' -e '^import crnl' "$work/$block"; then
            skip "$name" "Python cannot load a library with sanitizers"
        elif run_in "$work" "$PYTHON" "$block"; then
            pass
            compare_output "$block"
        else
            tell "${broken:-Python refused it}" | fail "$name"
        fi
        ;;
    *.sh)
        if PATH=$BUILD:$PATH run_in "$work" bash -e "$block"; then
            pass
            compare_output "$block"
        else
            tell "${broken:-the commands failed}" | fail "$name"
        fi
        ;;
    *.bad.crnl)
        run_in "$work" "$CRNLC" check $options "$block"
        status=$?
        if [ $status = 0 ] && grep -q '^// run' "$work/$block"; then
            run_in "$work" "$CRNLC" run $options "$block" --out-dir out
            status=$?
        fi
        if [ -n "$broken" ]; then
            tell "$broken" | fail "$name"
        elif [ $status = 0 ] && ! { [ -n "$code" ] && grep -q "warning\[$code\]" "$TMP/stderr"; }; then
            echo "is accepted, but should be refused" | fail "$name"
        elif [ -n "$code" ] && ! grep -q "\[$code\]" "$TMP/stderr"; then
            tell "does not report $code" | fail "$name"
        else
            pass
            compare_output "$block"
        fi
        ;;
    *)
        if ! run_in "$work" "$CRNLC" check $options "$block"; then
            tell "crnlc check: ${broken:-refused}" | fail "$name"
        elif grep -q '^// run' "$work/$block" && ! run_in "$work" "$CRNLC" run $options "$block" --out-dir out; then
            tell "crnlc run: ${broken:-failed}" | fail "$name"
        else
            pass
            compare_output "$block"
        fi
        ;;
    esac
done <"$TMP/blocks"

for picture in $(grep -o 'pictures/[A-Za-z0-9_]*\.svg' "$SRC/$page" | sort -u); do
    made=$(find "$work" "$work/out" -maxdepth 1 -name "${picture#pictures/}" | head -n 1)
    [ -z "${PICTURES-}" ] || [ -z "$made" ] || cp "$made" "$PICTURES/"
    if [ ! -f "$SRC/doc/$picture" ] || [ -z "$made" ]; then
        echo "is missing in doc/pictures (make pictures), or no block of the page makes it" | fail "$page: $picture"
    else
        pass
    fi
done
