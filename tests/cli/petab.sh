# A problem of PEtab, made here: decay of A under two doses, two observables, one of which is measured in logarithms. The objective
# at the nominal values is computed by awk from the closed form; searches reach it. What has no place is refused.
set -e
cat >m.crnl <<'END'
network m(k = 1, dose = 0) { species A = dose, B; A ->{k} B; }
END
"$CRNLC" emit m.crnl --format sbml >m.xml 2>err || { grep -q "built without" err && { echo "no libsbml"; exit 77; }; cat err; exit 1; }
echo x >no.yaml
"$CRNLC" fit no.yaml >out 2>err || { grep -q "built without" err && { echo "no libyaml"; exit 77; }; }
t='\t'
printf "parameterId${t}parameterScale${t}lowerBound${t}upperBound${t}nominalValue${t}estimate\nk${t}log10${t}1e-3${t}1e3${t}0.5${t}1
scale${t}log10${t}0.01${t}100${t}2${t}1\nsd_b${t}lin${t}0.01${t}1${t}0.1${t}0\n" >parameters.tsv
printf "observableId${t}observableFormula${t}noiseFormula${t}observableTransformation${t}noiseDistribution\n" >observables.tsv
printf "oA${t}observableParameter1_oA * A${t}noiseParameter1_oA${t}lin${t}normal\noB${t}B + 0.1${t}sd_b${t}log10${t}normal\n" >>observables.tsv
printf "conditionId${t}dose\nlow${t}1\nhigh${t}3\n" >conditions.tsv
awk 'BEGIN { OFS = "\t"
    print "observableId", "simulationConditionId", "measurement", "time", "observableParameters", "noiseParameters"
    for (c = 0; c < 2; c++) for (i = 0; i < 6; i++) {
        dose = c ? 3 : 1; a = dose * exp(-0.5 * i); wiggle = (i * 7 % 5 - 2) / 50
        print "oA", c ? "high" : "low", 2 * a + wiggle, i, "scale", 0.05 * (1 + i % 2)
        print "oB", c ? "high" : "low", (dose - a + 0.1) * exp(wiggle), i, "", ""
    } }' >measurements.tsv
cat >p.yaml <<'END'
format_version: 1
parameter_file: parameters.tsv
problems:      # one of them
- condition_files: 
  - conditions.tsv
  measurement_files:
  - measurements.tsv
  observable_files:
  - "observables.tsv"
  sbml_files:
  - m.xml
END
sed 's/.*\r//' measurements.tsv | awk -F'\t' 'NR > 1 {
    dose = $2 == "high" ? 3 : 1; a = dose * exp(-0.5 * $4)
    if ($1 == "oA") { s = $6; r = ($3 - 2 * a) / s; sum += r * r / 2 + log(s) }
    else { s = 0.1; r = (log($3) - log(dose - a + 0.1)) / log(10) / s; sum += r * r / 2 + log(s) + log($3) + log(log(10)) }
    sum += log(2 * atan2(0, -1)) / 2 } END { printf "%.4f\n", sum }' >want
"$CRNLC" fit p.yaml --seed 1 -D starts=4 >out 2>err || { cat out err; exit 1; }
awk -v want="$(cat want)" '
    /^objective at/ { at = $NF }
    /^objective [^a]/ { found = $NF }
    /^starts/ { share = $NF }
    /^k / { k = $2; error = $3 }
    END { if (at - want > 2e-3 || want - at > 2e-3 || found > at || share < 0.5 || k < 0.4 || k > 0.6 || !(error > 0 && error < 0.1)) {
              print "nominal", at, "not", want, "; found", found, "share", share, "k", k, error; exit 1 } }' out
