# SED-ML over a model that is made here, decay of S with the constant k in the compartment c of size 2: reports have the closed forms, what
# is not read is named and the rest is made, archives are unpacked within bounds.
set -e
. "$SRC/tests/sedml_parts.sh"
description 1 "$model" "$course" "<task id='t' modelReference='m' simulationReference='course'/>" \
    "$(time_of time t) $(of S t "$(species S)") $(of P t "$(species P)") $(of k t "$(param k)") $(of c t "$sbml/s:listOfCompartments/s:compartment[@id='c']") $(of r t "$sbml/s:listOfReactions/s:reaction[@id='r']")
    <dataGenerator id='f'><listOfVariables><variable id='x' taskReference='t' target=\"$(species S)\"/><variable id='t' taskReference='t' symbol='urn:sedml:symbol:time'/></listOfVariables>
    <listOfParameters><parameter id='w' value='-3'/></listOfParameters>$(math "<apply><plus/><apply><times/><ci>w</ci><apply><power/><ci>x</ci><cn type='integer'>2</cn></apply></apply><apply><arcsin/><apply><divide/><ci>x</ci><cn>10</cn></apply></apply><apply><log/><ci>t</ci></apply></apply>")</dataGenerator>
    <dataGenerator id='g'><listOfVariables><variable id='gx' taskReference='t' target=\"$(species S)\"/></listOfVariables>
    $(math "<apply><plus/><piecewise><piece><cn>1</cn><apply><gt/><ci>gx</ci><cn>2</cn></apply></piece><piece><cn>2</cn><apply><gt/><ci>gx</ci><cn>1</cn></apply></piece><otherwise><ci>gx</ci></otherwise></piecewise><apply><max/><ci>gx</ci><cn>1.5</cn></apply><apply><lt/><ci>gx</ci><cn>1</cn></apply></apply>")</dataGenerator>
    <dataGenerator id='h'><listOfVariables><variable id='hx' taskReference='t' target=\"$(species S)\"/></listOfVariables>
    $(math "<apply><divide/><ci>hx</ci><apply><csymbol definitionURL='http://sed-ml.org/#max'>max</csymbol><ci>hx</ci></apply></apply>")</dataGenerator>" \
    "$(report all time S P k c r f g h)
    <plot2D id='picture' name='a {b} \"c\"'><listOfCurves><curve id='one' logX='true' logY='true' xDataReference='time' yDataReference='S'/><curve id='two' logX='true' logY='true' xDataReference='time' yDataReference='h'/></listOfCurves></plot2D>" >one.sedml
"$CRNLC" run one.sedml >out 2>err || { cat out err; exit 1; }
[ ! -s out ] && [ ! -s err ] || { cat out err; exit 1; }
near all.csv 'c["time"] - (1 + (n - 1) / 2)' 7
near all.csv 'c["S"] - 5 * exp(-c["time"] / 2)' 7
near all.csv 'c["P"] + 2 * c["S"] - 10' 7
near all.csv 'c["r"] - 2 * 0.5 * c["S"] + (c["k"] - 0.5) + (c["c"] - 2)' 7
near all.csv 'c["f"] + 3 * c["S"]^2 - atan2(c["S"] / 10, sqrt(1 - c["S"]^2 / 100)) - log(c["time"]) / log(10)' 7
near all.csv 'c["g"] - (c["S"] > 2 ? 1 : c["S"] > 1 ? 2 : c["S"]) - (c["S"] > 1.5 ? c["S"] : 1.5) - (c["S"] < 1)' 7
near all.csv 'c["h"] - exp(-(c["time"] - 1) / 2)' 7
grep -q 'logscale x' picture.svg.gp && grep -q 'logscale y' picture.svg.gp && grep -q '^<svg\|<svg ' picture.svg || { cat picture.svg.gp; exit 1; }
"$CRNLC" print --stage source one.sedml | grep -qF 'by ode(solver = bdf, rtol = 1e-09)'

# Names may have any character, and ids of broken files too: none acts on a terminal, none ends a comment of the program.
description 1 "$model" "$course" "<task id='t' modelReference='m' simulationReference='course'/>" "$(time_of time t) $(of S t "$(species S)")" \
    "<plot2D id='p&#10;}&#x9b;' name='a&#x9b;31m&#10;&#x7f;z'><listOfCurves><curve id='one' logX='false' logY='false' xDataReference='time' yDataReference='S' name='n&#x9b;5m'/></listOfCurves></plot2D>" >codes.sedml
