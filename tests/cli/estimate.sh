# --estimate runs a little of long work and says what all of it would take; nothing else is given out.
cat >all.crnl <<'X'
network bd(k = 100, f = 1) { species X = 100, Y; 0 ->{k} X; X ->{f} 0; X -> X + Y; Y -> 0; }
network od(k = 1) { species A = 1, B; A ->{k} B; B ->{0.3} A; }
data points = csv("points.csv", input = 0..2, label = 2);
model m = relu[2, 3, 2];
experiment e {
  run bd for 5 every 1 by ssa(runs = 300000000) -> "runs.csv";
  print "{run_mean(bd.X)} {run_quantile(bd.X, 0.9)}" -> "printed.txt";
  plot bd.X -> "bd.svg";
  run bd over s in 0..100000 with k = 10 + s for 20 every 1 by ssa -> "rows.csv";
  continue bd over s in 0..100000 with k = 5 for 1 by ssa;
  print "{bd.X}";
  run bd over s in 0..7 with k = 5 + s for 2 every 1 by ssa(runs = 30000000, summary = true) -> "of_runs.npz";
  learn m from points by binary_connect(epochs = 1000000000, batch = 8);
  minimize over od.k in 1e-3..1e3, od.A in 0.1..10 by adam(starts = 40, steps = 100000000) {
    run od for 3 by ode;
    loss (od.A - 0.2)^2 + (od.B - 1)^2;
  }
  save m to "m.npz";
}
X
awk 'BEGIN { for (i = 0; i < 40; i++) print i % 2 - 0.5 "," i % 3 - 1 "," i % 2 }' >points.csv
ls >before
"$CRNLC" run all.crnl --estimate --max-seconds 250 >said
ls | grep -v said | cmp - before
cat said
grep -q 'line 6: .* of 300000000 runs of bd took' said
grep -q 'line 9: .* of 100000 rows of bd took' said
grep -q 'line 10: .* of 100000 rows of bd took' said
grep -q 'line 12: .* of 210000000 runs of all rows of bd took' said
grep -q 'line 13: .* of 1000000000 epochs of m took .* computes by itself' said
grep -q 'line 14: .* of 4000000000 steps of all starts took' said
# all = took / done * all, and the table begins with the sum; runs go on side by side, an epoch does not.
awk '
function seconds(v, unit) { return v * (unit ~ /^us/ ? 1e-6 : unit ~ /^ms/ ? 1e-3 : unit ~ /^min/ ? 60 : unit ~ /^h/ ? 3600 : 1) }
function of(word,   i) { for (i = NF - 1; i > 0; i--) if ($i == word) return seconds($(i + 1), $(i + 2)); return -1 }
/^  line/ {
    all = of("all"); took = of("took"); n++
    if ($2 == "13:") alone = all
    sum += all
    if (all < 0.98 * took / $3 * $5 || all > 1.02 * took / $3 * $5) { print "wrong sum: " $0; bad = 1 }
    if (took > 20) { print "not a little: " $0; bad = 1 }
}
/the rest/ { rest = seconds($3, $4); sum += rest; alone += rest }
$1 == 1 && NF == 3 { one = 3600 * $2 }
$1 == 2 && NF == 3 { two = 3600 * $2 }
function near(a, b) { return a > 0.97 * b && a < 1.03 * b }
END {
    if (n != 6 || bad) exit 1
    if (!near(one, sum)) { print one " is not " sum; exit 1 }
    if (!near(two, alone + (sum - alone) / 2)) { print two " on two cores"; exit 1 }
}' said || exit 1

# The estimate is right: within what other work on the machine does to processor time.
cat >right.crnl <<'X'
network bd(k = 100) { species X = 100; 0 ->{k} X; X -> 0; }
experiment e { run bd over s in 0..1500 with k = s for 40 by ssa; print "{bd.X[0]}"; }
X
"$CRNLC" run right.crnl --estimate >said
used=$( (TIMEFORMAT='%U'; time "$CRNLC" run right.crnl --no-cache --threads 1 >whole) 2>&1 | tail -1)
awk -v used="$used" '/all/ && /line/ { all = $(NF - 1) * ($NF == "ms" ? 1e-3 : 1) }
    END { if (!(all > used / 2.5 && all < 2.5 * used)) { print all " s estimated, " used " used"; exit 1 } }' said || exit 1

# What does not come to its end within the time is said by its part, and the status tells.
cat >single.crnl <<'X'
network bd(k = 100) { species X = 100; 0 ->{k} X; X -> 0; }
experiment e { run bd for 3e6 by ssa; print "{bd.X}"; }
X
"$CRNLC" run single.crnl --estimate --max-seconds 2 >said 2>err && exit 1
grep -q 'line 2: .* % of a run of bd took .*; all of it .*, which every rank computes by itself' said
grep -q 'nothing of what comes after the end is in it' said && grep -q 'E0911' err
sed 's/bd for/bd over s in 0..30 for/' single.crnl >rows.crnl
"$CRNLC" run rows.crnl --estimate --max-seconds 2 >said 2>err && exit 1
grep -q 'line 2: .* of 30 rows of bd took' said
sed 's/3e6 by ssa/3e6 by ssa(runs = 12)/; s/bd.X}/run_mean(bd.X)}/' single.crnl >runs.crnl
"$CRNLC" run runs.crnl --estimate --max-seconds 2 >said 2>err && exit 1
grep -q 'line 2: .* of 12 runs of bd took' said
for other in '--seeds 2' '--checkpoint x' --check-tolerance; do
    "$CRNLC" run single.crnl --estimate $other >said 2>&1 && exit 1
    grep -q 'has no use for' said
done
