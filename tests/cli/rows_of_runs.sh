# Rows with several runs each: on one thread each where there are many, else one after the other on all. Values and the file are the same;
# after Ctrl-C the file has the rows that the message counts, whole.
cat >x.crnl <<'X'
network bd(k = 5) { species X = 5, Y; 0 ->{k} X; X -> 0; X -> X + Y; Y -> 0; }
experiment e {
  run bd over s in 0..12 with k = 1 + s for 20 every 5 by ssa(runs = 6) -> "rows.csv";
  print "{run_mean(bd.X)} {time_mean(bd.X * bd.Y):.17g} {time_histogram(bd.X, max = 4)} {run_quantile(bd.Y, 0.3)} {event_mean(bd.Y):.17g}";
  run bd over s in 0..12 with k = 1 + s for 20 every 5 by ssa(runs = 6, summary = true) -> "summary.npz";
}
X
"$CRNLC" run x.crnl --threads 1 --out-dir plain >plain.txt || exit 1
[ "$(wc -l <plain/rows.csv)" = 361 ] || { echo "rows are missing"; exit 1; }
for threads in 2 3 7; do
    "$CRNLC" run x.crnl --threads $threads --out-dir other >other.txt || exit 1
    cmp plain.txt other.txt && cmp plain/rows.csv other/rows.csv && cmp plain/summary.npz other/summary.npz || exit 1
done

# A limit of events is one of each run: the others go on.
cat >limit.crnl <<'X'
network flip(f = 1) { species A = 1, B; A -> B; B ->{f} A; }
experiment e { run flip over s in [0, 1, 0] with f = s for 1e6 by ssa; print(flip.B); }
X
"$CRNLC" run limit.crnl --max-events 1000 >out 2>message && { echo "no error"; exit 1; }
grep -q '^\[1, nan, 1\]$' out && grep -q '1 of 3 rows' message && grep -q 'limit of 1000 events' message || { cat out message; exit 1; }

for runs in 1 3; do
    cat >long.crnl <<X
network n(k = 1) { species A = 50, B; A ->{k} B; B -> A; }
experiment e { run n over s in 0..100000000 with k = 1 + s % 7 for 300 every 100 by ssa(runs = $runs) -> "long.csv"; }
X
    rm -rf cut
    (trap - INT; exec "$CRNLC" run long.crnl --threads 2 --out-dir cut) >out 2>message &
    child=$!
    while kill -0 $child 2>/dev/null && [ -z "$(find . -path './cut/long.csv*' -size +0)" ]; do
        sleep 0.1
    done
    kill -INT $child
    status=0
    wait $child || status=$?
    [ $status = 130 ] || { echo "status $status"; cat message; exit 1; }
    told=$(sed -n 's/.*; \([0-9]*\) of 100000000 rows are complete.*/\1/p' message)
    have=$(tail -n +2 cut/long.csv | cut -d, -f1 | uniq -c | awk -v n=$((4 * runs)) '$1 != n { print "part" } END { print NR }')
    [ -n "$told" ] && [ "$told" = "$have" ] && [ "$told" -gt 0 ] || { echo "told $told, have $have"; cat message; exit 1; }
done
