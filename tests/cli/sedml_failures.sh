# SED-ML whose runs fail while it runs: the failing task is named by its place, the reports and plots of the others are made, and the exit
# status is 1. Courses that go on from the state with a time that begins anew.
set -e
. "$SRC/tests/sedml_parts.sh"
task() { echo "<task id='$1' modelReference='$2' simulationReference='$3'/>"; }
wrong="<model id='wrong' source='m'><listOfChanges><changeAttribute target=\"$(param k)/@value\" newValue='-1e9'/></listOfChanges></model>"
k_set="<setValue target=\"$(param k)\" modelReference='m' range='ks'>$(math '<ci>ks</ci>')</setValue>"
ks="<listOfRanges><vectorRange id='ks'><value>0.25</value><value>-1</value><value>1</value></vectorRange></listOfRanges>"
s_set="<setValue target=\"$(species S)\" modelReference='m' range='ss'>$(math '<ci>ss</ci>')</setValue>"
ss="<listOfRanges><vectorRange id='ss'><value>1e308</value><value>3</value></vectorRange></listOfRanges>"
log_plot() { echo "<plot2D id='$1'><listOfCurves><curve id='c_$1' logX='false' logY='true' xDataReference='time' yDataReference='$2'/></listOfCurves></plot2D>"; }
description 4 "$model$wrong" "$(echo "$course" | sed 's/numberOfPoints/numberOfSteps/')<oneStep id='step' step='0.5'>$cvode</oneStep>" \
    "
$(task good m course)
$(task bad wrong course)
$(task last m course)
$(task one m step)
<repeatedTask id='scan' range='ks' resetModel='true'>$ks<listOfChanges>$k_set</listOfChanges><listOfSubTasks><subTask task='last'/></listOfSubTasks></repeatedTask>
<repeatedTask id='chain' range='ks' resetModel='false'>$ks<listOfChanges>$k_set</listOfChanges><listOfSubTasks><subTask task='one'/></listOfSubTasks></repeatedTask>
<repeatedTask id='amounts' range='ss' resetModel='true'>$ss<listOfChanges>$s_set</listOfChanges><listOfSubTasks><subTask task='one'/></listOfSubTasks></repeatedTask>" \
    "$(time_of time good) $(of G good "$(species S)") $(of B bad "$(species S)") $(of F bad "$sbml/s:listOfReactions/s:reaction[@id='r']") $(of L last "$(species S)")
    $(of C scan "$(species S)") $(of D chain "$(species S)") $(of A amounts "$(species S)")
    <dataGenerator id='none'><listOfVariables><variable id='y' taskReference='good' target=\"$(species S)\"/></listOfVariables>$(math '<apply><minus/><ci>y</ci></apply>')</dataGenerator>" \
    "$(report mixed time G B F L) $(log_plot below none) $(log_plot broken B) $(report scanned C) $(report chained D) $(report set A) $(log_plot last_plot L)" >five.sedml
