# What a delay stands for is no amount of the network: files and what is printed at the end do not show it.
cat >"$OUT/delay_columns.crnl" <<'CRNL'
network shown { species X = 1, Y; X ->{1} 0; 0 =>{ delay(X / 2, 1) } Y; }
experiment main { run shown for 2 every 1 by ode -> "shown.csv"; }
CRNL
"$CRNLC" run --quiet "$OUT/delay_columns.crnl" --out-dir "$OUT"
head -1 "$OUT/shown.csv" | grep -x 'time,X,Y'
sed -i '/^experiment/d' "$OUT/delay_columns.crnl"
"$CRNLC" run --quiet "$OUT/delay_columns.crnl" --method ode --until 2 --out-dir "$OUT" --out shown2.csv
head -1 "$OUT/shown2.csv" | grep -x 'time,X,Y'

# Nor what counts products that come later.
cat >"$OUT/late_columns.crnl" <<'CRNL'
network late { species A = 20, B; A ->{1, delay = uniform(1, 2)} B; }
experiment main { run late for 2 every 1 -> "late.csv"; run late as counts for 2 every 1 by ssa -> "counts.csv"; }
CRNL
"$CRNLC" run --quiet "$OUT/late_columns.crnl" --out-dir "$OUT"
[ "$(head -qn 1 "$OUT/late.csv" "$OUT/counts.csv" | sort -u)" = time,A,B ]
