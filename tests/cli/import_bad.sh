# Files that would cost time or memory without bound: each format, cut off, of the wrong kind, nested deeply, with huge counts,
# with definitions that grow exponentially. Each is an error with its line, within 10 s of processor time and 1 GB.
if [ "$SANITIZED" = yes ]; then
    ulimit -S -t 60          # sanitizers take five times as long
else
    ulimit -S -t 10
    ulimit -v 2000000        # of addresses; libraries take half of it
fi
refused() # CODE FILE[:LINE]
{
    local file=${2%%:*} status=0
    "$CRNLC" check "$file" >out 2>err || status=$?
    [ $status = 1 ] && grep -q "^$2:.*error\[$1\]" err || { echo "$2: status $status, not $1"; head -c 2000 err; exit 1; }
}
repeat() # TEXT TIMES
{
    awk -v text="$1" -v n="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", text }'
}
model() # BODY: an SBML model of one species and one reaction whose law is BODY
{
    cat <<END
<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="m">
<listOfCompartments><compartment id="V" spatialDimensions="3" size="1" constant="true"/></listOfCompartments>
<listOfSpecies><species id="A" compartment="V" initialAmount="1" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/></listOfSpecies>
<listOfReactions><reaction id="r" reversible="false" fast="false">
<listOfReactants><speciesReference species="A" stoichiometry="${2:-1}" constant="true"/></listOfReactants>
<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">$1</math></kineticLaw></reaction></listOfReactions>
</model></sbml>
END
}
json() # REACTANTS RATE
{
    printf '{"format": "crnlc network", "version": 1, "species": [{"name": "A", "amount": 1}], "reactions": [\n'
    printf '{"reactants": %s, "products": [], "kinetics": "law",\n"rate": "%s"}]}\n' "$1" "$2"
}

# cut off in the middle
model '<ci>A</ci>' | head -c 600 >cut.xml; refused E0831 cut.xml
printf 'begin species\n 1 A() 1\nend species\nbegin reactions\n 1 1' >cut.net; refused E0831 cut.net:4
printf 'A + B -> C\nA + ' >cut.crn; refused E0831 cut.crn:2
printf 'species A = 1\nA ->{0.5' >cut.txt; refused E0701 cut.txt:2
json '[["A", 1]]' A | head -c 120 >cut.json; refused E0831 cut.json:2
printf 'model m()\n A -> B; k*(A' >cut.ant; refused E0831 cut.ant:1

# of another kind
for kind in xml net crn txt json ant; do head -c 3000 "$CRNLC" | tr -d '\0' >binary.$kind; refused 'E0[78]..' binary.$kind; done
printf '[1, 2]\n' >list.json; refused E0831 list.json:1

# nested deeply
deep=200000
model "$(repeat '<apply><minus/>' $deep)<ci>A</ci>$(repeat '</apply>' $deep)" >deep.xml; refused E0833 deep.xml
{ printf 'begin parameters\n 1 k '; repeat '(' $deep; printf 1; repeat ')' $deep; printf '\nend parameters\nbegin species\nend species\n'; } >deep.net
refused E0833 deep.net:2
{ printf 'begin functions\n'; awk 'BEGIN { for (i = 1; i < 2000; i++) print i, "f" i "() f" i + 1 "()"; print 2000, "f2000() 1" }'
  printf 'end functions\nbegin species\nend species\n'; } >chain.net
refused E0833 chain.net
{ printf 'species A = 1\nA =>{'; repeat '(' $deep; printf 'A'; repeat ')' $deep; printf '} 0\n'; } >deep.txt; refused E0702 deep.txt:2
json '[["A", 1]]' "$(repeat '-' $deep)A" >deep.json; refused E0702 deep.json:3
{ repeat '[' $deep; repeat ']' $deep; } >lists.json; refused E0831 lists.json:1
{ printf 'x = '; repeat '(' $deep; printf 1; repeat ')' $deep; echo; } >deep.ant; refused E0833 deep.ant:1
{ printf 'x = '; repeat '1 - ' $deep; echo 1; } >long.ant; refused E0833 long.ant:1
{ printf 'unit u = '; repeat '(' $deep; printf mole; repeat ')' $deep; echo; } >unit.ant; refused E0833 unit.ant:1
{ awk 'BEGIN { for (i = 0; i < 100; i++) printf "model m%d()\n  A: m%d()\nend\n", i, i + 1 }'; printf 'model m100()\n x = 1\nend\nB: m0()\n'; } >modules.ant
refused E0833 modules.ant

# a name that is no species is answered by those that there are
model '<ci>A</ci>' | sed 's/speciesReference species="A"/speciesReference species="Glc"/' >species.xml
refused E0834 species.xml:6
"$CRNLC" check species.xml 2>&1 | grep -qF 'help: there is A'

