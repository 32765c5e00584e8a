# Nothing that a file calls itself or its parts acts on the terminal that shows a message: escapes, newlines, changed direction.
shown() # file: `crnlc check` of a network from it, whose messages have printable characters only
{
    echo "network n = import \"$1\"; experiment main { run n for 1; print n.A; }" >one.crnl
    if "$CRNLC" check one.crnl >said 2>&1; then
        echo "$1 is taken"
        exit 1
    fi
    grep -q "$2" said || { cat -v said; exit 1; }
    if LC_ALL=C grep -q '[^ -~]' said; then
        echo "$1:"
        cat -v said
        exit 1
    fi
}
E='\u001b[31mX\u0007\n\u009b31mY\u202e'
plain='{"format": "crnlc network", "version": 1, "name": "n", "parameters": [{"name": "k", "value": [1], "unit": "s"}],
 "species": [{"name": "A", "kind": "discrete", "amount": 1}],
 "reactions": [{"reactants": [["A", 1]], "products": [], "kinetics": "mass action", "label": "r", "rate": "1"}]}'
for place in '"name": "n"' '"name": "k"' '"name": "A"' '"unit": "s"' '"label": "r"'; do
    echo "${plain/$place/${place%\"*}$E\"}" >name.json
    shown name.json "E0831.*should be a text without control characters, not a text with control characters"
done
for place in '[["A"' '"kind": "discrete"' '"kinetics": "mass action"'; do
    echo "${plain/"$place"/${place%\"*}$E\"}" >word.json
    shown word.json "?\[31mX???31mY?' "
done
printf 'A\033[31m -> B\n' >a.crn
shown a.crn 'a.crn:1:2: .*a byte 27, which no text has'
printf 'begin species\n1 A\033[31m() 100\nend species\nbegin reactions\n1 1 0 1\nend reactions\n' >a.net
shown a.net 'a.net:2:4: .*a byte 27, which no text has'
name=$(printf 'a\033[31m\nb.crnl')
echo 'network n {' >"$name"
"$CRNLC" check "$name" >said 2>&1 && exit 1
if LC_ALL=C grep -q '[^ -~]' said; then cat -v said; exit 1; fi
# As JSON it is all there.
"$CRNLC" check --json one.crnl >said 2>&1 && exit 1
if LC_ALL=C grep -q '[^ -~]' said; then cat -v said; exit 1; fi
