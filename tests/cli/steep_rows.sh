# Rows between the steps of erk, where a law is steep and there is next to nothing: what comes in is taken at once, and no row shows more
# than the tolerance of what the steps do not have. The interpolant's own states would show 0.007.
cat >rows.crnl <<'X'
network trickle { species A = 1, B, C; A -> 0; 0 =>{ 1.03e-9 * time } B; B =>{ 0.22 * B^0.1 / (1 + A) } C; }
experiment main { run trickle for 100 every 0.5 by ode(atol = 1e-6) -> "rows.csv"; }
X
"$CRNLC" run rows.crnl --quiet
awk -F, 'NR > 1 { n++; for (i = 3; i <= 4; i++) { size = $i < 0 ? -$i : $i; most = size > most ? size : most } }
    END { if (n != 201 || most > 1e-5) { print n " rows, up to " most; exit 1 } }' rows.csv
