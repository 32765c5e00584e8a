# --seeds: each seed leaves the bytes that it leaves alone, whoever executes and however many threads; medians and quartiles of what is
# recorded and printed; a seed that fails, or a signal, takes nothing from the others.
cat >x.crnl <<'END'
network bd(k = 100) { species X = 10; 0 ->{k} X; X -> 0; }
experiment main {
  for i in 0..3 { run bd for 2 every 0.5 by ssa -> "x{i}.csv"; record amount = bd.X; print "turn", i; }
  run bd for 2 every 0.5 by ssa(runs = 7, summary = true) -> "s.csv";
  print "k", bd.k, "mean X = {run_mean(bd.X):.1f} nM, variance: {run_var(bd.X):.1f}";
  print run_mean(bd.X);
  let both = [1.5 * bd.k, run_mean(bd.X)];
  print "both", both;
  print "a line" -> "lines.txt";
}
END
for n in 3 4 5 6 7; do
    mkdir -p hand
    "$CRNLC" run x.crnl --seed $n --out-dir hand/seed-$n >hand/seed-$n.txt
done
"$CRNLC" build x.crnl -o x
for way in "$CRNLC run x.crnl" "$CRNLC run --engine interpret x.crnl" ./x; do
    for threads in 1 3; do
        rm -rf out
        $way --seeds 5 --seed 3 --threads $threads --out-dir out --table t.csv >shown
        mv out/t.csv .
        diff -r out hand
    done
done
rm -rf out
./x --seeds 7,3,5 --out-dir out >shown3
for n in 3 5 7; do diff -r out/seed-$n hand/seed-$n; done
[ "$(ls out | wc -l)" = 6 ]

# Each value of the table is what the seed left; the quartiles are linear between order statistics, at (n - 1) p.
[ "$(cut -d, -f1,2 t.csv | tail -n +2 | sort | tr '\n' ' ')" = '"amount",record "both[0]",print "both[1]",print "k",print "mean X",print "turn",print "variance",print ' ]
for n in 3 4 5 6 7; do
    grep '"mean X"' t.csv | cut -d, -f$((n + 4)) >>means
    sed -n 's/.*mean X = \([0-9.]*\) nM.*/\1/p' hand/seed-$n.txt >>printed
    [ "$(grep '"amount"' t.csv | cut -d, -f$((n + 4)))" = "$(tail -n 1 hand/seed-$n/x2.csv | cut -d, -f2)" ]
done
paste means printed | awk '{ d = $1 - $2; if (d < -0.051 || d > 0.051) exit 1 } END { exit NR != 5 }'
tail -n +2 t.csv | awk -F, '
    { for (i = 0; i < 5; i++) v[i] = $(7 + i) + 0
      for (i = 0; i < 5; i++) for (j = 0; j < 4; j++) if (v[j] > v[j + 1]) { s = v[j]; v[j] = v[j + 1]; v[j + 1] = s }
      if ($3 != 5 || $4 != v[1] || $5 != v[2] || $6 != v[3]) { print; exit 1 } }'
awk -F '  +' 'NR == FNR { if (FNR > 1) { split($0, c, ","); gsub(/"/, "", c[1]); want[c[1]] = sprintf("%.6g %.6g %.6g", c[4], c[5], c[6]) } next }
    FNR > 2 { if (want[$1] != $2 " " $3 " " $4) { print $0, want[$1]; exit 1 } n++ } END { exit n != 7 }' t.csv shown
# Of two: a quarter of the way between them. Without an experiment what the program prints has names too.
sed '2,$d' x.crnl >alone.crnl
"$CRNLC" run alone.crnl --until 2 --method ssa --seeds 4,5 --out-dir two --table two.csv >shown
grep '^"X"' two/two.csv >two.txt
awk -F, '{ d = $8 - $7; if (d == 0 || $4 != ($7 < $8 ? $7 : $8) + 0.25 * (d < 0 ? -d : d) || $5 != ($7 + $8) / 2) exit 1 }' two.txt

# One seed that fails is told, and the others go on.
cat >fails.crnl <<'END'
network bd { species X = 10; 0 ->{100} X; X -> 0; }
experiment main { run bd for 2 by ssa; print "X =", bd.X; assert bd.X > 85, "few"; run bd for 2 by ssa -> "x.csv"; record after = bd.X; }
END
status=0
"$CRNLC" run fails.crnl --seeds 12 --out-dir fails --table t.csv >shown 2>err || status=$?
[ $status = 1 ]
failed=$(grep -c '^seed [0-9]*: fails.crnl:2:[0-9]*: error\[E0901\]: assertion failed: few' err)
[ "$failed" -gt 0 ] && [ "$failed" -lt 12 ]
grep -q "error\[E0901\]: $failed of 12 seeds failed" err
grep -qx "$((12 - failed)) of 12 seeds" shown
[ "$(ls fails/*/x.csv | wc -l)" = $((12 - failed)) ] && [ "$(ls fails/seed-*.txt | wc -l)" = 12 ]
[ "$(grep '"after"' fails/t.csv | cut -d, -f3)" = $((12 - failed)) ]