grep -q 'minimize over' p.crnl
refused() # TEXT: what the message has, beside a help
{
    "$CRNLC" fit q.yaml -o q.crnl >out 2>err && { echo "not refused: $1"; exit 1; }
    grep -q "$1" err || { echo "not said: $1"; cat err; exit 1; }
    grep -q '^ *help: ' err || { echo "no help: $1"; cat err; exit 1; }
}
changed() # FILE SED
{
    sed "s/$1/changed.tsv/" p.yaml >q.yaml
    sed "$2" "$1" >changed.tsv
}
changed measurements.tsv '2s/\t0\t/\tinf\t/'
refused 'changed.tsv:2:13: error.E0831.: the time of a measurement is a finite number, not `inf`'
changed measurements.tsv '4s/\t1\t/\t-1\t/'
refused 'changed.tsv:4:[0-9]*: .*the time of a measurement is not negative'
changed measurements.tsv '2s/1.96/nan/'
refused 'changed.tsv:2:8: .*a measurement is a finite number, not `nan`'
changed measurements.tsv '2s/1.96//'
refused 'changed.tsv:2:8: .*a measurement is missing'
changed measurements.tsv '3s/low\t[^\t]*/low\t0/'
refused 'changed.tsv:3:8: .*0 has no logarithm, which the observable takes'
changed measurements.tsv '4s/0.1$/-0.1/'
refused 'changed.tsv:4:.*a deviation is above 0, not -0.1'
changed measurements.tsv '2s/oA/oC/'
refused 'changed.tsv:2:1: error.E0834.: there is no observable `oC`'
changed measurements.tsv '4s/scale//'
refused 'changed.tsv:4:.*`observableParameter1_oA` has no value here'
changed measurements.tsv '1s/$/\tpreequilibrationConditionId/; s/$/\t/; 2s/\t$/\tlow/'
refused 'a condition before the simulation'
changed measurements.tsv '1s/measurement/value/'
refused 'changed.tsv:1:1: .*the table of measurements has no column `measurement`'
changed measurements.tsv '1s/time/observableId/'
refused 'changed.tsv:1:48: .*two columns are called `observableId`'
changed measurements.tsv '2s/$/\t7\t8/'
refused 'changed.tsv:2:26: .*a cell more than the 6 that the first row names'
changed measurements.tsv '2s/oA/"oA/'
refused 'changed.tsv:2:1: .*a quoted cell that does not end'
changed measurements.tsv '2,$d'
refused 'there are no measurements'
changed parameters.tsv '1,$d'
refused 'the table of parameters has no column `parameterId`'
changed parameters.tsv '1s/$/\tobjectivePriorType/; 2s/$/\tnormal/'
refused 'changed.tsv:2:24: error.E0832.: priors are not there: `normal`'
changed parameters.tsv 's/\t1$/\t0/'
refused 'nothing is estimated'
changed parameters.tsv '2s/1$/2/'
refused '`estimate` is 0 or 1, not `2`'
changed parameters.tsv '2s/log10/ln/'
refused 'a scale of parameters is lin, log or log10, not `ln`'
changed parameters.tsv '2s/1e-3/0/'
refused '0 has no logarithm'
changed parameters.tsv '2s/1e-3/1e9/'
refused 'the lower bound 1e9 is not below the upper one 1e3'
changed parameters.tsv '2s/1e-3/NaN/'
refused 'a bound is a finite number, not `NaN`'
changed parameters.tsv '2s/0.5//'
refused 'a nominal value is missing'
changed parameters.tsv '/^scale/d'
refused 'no parameter of the model or of the problem: `scale`'
changed parameters.tsv '2{p;s/0.5/0.6/}'
refused 'changed.tsv:3:1: .*`k` stands twice in the table of parameters'
changed parameters.tsv '2s/^k/k; print 7/'
refused '`parameterId` is made of letters, digits and _'
changed observables.tsv 's/normal$/cauchy/'
refused 'there is no distribution of noise `cauchy`'
changed observables.tsv 's/\* A/* A{2}/'
refused 'changed.tsv:2:31: .*expected the end of the line, found'
changed observables.tsv '3s/B + 0.1/bell(B)/'
refused 'changed.tsv:3:4: error.E0834.: there is no function `bell`'
changed observables.tsv '3s/B + 0.1/(B + 0.1/'
refused 'changed.tsv:3:12: .*expected `)`'
changed observables.tsv '3s/B + 0.1/B + observableParameter1_oA/'
refused 'no parameter of the model or of the problem: `observableParameter1_oA`'
changed observables.tsv 's/log10/square/'
refused 'there is no transformation'
changed conditions.tsv 's/dose/A/'
refused 'conditions change parameters of the model'
changed conditions.tsv '/^low/d'
refused 'there is no condition `low`'
changed conditions.tsv '2,$d'
refused 'there are no conditions'
changed conditions.tsv '2s/1$/nan/'
refused 'no parameter of the model or of the problem: `nan`'

# A negative value of a condition keeps its sign under a power.
changed observables.tsv '3s/B + 0.1/B + dose^2/'
sed 's/\t1$/\t-1/' conditions.tsv >negative.tsv
sed -i 's/conditions.tsv/negative.tsv/' q.yaml
"$CRNLC" fit q.yaml -o q.crnl
grep -qF ' + (-1)^2' q.crnl

