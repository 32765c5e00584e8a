# --check-tolerance: the differences that it reports are those between two runs, wherever numbers come out; nothing is written twice.
cat >waves.crnl <<'END'
network waves { species X = 1, Y = 0.5; X -> 2 X; X + Y -> 2 Y; Y -> 0; when X > 1.5 { Y += 0.01; } }
network dies(k = 1) { species A = 1; clock ideal(C1 = 1, C2 = 2); phase C1 { A ->{k} 0; } phase C2 { A ->{2 * k} 0; } }
network swap { species A = 1, B; A <->{1, 3} B; }
experiment main {
  run waves for 30 every 0.5 -> "waves.csv";
  print "X {waves.X:.15g}, Y {waves.Y:.15g}";
  continue waves until X > 1;
  print "end {waves.time:.15g}";
  for i in 0..5 { continue waves for 10; record x = waves.X; }
  run dies for 2 cycles; print dies.A;
  run swap to steady; print swap.A;
  let text = "{waves.X:.3f}";
  print text;
  print waves.X -> "one.txt";
  run waves for 10 by ode(solver = rk4, dt = 0.1);
  print "rk4 {waves.X:.15g}";
  run swap over a in [1, 2, 3] with A = a for 2 every 1 -> "rows.csv";
}
END
"$CRNLC" run waves.crnl --check-tolerance --rtol 1e-4 >out 2>report
cp waves.csv first.csv
[ "$(wc -l <out)" = 6 ] && [ "$(wc -l <one.txt)" = 1 ] || { echo "printed twice"; cat out; exit 1; }
for run in "1e-4" "1e-5"; do
    "$CRNLC" run waves.crnl --rtol $run --out-dir "run$run" --quiet >"out$run"
done
cmp first.csv run1e-4/waves.csv
cmp out out1e-4
# The difference of the n-th number of a line of output is the one that is reported for a place: PLACE LINE N
same()
{
    awk -v line="$2" -v n="$3" -v place="$1" '
    FNR == 1 { file++ }
    file <= 2 && FNR == line { gsub(/[^-+.0-9e ]/, " "); gsub(/ e/, " "); $0 = $0; k = 0
        for (i = 1; i <= NF; i++) if ($i ~ /^[-+]?[0-9]/ && ++k == n) v[file] = $i }
    file == 3 && index($0, place) { sub(/.*(value [0-9]+|time of the end)/, ""); got = $1; of = $2; found = 1 }
    END { d = v[1] - v[2]; d = d < 0 ? -d : d
        if (!found || d == 0 || got - d > 0.01 * d || d - got > 0.01 * d || of <= 0) { print place ": " got " is reported, and it is " d; exit 1 } }
    ' out1e-4 out1e-5 report
}
same "waves.crnl:6: value 1" 1 1
same "waves.crnl:6: value 2" 1 2
same "waves.crnl:8: value 1" 2 1
same "waves.crnl:7: time of the end" 2 1
for place in ":7: time of the end" ":5: X" ":5: Y" ":10: value 1" "record x" ":14: value 1"; do
    grep -qF -- "$place" report || { echo "not in the report: $place"; cat report; exit 1; }
done
# A column: the largest difference of all rows.
paste -d, run1e-4/waves.csv run1e-5/waves.csv | awk -F, -v got="$(awk '/:5: X/ { print $3 }' report)" '
NR > 1 { d = $2 - $5; d = d < 0 ? -d : d; most = d > most ? d : most }
END { if (got - most > 0.01 * most || most - got > 0.01 * most || most == 0) { print "rows: " got ", not " most; exit 1 } }'
# Over rows of data.
paste -d, run1e-4/rows.csv run1e-5/rows.csv | awk -F, -v got="$(awk '/:17: A/ { print $3 }' report)" '
NR == 1 { half = NF / 2; for (i = 1; i <= half; i++) if ($i == "A") c = i }
NR > 1 { d = $c - $(c + half); d = d < 0 ? -d : d; most = d > most ? d : most }
END { if (got - most > 0.01 * most || most - got > 0.01 * most || most == 0) { print "over rows: " got ", not " most; exit 1 } }'
# In a built program, and where the closer run fails or there is nothing to compare.
"$CRNLC" build waves.crnl -o waves
./waves --check-tolerance --rtol 1e-4 >out 2>built
cmp report built
cat >fails.crnl <<'END'
network waves { species X = 1, Y = 0.5; X -> 2 X; X + Y -> 2 Y; Y -> 0; }
experiment main { run waves for 30; assert waves.X > 0.52, "so"; }
END
! "$CRNLC" run fails.crnl --check-tolerance --rtol 1e-2 2>fails || { echo "a run that fails with closer tolerances is a failure"; exit 1; }
grep -q 'a tenth of all tolerances' fails
printf 'network n { species A = 1; A -> 0; }\nexperiment main { run n for 1; }\n' >nothing.crnl
"$CRNLC" run nothing.crnl --check-tolerance 2>&1 | grep -q 'nothing is printed'