"$CRNLC" print --stage source codes.sedml >said
grep -q 'title = "a 31m  z"' said && grep -q 'label = "n 5m"' said && grep -q '// plot p_' said || { cat -v said; exit 1; }
"$CRNLC" run codes.sedml >out 2>err || { cat -v out err; exit 1; }

mkdir again
cp one.sedml one.xml
"$CRNLC" run one.xml --out-dir again && cmp all.csv again/all.csv

# Changes of models, one derived from the other; attributes, computed values, elements.
description 2 "$model<model id='fast' source='m'><listOfChanges><changeAttribute target=\"$(param k)/@value\" newValue='1'/>
<computeChange target=\"$(species S)/@initialConcentration\"><listOfVariables><variable id='old' target=\"$(species S)/@initialConcentration\" modelReference='m'/></listOfVariables>
<listOfParameters><parameter id='two' value='2'/></listOfParameters>$(math "<apply><times/><ci>old</ci><ci>two</ci></apply>")</computeChange></listOfChanges></model>
<model id='other' source='#fast'><listOfChanges>
<removeXML target=\"$(param back)/@constant\"/><addXML target=\"$(param back)/..\"><newXML><parameter xmlns='http://www.sbml.org/sbml/level3/version1/core' id='new' value='7' constant='true'/></newXML></addXML>
<changeXML target=\"$(param back)\"><newXML><s:parameter id='back' value='0.25' constant='true'/></newXML></changeXML></listOfChanges></model>" \
    "$course<steadyState id='rest'><algorithm kisaoID='KISAO:0000407'/></steadyState>" \
    "<task id='t' modelReference='fast' simulationReference='course'/><task id='u' modelReference='other' simulationReference='course'/><task id='v' modelReference='other' simulationReference='rest'/>" \
    "$(time_of time t) $(of S t "$(species S)") $(of U u "$(species S)") $(of new u "$(param new)") $(of V v "$(species S)") $(of W v "$sbml/s:listOfReactions/s:reaction")" \
    "$(report changed time S U new) $(report steady V W)" >two.sedml
"$CRNLC" run two.sedml >out 2>err || { cat out err; exit 1; }
[ ! -s err ] || { cat err; exit 1; }
near changed.csv 'c["S"] - 10 * exp(-c["time"])' 7
# amounts: x' = -k x + back (20 - x), k = 1, back = 1/4
near changed.csv '2 * c["U"] - (4 + 16 * exp(-1.25 * c["time"])) + (c["new"] - 7)' 7
near steady.csv '(c["V"] - 2) * 0.1 + c["W"] * 0.1' 1

# Repeated tasks: a grid of two ranges, one that goes on from step to step, one that joins.
task() { echo "<task id='$1' modelReference='m' simulationReference='$2'/>"; }
k_set="<setValue target=\"$(param k)\" modelReference='m' range='ks'>$(math '<ci>ks</ci>')</setValue>"
s_set="<setValue target=\"$(species S)\" modelReference='m'>$(math '<apply><plus/><ci>ss</ci><ci>more</ci></apply>')<listOfParameters><parameter id='more' value='1'/></listOfParameters></setValue>"
description 4 "$model" "$(echo "$course" | sed 's/numberOfPoints/numberOfSteps/')<oneStep id='step' step='0.5'>$cvode</oneStep>" \
    "$(task t course) $(task one step)
<repeatedTask id='grid' range='ks' resetModel='true'><listOfRanges><vectorRange id='ks'><value>0.25</value><value>1</value></vectorRange></listOfRanges><listOfChanges>$k_set</listOfChanges>
<listOfSubTasks><subTask task='inner'/></listOfSubTasks></repeatedTask>
<repeatedTask id='inner' range='ss' resetModel='true'><listOfRanges><uniformRange id='us' start='0' end='2' numberOfSteps='2' type='linear'/>
<functionalRange id='ss' range='us'>$(math '<apply><power/><cn>2</cn><ci>us</ci></apply>')</functionalRange></listOfRanges><listOfChanges>$s_set</listOfChanges><listOfSubTasks><subTask task='t' order='1'/></listOfSubTasks></repeatedTask>
<repeatedTask id='steps' range='i' resetModel='false'><listOfRanges><uniformRange id='i' start='1' end='5' numberOfSteps='4'/></listOfRanges><listOfSubTasks><subTask task='one' order='1'/></listOfSubTasks></repeatedTask>
<repeatedTask id='decades' range='ks' resetModel='true'><listOfRanges><uniformRange id='ks' start='0.01' end='1' numberOfSteps='2' type='log'/></listOfRanges><listOfChanges>$k_set</listOfChanges><listOfSubTasks><subTask task='one' order='1'/></listOfSubTasks></repeatedTask>
<repeatedTask id='twice' range='i' resetModel='true'><listOfRanges><vectorRange id='i'><value>1</value><value>2</value></vectorRange></listOfRanges><listOfSubTasks><subTask task='one' order='2'/><subTask task='t' order='1'/></listOfSubTasks></repeatedTask>" \
    "$(time_of time grid) $(of S grid "$(species S)") $(of one steps "$(species S)") $(of flow steps "$sbml/s:listOfReactions/s:reaction[@id='r']") $(of k decades "$(param k)") $(of D decades "$(species S)") $(of T twice "$(species S)")" \
    "$(report grid_report time S) $(report steps_report one flow) $(report decades_report k D) $(report twice_report T)
