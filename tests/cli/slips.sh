# The commonest slips: each is recognised, on its line, by one message with the fix, and what follows is still read: the
# mistake of the last line is reported too.
slip() # line code message help
{
    printf 'network a(k = 1) {\n  species A = 1, B, C;\n  %s\n  B -> C;\n}\nnetwork b { species X = 1; %s }\n' "$1" "$last" >slip.crnl
    "$CRNLC" check slip.crnl >out 2>&1 && { echo "accepted: $1"; exit 1; }
    { grep -q "^slip.crnl:3:[0-9]*: error\[$2\]: .*$3" out && { [ -z "$4" ] || grep -qF "help: $4" out; }; } ||
        { echo "$1: no $2 with '$3' and the help '$4':"; cat out; exit 1; }
    # One message for one mistake.
    [ "$(grep -c '^slip.crnl:3:' out)" = 1 ] && ! grep -q '^slip.crnl:[45]:' out ||
        { echo "$1: more than one message:"; cat out; exit 1; }
    grep -q "^slip.crnl:6:.*error" out || { echo "$1: the rest is not read:"; cat out; exit 1; }
}
last='X -> Z;'          # names are looked at when the syntax is right
slip 'A = B;' E0108 'with an arrow, not with `=`' 'write `->`'
last='X -> ;'
slip 'A -> B' E0107 '`;` is missing' ''
slip 'k A -> B;' E0108 'found `A`' 'a rate stands in braces after the arrow: `->{k}`'
slip 'A --> B;' E0108 '`-->` is no arrow' 'write `->`'
slip 'A -> B {k};' E0106 'the rate stands right after the arrow' 'write `->{k}`'
slip '2*A -> B;' E0108 'without `\*`' 'write `2 A`'
slip 'α -> B;' E0102 'ASCII' 'write `alpha`'
slip 'A → B;' E0102 '`→` is no character' 'write `->`'
slip 'A + B = C;' E0108 'with an arrow, not with `=`' 'write `A + B -> ...`'
slip 'A ->{1.} B;' E0103 'digits on both sides' 'write `1.0`'
