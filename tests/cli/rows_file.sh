# The rows of a run go to one file, which is written once: nothing is said of it. A name for each row is a file for each.
cat >rows.crnl <<'END'
network net(k = 1) { species A = 3, B; A ->{k} B; }
experiment main {
  run net over r in [1, 2, 3] with k = r for 1 every 0.5 -> "all.csv";
  run net over r in 0..3 with k = r for 1 every 0.5 by ssa(runs = 2) -> "row{r}.csv";
}
END
"$CRNLC" run rows.crnl 2>err || { cat err; exit 1; }
[ ! -s err ] || { cat err; exit 1; }
[ "$(head -n 1 all.csv)" = r,time,A,B ] && [ "$(wc -l <all.csv)" = 10 ] || { cat all.csv; exit 1; }
cut -d, -f1 all.csv | uniq -c | awk '$1 != (NR == 1 ? 1 : 3) { exit 1 }' || { cat all.csv; exit 1; }
for r in 0 1 2; do
    [ "$(head -n 1 row$r.csv)" = run,time,A,B ] && [ "$(wc -l <row$r.csv)" = 7 ] || { cat row$r.csv; exit 1; }
done
