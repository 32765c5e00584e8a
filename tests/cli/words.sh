# The lists of reserved words in the pages are that of frontend/text/word.def, and each word of the list is one to the lexer:
# reserved words are refused as names, all others are taken.
mkdir words && cd words
fail=0
words() # role
{
    "$CRNLC" explain words | sed -n "s/^$1: //p"
}
reserved=$(words reserved)
opening=$(words opening)
for page in doc/language.md doc/diag/E0109.md grammar/reference.md; do
    text=$(tr '\n' ' ' <"$SRC/$page")
    for list in "$reserved" "$opening"; do
        case $text in
        *"\`$list\`"*) ;;
        *)
            echo "$page lists other words than: $list"
            fail=1
            ;;
        esac
    done
done
for word in $reserved; do
    printf 'network a {\n  param %s = 1;\n}\n' "$word" >x.crnl
    "$CRNLC" check x.crnl >../out 2>&1 && echo "'$word' is taken as a name" && fail=1
    grep -q 'E0109' ../out || { echo "'$word' as a name: no E0109" && fail=1; }
done
rm x.crnl
for role in opening network model experiment inner; do
    for word in $(words $role); do
        printf 'network a {\n  param %s = 1;\n}\n' "$word" >"$word.crnl"
    done
done
"$CRNLC" check *.crnl || fail=1
exit $fail