<plot2D id='fan' name='fan'><xAxis type='linear' name='t'/><yAxis type='log10' min='0.01' max='10'/><listOfCurves><curve id='c' name='S' xDataReference='time' yDataReference='S' type='points'/></listOfCurves></plot2D>" >three.sedml
"$CRNLC" run three.sedml >out 2>err || { cat out err; exit 1; }
[ ! -s err ] || { cat err; exit 1; }
near grid_report.csv 'c["S"] - (1 + 2^(int((n - 1) / 7) % 3)) * exp(-(n <= 21 ? 0.25 : 1) * c["time"])' 42
near steps_report.csv '(c["one"] - 5 * exp(-0.25 * n)) + (c["flow"] - c["one"])' 5
near decades_report.csv '(c["k"] - 10^(n - 3)) + (c["D"] - 5 * exp(-c["k"] / 2))' 3
near twice_report.csv '(n % 8 ? c["T"] - 5 * exp(-(1 + (n % 8 - 1) / 2) / 2) : c["T"] - 5 * exp(-2.25))' 16
[ "$(grep -o "title 'S [0-9]'" fan.svg.gp | sort -u | wc -l)" = 6 ] || { grep title fan.svg.gp; exit 1; }

# A surface over times and what a repeated task sets is a map, also turned; over what two tasks set; plots in a figure. What is no grid is named.
deep() # ID X Y Z TYPE: a plot of three dimensions
{
    echo "<plot3D id='$1'><xAxis type='linear' name='to the right'/><yAxis type='log10'/><listOfSurfaces><surface id='s_$1' type='$5' xDataReference='$2' yDataReference='$3' zDataReference='$4'/></listOfSurfaces></plot3D>"
}
ks="<listOfRanges><vectorRange id='ks'><value>0.25</value><value>0.5</value><value>1</value></vectorRange></listOfRanges>"
b_set="<setValue target=\"$(param back)\" modelReference='m' range='bs'>$(math '<ci>bs</ci>')</setValue>"
bs="<listOfRanges><vectorRange id='bs'><value>0.125</value><value>2</value></vectorRange></listOfRanges>"
description 4 "$model" "$(echo "$course" | sed 's/numberOfPoints/numberOfSteps/')<oneStep id='step' step='0.5'>$cvode</oneStep>" "$(task t course) $(task one step)
<repeatedTask id='scan' range='ks' resetModel='true'>$ks<listOfChanges>$k_set</listOfChanges><listOfSubTasks><subTask task='t'/></listOfSubTasks></repeatedTask>
<repeatedTask id='inner' range='ks' resetModel='true'>$ks<listOfChanges>$k_set</listOfChanges><listOfSubTasks><subTask task='one'/></listOfSubTasks></repeatedTask>
<repeatedTask id='both' range='bs' resetModel='true'>$bs<listOfChanges>$b_set</listOfChanges><listOfSubTasks><subTask task='inner'/></listOfSubTasks></repeatedTask>" \
    "$(time_of time scan) $(time_of once t) $(of k scan "$(param k)") $(of S scan "$(species S)") $(of K both "$(param k)") $(of B both "$(param back)") $(of E both "$(species S)")" \
    "$(deep over time k S heatMap) $(deep turned k once S contour) $(deep two K B E surfaceMesh) $(deep none S k S heatMap) $(deep bars time k S bar)
<plot2D id='flat'><listOfCurves><curve id='c' xDataReference='time' yDataReference='S'/></listOfCurves></plot2D>
<figure id='all' numRows='2' numCols='2'><listOfSubPlots><subPlot plot='two' row='2' col='1'/><subPlot plot='flat' row='1' col='1'/><subPlot plot='over' row='1' col='2'/></listOfSubPlots></figure>" >maps.sedml
"$CRNLC" run maps.sedml >out 2>err || { cat out err; exit 1; }
for text in 'maps.sedml:.*W0832.*a surface is drawn over a grid' 'maps.sedml:.*W0832.*surfaces of this kind are not drawn: `bar`'; do
    [ "$(grep -c "$text" err)" = 1 ] || { echo "not said once: $text"; cat err; exit 1; }
