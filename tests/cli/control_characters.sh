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
    shown word.json "\\\\u001b\[31mX\\\\u0007\\\\u000a\\\\u009b31mY\\\\u202e' "
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

# One code is as good as another: C1 codes as UTF-8, DEL; in the text itself and as an escape of its format.
C1=$(printf '\302\233')
for code in "$C1" "$(printf '\177')"; do
    printf 'begin species\n1 A%s31m() 100\nend species\nbegin reactions\n1 1 0 1\nend reactions\n' "$code" >c1.net
    shown c1.net 'c1.net:2:4: .*E0831.*which no text has'
    printf 'A%s31m -> B; k = 1\nA = 3\n' "$code" >c1.ant
    shown c1.ant 'c1.ant:1:2: .*E0831.*which no text has'
done
if [ "$SBML" = yes ]; then
    for name in "$C1" '&#x9b;' '&#x202e;'; do
        cat >c1.xml <<END
<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>
<listOfCompartments><compartment id="c" size="1" constant="true"/></listOfCompartments>
<listOfSpecies><species id="A${name}31m" compartment="c" initialAmount="1" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/></listOfSpecies>
</model></sbml>
END
        shown c1.xml 'E083'
    done
fi
# Nor has a program any, in comments and strings too: what it says is printed.
for place in '// %s' '/// %s' '/* %s */' 'experiment e { print "%s"; }'; do
    for code in "$C1" "$(printf '\033')" "$(printf '\177')"; do
        printf "network n { species A = 1; A -> 0; }\n$place\n" "$code[31m" >own.crnl
        "$CRNLC" run own.crnl >said 2>&1 && exit 1
        grep -q 'own.crnl:2:[0-9]*: error.E0102.: a control character (code [0-9]*) cannot stand here' said || { cat -v said; exit 1; }
        if LC_ALL=C grep -q '[^ -~]' said; then cat -v said; exit 1; fi
    done
done
printf 'network n { species A = 1; A -> 0; }\nexperiment e { run n for 1; print n.A -> "a%s.txt"; }\n' "$(printf '\342\200\256')" >own.crnl
"$CRNLC" run own.crnl >said 2>&1 && exit 1
grep -q 'a control character, number 8238' said

# What only a running program meets, and what its command line says: cells of data, names of files, options.
cat >rows.crnl <<'END'
data d = csv("cells.csv", input = 0, label = 1);
model m = relu[1, 1];
experiment e { learn m from d by binary_connect(epochs = 1); print "{m.w[0]}"; }
END
printf '1,0\n2,0\n' >cells.csv
"$CRNLC" build rows.crnl -o rows 2>/dev/null
printf '1,0\n%s31m\033]0;x\007,1\n' "$C1" >cells.csv
evil=$(printf 'x\033[31m%sz' "$C1")
for command in ./rows "./rows --$evil" "./rows $evil" "./rows --seed $evil" "./rows --set $evil=1" "./rows --data-dir $evil" "./rows --resume $evil" \
    "$CRNLC $evil" "$CRNLC check $evil" "$CRNLC check --$evil" "$CRNLC explain $evil" "$CRNLC run rows.crnl" "$CRNLC run rows.crnl --seeds 2 --table $evil"; do
    $command >said 2>&1 && exit 1
    [ -s said ] || { echo "$command says nothing" | cat -v; exit 1; }
    if LC_ALL=C grep -q '[^ -~]' said; then echo "$command:" | cat -v; cat -v said; exit 1; fi
done
./rows >said 2>&1 && exit 1
grep -q '\\u009b31m\\u001b\]0;x\\u0007' said || { cat -v said; exit 1; }

# The lines of another program stay lines.
printf '#!/bin/sh\necho first >&2\nprintf "second\\033[31m\\n" >&2\nexit 1\n' >linker
chmod +x linker
echo 'network n { species A = 1; A -> 0; } experiment e { run n for 1; print n.A; }' >linked.crnl
CC=$PWD/linker "$CRNLC" build linked.crnl -o none >said 2>&1 && exit 1
grep -qx '      | first' said && grep -qx '      | second\\u001b\[31m' said || { cat -v said; exit 1; }

# All messages go this way: nothing else prints to standard error than crnl_say and what has no text of others (progress, no memory).
if grep -nE 'fprintf\(stderr|fputs\([^;]*stderr|vfprintf\(' "$SRC"/runtime/*.c "$SRC"/runtime/*/*.c "$SRC"/driver/*.c "$SRC"/server/*.c "$SRC"/api/*.c "$SRC"/codegen/*/*.c |
    grep -vE '/(utf8|progress)\.c:|out of memory|fputs\("[^"%]*", stderr\)'; then
    echo "a message that does not go through crnl_say"
    exit 1
fi