line_of() { grep -n "id='$1'" five.sedml | head -n 1 | cut -d: -f1; }
status=0
"$CRNLC" run five.sedml >out 2>err || status=$?
[ $status = 1 ] && [ ! -s out ] || { cat out err; exit 1; }
said() { grep -q -- "$1" err || { echo "not said: $1"; cat err; exit 1; }; }
said "^five.sedml:$(line_of bad):1: error.E0902.: the rate constant is -1e+09, of reaction .S -> P. (r, five-wrong.xml:"
said '^      note: the program goes on, without what this would have given'
said "^five.sedml:$(line_of scan):1: error.E0902.: the rate constant is -1, "
said "^five.sedml:$(line_of chain):1: error.E0902.: the rate constant is -1, "
said "^five.sedml:$(line_of chain): note: it failed 2 times"
said "^five.sedml:$(line_of amounts):1: error.E0903.: the amount of .S. would be inf"
[ "$(grep -c 'error' err)" = 4 ] || { cat err; exit 1; }
[ -s below.svg ] && [ -s broken.svg ] && [ -s last_plot.svg ]
is_none() { awk -F, -v column="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i; next } $at != "nan" { print "not nan: " $0; bad = 1; exit } END { exit bad || !at || NR < 2 }' "$1"; }
is_none mixed.csv B && is_none mixed.csv F || { cat mixed.csv; exit 1; }
near mixed.csv '(c["G"] - 5 * exp(-c["time"] / 2)) * 0.1 + (c["L"] - c["G"])' 7
sed '9,15d' scanned.csv >others.csv
near others.csv 'c["C"] - 5 * exp(-(n <= 7 ? 0.25 : 1) * (1 + ((n - 1) % 7) / 2))' 14
sed -n '1p;9,15p' scanned.csv >failed.csv
is_none failed.csv C
# What goes on from a run that failed has no state.
sed -n '1,2p' chained.csv >first.csv
near first.csv 'c["D"] - 5 * exp(-0.25 / 2)' 1
sed '2d' chained.csv >failed.csv
is_none failed.csv D && [ "$(wc -l <failed.csv)" = 3 ]
sed '2d' set.csv >others.csv
near others.csv 'c["A"] - 3 * exp(-0.25)' 1
# The program alone goes on where it is asked to; without that it ends there. The same executable without the option.
"$CRNLC" print --stage source five.sedml >five.crnl
status=0
"$CRNLC" run five.crnl --out-dir . 2>err || status=$?
[ $status = 1 ] && [ "$(grep -c error err)" = 1 ] || { cat err; exit 1; }
cat >own.crnl <<'END2'
network m(k = 1) { species A = 4; r: A ->{k} 0; }
experiment main {
  let none = -1.0;
  run m with k = none for 4 every 1;
  print "failed {m.A} {m.time} {m.k} {time_mean(m.A)} {run_mean(m.A)}", trajectory(m.A);
  continue m for 1;
  print "again {m.A}";
  run m with A = none for 1;
  run m for 1;
  print "good {m.A:.4f}";
}
END2
status=0
"$CRNLC" run own.crnl 2>err >out || status=$?
[ $status = 1 ] && [ ! -s out ] && [ "$(grep -c error err)" = 1 ] || { cat out err; exit 1; }
"$CRNLC" build own.crnl -o own
for command in "$CRNLC run own.crnl" "$CRNLC run own.crnl --engine interpret" ./own; do
    status=0
    $command --keep-going >out 2>err || status=$?
    [ $status = 1 ] || { echo "$command: status $status"; cat out err; exit 1; }
    printf 'failed nan nan 1 nan nan [nan, nan, nan, nan, nan]\nagain nan\ngood 1.4715\n' | cmp - out || { cat out err; exit 1; }
    [ "$(grep -c error err)" = 2 ] && said 'own.crnl:4:3: error.E0902.' && said 'own.crnl:8:3: error.E0903.'
done
# A signal or a limit of the whole program is no failure of one run.
status=0
"$CRNLC" run five.sedml --max-seconds 1e-9 2>err || status=$?
[ $status = 1 ] && said 'E0911' && [ "$(grep -c 'goes on' err)" = 0 ] || { cat err; exit 1; }

# x' = t, from x = 1: a course from 0 to 2 adds 2 each time that it begins anew at 0, and 2 more where an event at t = 1 does.
cat >t.xml <<'END2'
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="clock">
<listOfParameters><parameter id="x" value="1" constant="false"/><parameter id="y" value="0" constant="false"/></listOfParameters>
<listOfRules><rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol></math></rateRule></listOfRules>
<listOfEvents><event useValuesFromTriggerTime="true"><trigger initialValue="true" persistent="true"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><geq/><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol><cn>1</cn></apply></math></trigger>
<listOfEventAssignments><eventAssignment variable="y"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><plus/><ci>y</ci><cn>2</cn></apply></math></eventAssignment></listOfEventAssignments></event></listOfEvents></model></sbml>
END2
whole="<uniformTimeCourse id='whole' initialTime='0' outputStartTime='0' outputEndTime='2' numberOfSteps='2'>$cvode</uniformTimeCourse>"
turns="<listOfRanges><uniformRange id='i' start='1' end='3' numberOfSteps='2'/></listOfRanges>"
x_set="<setValue target=\"$(param y)\" modelReference='m' range='i'>$(math '<apply><times/><cn>100</cn><ci>i</ci></apply>')</setValue>"
description 4 "<model id='m' language='urn:sedml:language:sbml' source='t.xml'/>" "$whole" "$(task t m whole)
<repeatedTask id='on' range='i' resetModel='false'>$turns<listOfSubTasks><subTask task='t'/></listOfSubTasks></repeatedTask>
<repeatedTask id='given' range='i' resetModel='false'>$turns<listOfChanges>$x_set</listOfChanges><listOfSubTasks><subTask task='t'/></listOfSubTasks></repeatedTask>
<repeatedTask id='lost' range='j' resetModel='false'><listOfRanges><vectorRange id='j'><value>1</value><value>1e308</value><value>3</value></vectorRange></listOfRanges><listOfChanges>$(echo "$x_set" | sed "s/'i'/'j'/; s/<ci>i</<ci>j</")</listOfChanges><listOfSubTasks><subTask task='t'/></listOfSubTasks></repeatedTask>
<repeatedTask id='two' range='i' resetModel='true'>$turns<listOfSubTasks><subTask task='t' order='1'/><subTask task='t' order='2'/></listOfSubTasks></repeatedTask>" \
    "$(time_of time on) $(of x on "$(param x)") $(of y on "$(param y)") $(of X given "$(param x)") $(of Y given "$(param y)") $(of Z two "$(param x)") $(of U lost "$(param x)")" \
    "$(report on_report time x y) $(report given_report X Y) $(report two_report Z) $(report lost_report U)" >six.sedml
status=0
"$CRNLC" run six.sedml >out 2>err || status=$?
[ $status = 1 ] && [ "$(grep -c error err)" = 1 ] && [ ! -s out ] || { cat out err; exit 1; }
said "six.sedml:.*: error.E0903.: the amount of .y. would be inf"
sed -n '1,4p' lost_report.csv >first.csv
near first.csv 'c["U"] - (1 + (n - 1)^2 / 2)' 3
sed '2,4d' lost_report.csv >failed.csv
is_none failed.csv U && [ "$(wc -l <failed.csv)" = 7 ]
near on_report.csv 'c["time"] - (n - 1) % 3 + (c["x"] - (1 + 2 * int((n - 1) / 3) + ((n - 1) % 3)^2 / 2)) * 0.1' 9
near on_report.csv 'c["time"] == 1 ? 0 : c["y"] - (2 * int((n - 1) / 3) + (c["time"] > 1 ? 2 : 0))' 9
near given_report.csv '(c["X"] - (1 + 2 * int((n - 1) / 3) + ((n - 1) % 3)^2 / 2)) * 0.1 + ((n - 1) % 3 == 1 ? 0 : c["Y"] - (100 * (1 + int((n - 1) / 3)) + ((n - 1) % 3 > 1 ? 2 : 0)))' 9
near two_report.csv 'c["Z"] - (1 + 2 * (int((n - 1) / 3) % 2) + ((n - 1) % 3)^2 / 2)' 18
