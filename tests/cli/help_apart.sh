# Messages about files to import give what to do as a help of its own, which programs and editors read: `help` of --json. It stands in no
# message, and in no note.
status=0
for file in "$SRC"/tests/golden/bad/import/*.*; do
    "$CRNLC" check --json "$file" >one.json 2>/dev/null || true
    cat one.json >>all.json
    if grep -E '"message": "([^"\\]|\\.)*(help:|\\n)' one.json; then
        echo "$file: the help stands in the message"
        status=1
    fi
done
[ "$(grep -c '"help": ' all.json)" -gt 80 ] || { echo "too few helps"; status=1; }
exit $status