# Scales: the logarithm of one parameter, which the bounds of the other do not have.
grep -q 'log = true)' p.crnl
changed parameters.tsv '3s/log10\t0.01\t100\t2/lin\t-5\t100\t0/'
"$CRNLC" fit q.yaml -o q.crnl
grep -qF 'log = [true, false])' q.crnl
"$CRNLC" run q.crnl --seed 1 -D starts=3 >out
awk '/^objective at/ { at = $NF } /^objective [^a]/ { found = $NF } END { exit !(found <= at) }' out
sed 's/true, false/false, true/' q.crnl >wrong.crnl
"$CRNLC" run wrong.crnl -D starts=3 >out 2>err && exit 1
grep -q '`scale` has no logarithm' err

# The YAML file.
rewritten() # SED
{
    sed "$1" p.yaml >q.yaml
}
rewritten 's/conditions.tsv/none.tsv/'
refused "q.yaml:5:5: error.E0832.: the table of conditions 'none.tsv', which is no file in the folder of this one"
mkdir -p inner
printf 'conditionId\tdose\nlow\t1\nhigh\t3\n' >../conditions_outside.tsv
rewritten 's|- conditions.tsv|- ../conditions_outside.tsv|'
refused 'a file outside the folder of this one'
ln -s ../../conditions_outside.tsv inner/link.tsv
rewritten 's|- conditions.tsv|- inner/link.tsv|'
refused 'a file outside the folder of this one'
mkfifo inner/pipe.tsv
rewritten 's|- conditions.tsv|- inner/pipe.tsv|'
refused 'a pipe or device, which may not end'
rewritten 's|- conditions.tsv|- inner|'
refused "'inner' cannot be read: Is a directory"
rewritten 's/- m.xml/- ..\/m.xml/'
refused "the model '../m.xml', "
rewritten 's/- m.xml/- m.xml\n  - m.xml/'
refused 'one model is fitted, and this is the second: `m.xml`'
rewritten 's/- conditions.tsv/- conditions.tsv\n  - conditions.tsv/'
refused 'is named twice'
rewritten 's/format_version: 1/format_version: 2.0.0/'
refused 'PEtab of version 1 is read'
rewritten '/format_version/d'
refused 'does not say `format_version`'
rewritten 's/^parameter_file.*/parameter_file: [[parameters.tsv]]/'
refused 'the name of a file is a text, not a list'
rewritten 's/measurement_files/measurment_files/'
refused 'help: did you mean .measurement_files'
rewritten 's/^problems:.*/problems:\n- {}/'
refused 'one problem is read, and this is the second'
rewritten 's/^  sbml_files:/  condition_files:/'
refused '`condition_files` stands here twice'
rewritten '/m.xml/d; /sbml_files/d'
refused 'the model is missing'
rewritten 's/^parameter_file: /parameter_file: \&a /; s/- conditions.tsv/- *a/'
refused 'an alias, which repeats what stands elsewhere, is not read'
rewritten 's/^problems/problems: [/'
refused 'this is not YAML: '
: >q.yaml
refused 'q.yaml:1:1: .*the file is empty'
printf 'a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n' >q.yaml
refused 'an alias'
printf '%3000s' '' | tr ' ' '[' >q.yaml
refused 'E083[13]'
head -c 2000000 /dev/zero | tr '\0' '#' >q.yaml
refused 'larger than 1 MiB'
rm ../conditions_outside.tsv
"$CRNLC" fit none.yaml >out 2>err && exit 1
grep -q "'none.yaml' cannot be read: No such file" err
# As others write YAML, and tables in two files, one of them quoted.
{ head -n 10 measurements.tsv; } >first.tsv
{ head -n 1 measurements.tsv; tail -n +11 measurements.tsv; } | sed 's/oB/"oB"/' >second.tsv
cat >q.yaml <<'END'
%YAML 1.1
---
{format_version: "1", parameter_file: [parameters.tsv], problems: [{condition_files: [conditions.tsv],
  'measurement_files': [first.tsv, second.tsv], observable_files: [observables.tsv], sbml_files: [m.xml]}]}
END
"$CRNLC" fit q.yaml -o q.crnl
"$CRNLC" fit p.yaml -o p2.crnl
cmp q.crnl p2.crnl
# From elsewhere, and written elsewhere.
mkdir -p away other
cd away
"$CRNLC" fit ../p.yaml -o ../other/p.crnl
cd ..
"$CRNLC" check other/p.crnl
# Names that are words of the language or of the program.
sed 's/^scale/starts/' parameters.tsv >changed.tsv
sed 's/scale/starts/' measurements.tsv >second.tsv
sed 's/parameters.tsv/changed.tsv/; s/measurements.tsv/second.tsv/' p.yaml >q.yaml
"$CRNLC" fit q.yaml -o q.crnl
"$CRNLC" check q.crnl
grep -q 'print "starts", starts_2, standard_error(starts_2)' q.crnl
