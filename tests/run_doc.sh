#!/bin/bash
# The code blocks of a page: run_doc.sh PAGE.md. ```crnl is checked, and run if it starts with `// run`;
# ```crnl-bad must be refused, in doc/diag/CODE.md with that code; ```sh after a line `<!-- test -->` is run in a
# folder that has build/, examples/ and README.md like the tree.
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
    kind = $0; sub(/^ *```/, "", kind); sub(/[ \t].*$/, "", kind)
    file = ""
    if (kind == "crnl") file = "L" NR ".crnl"
    else if (kind == "crnl-bad") file = "L" NR ".bad.crnl"
    else if (kind == "sh" && before ~ /<!-- test -->/) file = "L" NR ".sh"
    if (file != "") { print file; printf "" > (folder "/" file) }
    next
}
/^ *```/ { open = 0; if (file != "") close(folder "/" file); before = ""; next }
open && file != "" { print substr($0, 1, indent) ~ /^ *$/ ? substr($0, indent + 1) : $0 > (folder "/" file) }
!open && !/^ *$/ { before = $0 }
' "$SRC/$page" >"$TMP/blocks"

code=
case $page in
doc/diag/*.md) code=$(basename "$page" .md) ;;
esac
while IFS= read -r block; do
    name="$page:${block%%.*}"
    options=$(options_of "$work/$block")
    case $block in
    *.sh)
        if PATH=$BUILD:$PATH run_in "$work" bash -e "$block"; then
            pass
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
        fi
        ;;
    *)
        if ! run_in "$work" "$CRNLC" check $options "$block"; then
            tell "crnlc check: ${broken:-refused}" | fail "$name"
        elif grep -q '^// run' "$work/$block" && ! run_in "$work" "$CRNLC" run $options "$block" --out-dir out; then
            tell "crnlc run: ${broken:-failed}" | fail "$name"
        else
            pass
        fi
        ;;
    esac
done <"$TMP/blocks"