# huge counts
model '<ci>A</ci>' 1e300 >count.xml; "$CRNLC" check count.xml    # a real number there
printf 'begin species\n 1 A() 1\nend species\nbegin reactions\n 1 99999999999999999999 0 1\nend reactions\n' >count.net; refused E0834 count.net:5
printf '99999999999999999999 A -> B\n' >count.crn; refused E0833 count.crn:1
printf 'A = 1\n1e999 A -> ; A\n' >count.ant; refused E0833 count.ant:2
printf 'species A = 1\n99999999999999999999 A -> 0\n' >count.txt; refused E0702 count.txt:2
printf 'param w : [100000, 100000]\n' >shape.txt; refused E0702 shape.txt:1
json '[["A", 99999999999999999999]]' A >count.json; refused E0831 count.json:2
json '[["A", 1e300]]' A >real.json; refused E0833 real.json:2

# definitions that grow
{
    printf '<?xml version="1.0"?>\n<!DOCTYPE sbml [<!ENTITY a "aaaaaaaaaa">\n'
    printf '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>\n<sbml>&c;</sbml>\n'
} >entities.xml; refused E0832 entities.xml:2
{ awk 'BEGIN { for (i = 0; i < 40; i++) printf "model m%d()\n  A: m%d(); B: m%d()\nend\n", i, i + 1, i + 1 }'; printf 'model m40()\n x = 1\nend\nmodel *all()\n B: m0()\nend\n'; } >doubled.ant
refused E0833 doubled.ant
{ printf -- '--P0--G--\n'; awk 'BEGIN { for (i = 0; i < 40; i++) printf "P%d--P%d--\nP%d = ...*...\n", i, i + 1, i }'; printf 'x := P40 + 1\n'; } >strands.ant
"$CRNLC" check strands.ant
{ printf 'P0'; awk 'BEGIN { for (i = 1; i < 40; i++) printf "--P%d", i; print ""; for (i = 0; i < 40; i++) printf "P%d = ...*... + 1\n", i }'; } >upstream.ant
refused E0833 upstream.ant
for i in 1 2 3 4 5; do printf 'import "file%d.ant"\nimport "file%d.ant"\nx%d = 1\n' $((i + 1)) $((i + 1)) $i >file$i.ant; done
echo 'x6 = 1' >file6.ant
"$CRNLC" check file1.ant
printf 'import "two.ant"\n' >one.ant
printf 'y = 1\nimport "one.ant"\n' >two.ant
! "$CRNLC" check one.ant 2>err || exit 1
grep -q "two.ant:2:8: error\[E0832\]: files that import each other: 'one.ant' is being read already" err || { cat err; exit 1; }

# what crnlc wrote and others changed
echo 'network n(T = 2) { species A = 5, B; clock ideal(P = T, Q = 1); phase P { A -> B; } every 3 { B = 0; } output s = A + B; }' >own.crnl
"$CRNLC" emit --format sbml own.crnl -o own.xml
"$CRNLC" diff own.crnl own.xml
sed 's#<crnlc:statement>output s<#<crnlc:statement>output other<#' own.xml >other.xml; refused E0703 'other.xml: annotation of crnlc:1'
"$CRNLC" emit --format antimony own.crnl -o own.ant
"$CRNLC" diff own.crnl own.ant
sed 's#^// crnlc: output s#// crnlc: output other#' own.ant >other.ant; refused E0703 other.ant
sed 's#timers="[^"]*"#timers=""#' own.ant >timers.ant; refused E0832 timers.ant
sed 's#timers="[^"]*"#timers="<"#' own.ant >marks.ant; refused E0831 marks.ant
sed 's#timers="[^"]*"#timers="#' own.ant >marks.ant; refused E0831 marks.ant
sed 's#timers="[^"]*"#timers=""#' own.xml >timers.xml; refused E0832 timers.xml
sed 's#<ci> B </ci>#<ci> P </ci>#; s#<ci> A </ci>#<ci> P </ci>#' own.xml >law.xml; refused E0832 law.xml
sed 's#number="[0-9]*"#number="99999999999999999999"#; s#kind="every"#kind="at"#' own.xml >kind.xml; refused E0832 kind.xml

# What is large and right is read: sums shared a thousand times over take no room, and are too long to be written out.
{
    printf 'begin parameters\n 1 p1 1\n'
    awk 'BEGIN { for (i = 2; i <= 200; i++) print i, "p" i " p" i - 1 "+p" i - 1 }'
    printf 'end parameters\nbegin species\n 1 A() 1\nend species\nbegin functions\n 1 f1() A\n'
    awk 'BEGIN { for (i = 2; i <= 200; i++) print i, "f" i "() (f" i - 1 "()+1)*f" i - 1 "()" }'
    printf 'end functions\nbegin groups\n 1 A 1\nend groups\nbegin reactions\n 1 1 0 f200()\nend reactions\n'
} >doubling.net
"$CRNLC" check doubling.net
status=0
"$CRNLC" emit --format json doubling.net >out 2>err || status=$?
[ $status = 1 ] && grep -q 'E0821.*too long to be written out' err

