# A program over ranks that is killed with all of them goes on from its checkpoint on other ranks, or on none, with the same bytes.
. "$SRC/tests/mpi/ranks.bash"

awk 'BEGIN { for (i = 0; i < 40; i++) print i % 2 - 0.5 "," i % 3 - 1 "," i % 2 }' >points.csv
cat >whole.crnl <<'X'
network bd(k = 100, f = 1) { species X = 100, Y; 0 ->{k} X; X ->{f} 0; X -> X + Y; Y -> 0; }
network od(k = 1) { species A = 1, B; A ->{k} B; }
data points = csv("points.csv", input = 0..2, label = 2);
model m = relu[2, 3, 2];
experiment e {
  run bd for 5 every 1 by ssa(runs = 300) -> "runs.csv";
  print "{run_mean(bd.X)} {run_quantile(bd.X, 0.9)} {time_mean(bd.X * bd.Y):.17g}";
  learn m from points by binary_connect(epochs = 300, batch = 8);
  print "{m.w[0]}";
  run bd for 1 every 0.2 by ssa(runs = 3000, summary = true) -> "summary.csv";
  run bd over s in 0..100 with k = 10 + s for 20 every 1 by ssa -> "rows.csv";
  print "{run_mean(bd.X)}";
  minimize over od.k in 1e-3..1e3, od.A in 0.1..10 by adam(starts = 4, steps = 20, profile = 5) {
    run od for 3 by ode;
    loss (od.A - 0.2)^2 + (od.B - 1)^2;
  }
  print "{od.k:.17g} {od.A:.17g} {standard_error(od.k):.17g} {profile(od.A):.17g}";
  run bd over s in [20, 30] with k = s for 10 every 1 by ssa(runs = 300) -> "few.csv";
  print "{run_var(bd.X)}";
}
X
"$CRNLC" run whole.crnl --out-dir one >one.txt
sed 's/k = 100/k = 101/' whole.crnl >other.crnl
for name in $implementations; do
    for before in 1 3; do
        rm -rf kept
        ranks $name $before "$CRNLC" run whole.crnl --threads 1 --out-dir two --checkpoint kept --checkpoint-every 0.01 >two.txt
        cmp one.txt two.txt && diff -r one two && rm -r two
        size=$(stat -c %s kept)
        for part in 3 1; do # a file that ends early is what a program has left that was killed
            head -c $((size / part)) kept >part.kept
            for after in 0 2; do
                if [ $after = 0 ]; then
                    "$CRNLC" run whole.crnl --out-dir two --resume part.kept >two.txt
                else
                    ranks $name $after "$CRNLC" run whole.crnl --threads 1 --out-dir two --resume part.kept >two.txt || { cat said; exit 1; }
                fi
                cmp one.txt two.txt && diff -r one two && rm -r two
            done
        done
    done
    # Rank 0 refuses for all.
    ranks $name 2 "$CRNLC" run whole.crnl --threads 1 --resume whole.crnl >two.txt && exit 1
    [ "$(grep -c 'no checkpoint' said)" = 1 ] || { cat said; exit 1; }
    ranks $name 2 "$CRNLC" run whole.crnl --threads 1 --seed 3 --resume kept >two.txt && exit 1
    [ "$(grep -c 'another --seed' said)" = 1 ] || { cat said; exit 1; }
    ranks $name 2 "$CRNLC" run other.crnl --threads 1 --resume kept >two.txt && exit 1
    [ "$(grep -c 'of another program' said)" = 1 ] || { cat said; exit 1; }
done
