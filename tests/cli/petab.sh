# A problem of PEtab, made here: decay of A under two doses, two observables, one of which is measured in logarithms. The objective
# at the nominal values is computed by awk from the closed form; searches reach it. What has no place is refused.
set -e
cat >m.crnl <<'END'
network m(k = 1, dose = 0) { species A = dose, B; A ->{k} B; }
END
"$CRNLC" emit m.crnl --format sbml >m.xml 2>err || { grep -q "built without" err && { echo "no libsbml"; exit 77; }; cat err; exit 1; }
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
refused() # TEXT: what the message has
{
    "$CRNLC" fit q.yaml -o q.crnl >out 2>err && { echo "not refused: $1"; exit 1; }
    grep -q "$1" err || { echo "not said: $1"; cat err; exit 1; }
}
changed() # FILE SED
{
    sed "s/$1/changed.tsv/" p.yaml >q.yaml
    sed "$2" "$1" >changed.tsv
}
changed measurements.tsv '2s/\t0\t/\tinf\t/'
refused 'a measurement is at a finite time'
changed measurements.tsv '1s/$/\tpreequilibrationConditionId/; s/$/\t/; 2s/\t$/\tlow/'
refused 'a condition before the simulation'
changed parameters.tsv '1s/$/\tobjectivePriorType/; 2s/$/\tnormal/'
refused 'priors are not there'
changed parameters.tsv 's/\t1$/\t0/'
refused 'nothing is estimated'
changed parameters.tsv '/^scale/d'
refused 'no parameter of the model or of the problem: `scale`'
changed observables.tsv 's/normal$/cauchy/'
refused 'there is no distribution of noise `cauchy`'
changed observables.tsv 's/\* A/* A{2}/'
refused 'this formula is not read'
changed observables.tsv 's/log10/square/'
refused 'there is no transformation'
changed conditions.tsv 's/dose/A/'
refused 'conditions change parameters of the model'
changed conditions.tsv '/^low/d'
refused 'there is no condition `low`'
changed conditions.tsv '2,$d'
refused 'names no table of conditions'
sed 's/conditions.tsv/none.tsv/' p.yaml >q.yaml
refused 'cannot read `none.tsv`'
sed 's/format_version: 1/format_version: 2.0.0/' p.yaml >q.yaml
refused 'PEtab of version 1 is read'
sed 's/^parameter_file.*/parameter_file: [a, b]/' p.yaml >q.yaml
refused 'lists and groups in brackets'