done
[ "$(grep -c 'warning\|error' err)" = 2 ] || { cat err; exit 1; }
for picture in over turned two all flat; do [ -s $picture.svg ]; done
[ ! -e none.svg ] && [ ! -e bars.svg ]
[ "$(grep -o "key title 'flat'\|set title 'over\|set title 'two" all.svg.gp | cut -d"'" -f2 | tr '\n' ' ')" = 'flat over two ' ] || { grep title all.svg.gp; exit 1; }
grid() # FILE ROWS: x, y and value of the map: as EXPRESSION says
{
    awk -v rows=$2 'NF == 7 && $1 !~ /#/ { n++; e = '"$3"'; if (e > 1e-6 || e < -1e-6 || e != e) { print FILENAME ":" NR ": off by " e; bad = 1; exit 1 } }
        END { if (!bad && n != rows) { print FILENAME " has " n " places"; exit 1 } }' $1
}
grid over.svg.dat 21 '$3 - 5 * exp(-$2 * $1)'
grid turned.svg.dat 21 '$3 - 5 * exp(-$1 * $2)'
# amounts: x' = -k x + back (10 - x), x = 10 at the start; the concentration is half of it
grid two.svg.dat 6 '2 * $3 - 10 * ($2 + $1 * exp(-($1 + $2) / 2)) / ($1 + $2)'

# What is not there is named, and the rest is made.
description 4 "$model<model id='cell' language='urn:sedml:language:cellml' source='x.cellml'/>" \
    "$course<uniformTimeCourse id='euler' initialTime='0' outputStartTime='0' outputEndTime='1' numberOfSteps='4'><algorithm kisaoID='KISAO:0000030'/></uniformTimeCourse>
<uniformTimeCourse id='odd' initialTime='0' outputStartTime='0' outputEndTime='1' numberOfSteps='4'><algorithm kisaoID='KISAO:0009999'/></uniformTimeCourse>
<analysis id='what'/>" \
    "$(task t course) $(task e euler) $(task o odd) $(task w what) <task id='x' modelReference='cell' simulationReference='course'/><parameterEstimationTask id='pe'/>" \
    "$(time_of time e) $(of S e "$(species S)") $(of O o "$(species S)") $(of X x "$(species S)") $(of W w "$(species S)")" \
    "$(report some time S O X W) <plot4D id='deep'/>" >four.sedml
"$CRNLC" run four.sedml >out 2>err || { cat out err; exit 1; }
for text in 'four.sedml:2:.*W0832.*models in this language are not read: urn:sedml:language:cellml' 'W0833.*in place of the Euler forward method there is `ode(solver = rk4)`' \
    'W0833.*in place of the algorithm, which is not known, there is `ode`' 'W0832.*simulations of this kind are not run: `analysis`' 'W0832.*outputs of this kind are not made: `plot4D`'; do
    grep -q "$text" err || { echo "not said: $text"; cat err; exit 1; }
done
near some.csv '(c["S"] - 5 * exp(-0.5 * c["time"])) * 0.1 + (c["O"] - c["S"]) * 0.1' 5

# Archives.
cat >zip.py <<'END'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    for word in sys.argv[2:]:
        name, file = word.split("=")
        z.writestr(zipfile.ZipInfo(name), open(file, "rb").read()) if file != "zeros" else z.writestr(name, b" " * (3 << 20))
END
sed "s/source='m.xml'/source='..\/models\/m.xml'/" one.sedml >up.sedml
echo "<omexManifest xmlns='http://identifiers.org/combine.specifications/omex-manifest'><content location='.' format='http://identifiers.org/combine.specifications/omex'/>
<content location='./models/m.xml' format='http://identifiers.org/combine.specifications/sbml'/><content location='./sims/one.sedml' format='http://identifiers.org/combine.specifications/sed-ml.level-1.version-1' master='true'/>
<content location='./other.sedml' format='http://identifiers.org/combine.specifications/sed-ml'/></omexManifest>" >manifest.xml
python3 zip.py a.omex manifest.xml=manifest.xml models/m.xml=m.xml sims/one.sedml=up.sedml other.sedml=two.sedml
mkdir packed
"$CRNLC" run a.omex --out-dir packed >out 2>err || { cat out err; exit 1; }
cmp all.csv packed/all.csv
"$CRNLC" emit --format text a.omex | grep -q '^r: S ->'
python3 zip.py plain.omex m.xml=m.xml one.sedml=one.sedml
"$CRNLC" check plain.omex
refused() # FILE TEXT [OPTION]
{
    "$CRNLC" check "${@:3}" "$1" >out 2>err && { echo "not refused: $2"; exit 1; }
    grep -q "$2" err || { echo "not said: $2"; cat out err; exit 1; }
}
# Names that are nearly those of what is there.
sed "s/id='us'/id='scale'/; s/range='us'/range='scale'/; s/<ci>us</<ci>scael</" three.sedml >near.sedml
refused near.sedml 'error.E0834.: the formula has a name `scael` that is not declared'
grep -q "help: did you mean 'scale'?" err
sed "s/<ci>us</<ci>nothing</" three.sedml >near.sedml
refused near.sedml 'error.E0834.: the formula has a name `nothing` that is not declared'
grep -q 'help: there are us, ss' err || { cat err; exit 1; }
refused oen.sedml "help: did you mean 'one.sedml'?"
python3 zip.py out.omex ../m.xml=m.xml one.sedml=one.sedml
refused out.omex 'error.E0831.: out.omex: the archive has a file outside of it: ../m.xml'
python3 zip.py abs.omex /etc/m.xml=m.xml one.sedml=one.sedml
refused abs.omex 'outside of it: /etc/m.xml'
for name in 'x/../../m.xml' './../m.xml' '..\m.xml' 'C:\m.xml' '//m.xml'; do
    python3 zip.py odd.omex "$name=m.xml" one.sedml=one.sedml
    refused odd.omex 'error.E0831.: odd.omex: the archive has a file outside of it: '
done
sed "s/source='m.xml'/source='..\/..\/m.xml'/" one.sedml >away.sedml
python3 zip.py away.omex m.xml=m.xml sims/one.sedml=away.sedml
refused away.omex "away.omex/sims/one.sedml:2:.*E0202.*a file outside of the archive"
python3 zip.py large.omex manifest.xml=manifest.xml models/m.xml=zeros sims/one.sedml=up.sedml
refused large.omex 'E0833.*models/m.xml unpacks to more than the limit, 1048576 bytes for all files' --max-unpacked 1
grep -q 'help: allow more with --max-unpacked MIB' err
refused large.omex 'models/m.xml.*this is not XML' --max-unpacked 4
python3 zip.py twice.omex manifest.xml=manifest.xml one.sedml=one.sedml one.sedml=one.sedml 2>/dev/null
refused twice.omex 'the archive has one.sedml twice'
sed "s/ master='true'//" manifest.xml >no.xml
python3 zip.py master.omex manifest.xml=no.xml sims/one.sedml=one.sedml other.sedml=two.sedml
refused master.omex 'manifest.xml:3:.*a second description of simulations, and neither is said to be the master: other.sedml'
python3 zip.py lost.omex manifest.xml=manifest.xml
refused lost.omex 'error.E0202.: lost.omex has no file sims/one.sedml'
echo 'no archive' >no.omex
refused no.omex 'error.E0831.: no.omex: this is no archive in the format zip'

# Chains without end.
{ echo "<model id='m' source='#m2'/>"; for i in $(seq 2 600); do echo "<model id='m$i' source='#m$((i + 1))'/>"; done; echo "<model id='m601' source='m.xml'/>"; } >chain
description 4 "$(cat chain)" "$course" "$(task t course)" "$(of S t "$(species S)")" "$(report o S)" >chain.sedml
refused chain.sedml 'E0833.*a chain of more than 500 models'
turns="<listOfRanges><vectorRange id='i'><value>1</value></vectorRange></listOfRanges>"
{ for i in $(seq 15); do echo "<repeatedTask id='r$i' range='i' resetModel='true'>$turns<listOfSubTasks><subTask task='r$((i + 1))'/><subTask task='r$((i + 1))'/></listOfSubTasks></repeatedTask>"; done; } >chain
description 4 "$model" "$course" "$(cat chain) $(task r16 course)" "$(of S r1 "$(species S)")" "$(report o S)" >doubled.sedml
refused doubled.sedml 'E0833.*has more than 10000 tasks in it'
sed "s/<subTask task='r[0-9]*'.>//" chain >one
for i in $(seq 16 30); do echo "<repeatedTask id='r$i' range='i' resetModel='true'>$turns<listOfSubTasks><subTask task='r$((i + 1))'/></listOfSubTasks></repeatedTask>"; done >>one
description 4 "$model" "$course" "$(cat one) $(task r31 course)" "$(of S r1 "$(species S)")" "$(report o S)" >nested.sedml
refused nested.sedml 'E0833.*tasks repeated more than 20 deep'