# fast reactions: one that other fast ones make superfluous, one that nothing brings to rest, nine that need each other
fast() # REACTANTS, PRODUCTS, LAW of each of them
{
    printf '<?xml version="1.0" encoding="UTF-8"?><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
    printf '<model id="m"><listOfCompartments><compartment id="V" spatialDimensions="3" size="1" constant="true"/></listOfCompartments><listOfSpecies>'
    for s in A B C D E F G H I J K; do
        printf '<species id="%s" compartment="V" initialAmount="1" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>' $s
    done
    printf '</listOfSpecies><listOfReactions>'
    while [ $# -gt 0 ]; do
        printf '\n<reaction id="r%s" reversible="true" fast="true"><listOfReactants>' $#
        for s in $1; do printf '<speciesReference species="%s" stoichiometry="1" constant="true"/>' $s; done
        printf '</listOfReactants><listOfProducts>'
        for s in $2; do printf '<speciesReference species="%s" stoichiometry="1" constant="true"/>' $s; done
        printf '</listOfProducts><kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">%s</math></kineticLaw></reaction>' "$3"
        shift 3
    done
    printf '</listOfReactions></model></sbml>\n'
}
minus() { printf '<apply><minus/><apply><times/>'; printf '<ci>%s</ci>' $1; printf '</apply><apply><times/>'; printf '<ci>%s</ci>' $2; printf '</apply></apply>'; }
fast A B "$(minus A B)" B A "$(minus B 'A A')" >twice.xml; refused E0832 twice.xml:3
grep -q 'changes nothing that other fast ones do not' err
fast 'A A' B '<apply><exp/><ci>A</ci></apply>' >restless.xml; refused E0832 restless.xml:2
grep -q "state of rest is not found: 'A'" err
set --
for s in B C D E F G H I J; do set -- "$@" 'A A' "$s" "$(minus 'A A' "$s $s")"; done
fast "$@" >coupled.xml; refused E0832 coupled.xml:10
grep -q 'too many variables that need each other' err

# models that are too large for libsbml's check: two determinations of one variable, changes of what is constant
large() # PARTS OF A MODEL, behind its parameters: 1.1 MB with white space
{
    cat <<END
<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="m">
<listOfCompartments><compartment id="V" spatialDimensions="3" size="1" constant="true"/></listOfCompartments>
<listOfSpecies><species id="A" compartment="V" initialAmount="1" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="${2:-false}"/></listOfSpecies>
<listOfParameters><parameter id="p" value="1" constant="false"/><parameter id="q" value="1" constant="true"/></listOfParameters>
$1
</model></sbml>
END
    head -c 1100000 /dev/zero | tr '\0' '\n'
}
one='<math xmlns="http://www.w3.org/1998/Math/MathML"><cn>1</cn></math>'
rule() { printf '<listOfRules><%sRule variable="%s">%s</%sRule></listOfRules>' "$1" "$2" "$one" "$1"; }
initial="<initialAssignment symbol=\"p\">$one</initialAssignment>"
reaction="<listOfReactions><reaction id=\"r\" reversible=\"false\" fast=\"false\"><listOfProducts>
<speciesReference species=\"A\" stoichiometry=\"1\" constant=\"true\"/></listOfProducts><kineticLaw>$one</kineticLaw></reaction></listOfReactions>"
event()
{
    printf '<listOfEvents><event id="e" useValuesFromTriggerTime="true"><trigger initialValue="true" persistent="true">'
    printf '<math xmlns="http://www.w3.org/1998/Math/MathML"><true/></math></trigger><listOfEventAssignments>\n'
    printf '<eventAssignment variable="%s">'"$one"'</eventAssignment>\n' "$@"
    printf '</listOfEventAssignments></event></listOfEvents>'
}
large "" >good.xml; "$CRNLC" check good.xml
large "<listOfInitialAssignments>$initial$initial</listOfInitialAssignments>" >20802.xml; refused E0831 20802.xml:6
large "<listOfInitialAssignments>$initial</listOfInitialAssignments>$(rule assignment p)" >20803.xml; refused E0831 20803.xml:6
large "$(rule assignment q)" >20903.xml; refused E0831 20903.xml:6
large "$(rule rate q)" >20904.xml; refused E0831 20904.xml:6
large "$(rule rate A)$reaction" >20610.xml; refused E0831 20610.xml:6
large "$reaction" true >20611.xml; refused E0831 20611.xml:7
large "$(event p p)" >10305.xml; refused E0831 10305.xml:8
large "$(event q)" >21212.xml; refused E0831 21212.xml:7
# What crnlc wrote, with an annotation that somebody has changed: an event sets what stands for the time of a phase.
sed 's/"urn:crnlc:network" kind="phase" number="1"/"urn:other" kind="phase" number="1"/' "$SRC/tests/fuzz/own.xml" >own.xml
refused E0832 own.xml