# A signal keeps the seeds that are complete, and whole runs of the others. Of four whole files two may be of seeds that are ending.
cat >long.crnl <<'END'
network bd { species X = 10; 0 ->{100} X; X -> 0; }
experiment main { run bd for 50 by ssa -> "x.csv"; record amount = bd.X; run bd for 10 every 1 by ssa(runs = 2000) -> "runs.csv"; }
END
"$CRNLC" build long.crnl -o long
./long --seeds 1000 --threads 2 --out-dir cut >shown 2>err &
pid=$!
until [ "$(ls cut/*/runs.csv 2>/dev/null | wc -l)" -gt 3 ]; do
    kill -0 $pid
    sleep 0.02
done
kill -TERM $pid
status=0
wait $pid || status=$?
[ $status = 143 ]
complete=$(sed -n 's/.*interrupted by SIGTERM; \([0-9]*\) of 1000 seeds are complete$/\1/p' err)
[ "$complete" -ge 2 ] && [ "$(grep -c error err)" = 1 ]
grep -qx "$complete of 1000 seeds" shown
whole=0
for file in cut/*/runs.csv; do
    [ $((($(wc -l <$file) - 1) % 11)) = 0 ] # a whole number of runs
    [ "$(wc -l <$file)" != 22001 ] || whole=$((whole + 1))
done
[ "$whole" -ge "$complete" ]
# The signal may come in the single run: its rows stay, and it is said where.
for part in $(find cut -name '*.part-*'); do
    [ "$(wc -l <$part)" -gt 1 ] && grep -qF "note: the rows before are in \`$part\`" err || { ls -l $part; cat err; exit 1; }
done
[ "$(grep -c 'the rows before' err)" = "$(find cut -name '*.part-*' | wc -l)" ]
cat >single.crnl <<'END'
network bd { species X = 10; 0 ->{10000} X; X -> 0; }
experiment main { run bd for 5 every 1 by ssa -> "x.csv"; run bd for 1e6 every 1 by ssa -> "x2.csv"; }
END
"$CRNLC" run single.crnl --seeds 4 --threads 2 --out-dir single >shown 2>err &
pid=$!
until [ "$(cat single/seed-[01]/x2.csv.part-* 2>/dev/null | wc -l)" -gt 2000 ]; do
    kill -0 $pid
    sleep 0.02
done
kill -TERM $pid
status=0
wait $pid || status=$?
[ $status = 143 ] && [ "$(ls single/seed-*/x.csv | wc -l)" = 2 ]
for part in $(find single -name '*.part-*'); do
    grep -q "^seed [01]: note: the rows before are in \`$part\`" err || { ls -l $part; cat err; exit 1; }
done
grep -q 'the rows before' err

# What is refused.
refused() { # text, options...
    text=$1
    shift
    status=0
    ./x "$@" >out.txt 2>err || status=$?
    [ $status != 0 ] && grep -qF -- "$text" err || { echo "$*: $status"; cat err; exit 1; }
}
refused '--seeds takes a value' --seeds 0
refused '--seeds takes a value' --seeds 1000001
refused '--seeds takes a value' --seeds 3,4,3
refused '--seeds takes a value' --seeds 3,,4
refused '--seeds takes a value' --seeds -1
refused 'there are no 3 seeds from 18446744073709551615 on' --seeds 3 --seed 18446744073709551615
refused '--table is for several seeds' --table t.csv
refused 'there is no such parameter' --seeds 3 --set nothing=1
[ "$(grep -c error err)" = 1 ]
"$CRNLC" run alone.crnl --until 2 --method ssa --seeds 2 --out "$PWD/all.csv" 2>err && exit 1
grep -q 'each seed writes .* below its own folder' err
refused '--check-tolerance compares one seed' --seeds 3 --check-tolerance

# Links that somebody left are no way out of the output folder.
mkdir -p linked outside
ln -s ../outside linked/seed-3
ln -s ../outside/victim.txt linked/seed-4.txt
echo old >outside/victim.txt
status=0
./x --seeds 3,4,5 --out-dir linked >shown 2>err || status=$?
[ $status = 1 ] && [ "$(grep -c 'is not in the output folder' err)" = 2 ]
[ "$(ls outside)" = victim.txt ] && [ "$(cat outside/victim.txt)" = old ]
diff -r linked/seed-5 hand/seed-5
