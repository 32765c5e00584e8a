# Long work that was killed at any moment goes on from its checkpoint, and gives the bytes of work that nobody killed.
cat >work.crnl <<'X'
param stop = 1e9;
network bd(k = 100, f = 1) { species X = 100, Y; 0 ->{k} X; X ->{f} 0; X -> X + Y; Y -> 0; }
experiment e {
  run bd for 5 every 1 by ssa(runs = 500) -> "runs.csv";
  print "{run_mean(bd.X)} {run_quantile(bd.X, 0.9)} {time_mean(bd.X * bd.Y):.17g} {event_mean(bd.Y):.17g}";
  print "{run_histogram(bd.X, max = 110)} {time_histogram(bd.X, max = 90)}";
  plot bd.X, bd.Y -> "band.svg";
  run bd for 1 every 0.2 by ssa(runs = 5000, summary = true) -> "summary.csv";
  run bd over s in 0..150 with k = 10 + s for 20 every 1 by ssa -> "rows.csv";
  print "{run_mean(bd.X)}";
  continue bd over s in 0..150 with k = 5 + s for 1 by ssa;
  print "{run_mean(bd.X)}" -> "printed.txt";
  run bd over s in 0..40 with k = 5 + s for 10 every 1 by ssa(runs = 30, summary = true) -> "of_runs.npz";
  print "{run_mean(bd.X)} {run_quantile(bd.Y, 0.3)}";
  run bd over s in [20, 30] with k = s for 10 every 1 by ssa(runs = 400) -> "few.csv";
  print "{run_var(bd.X)}";
  run bd over s in 0..40 with k = 5 + s for 10 every 1 by ssa -> "own_{s}.csv";
}
X
python3 "$SRC/tests/checkpoint/kill.py" 12 26 "$CRNLC" run work.crnl --threads 2 --quiet

# Single runs from their middle, epochs, starts and values of a loss.
awk 'BEGIN { for (i = 0; i < 40; i++) print i % 2 - 0.5 "," i % 3 - 1 "," i % 2 }' >points.csv
cat >one.crnl <<'X'
network ring(k = 1) { species A[12] = 60; for i in 0..12 { A[i] ->{k} A[(i + 1) % 12]; } A[0] + A[1] ->{0.1} A[1] + A[2]; }
network lv { species X = 1000, Y = 1000; X ->{10} 2 X; X + Y ->{0.01} 2 Y; Y ->{10} 0; }
network od(k = 1) { species A = 1, B; A ->{k} B; B ->{0.3} A; }
data points = csv("points.csv", input = 0..2, label = 2);
model m = relu[2, 3, 2];
experiment e {
  run ring for 500 every 0.1 by ssa -> "ring.csv";
  print "{ring.A[3]} {time_mean(ring.A[0]):.17g} {time_var(ring.A[1]):.17g} {time_histogram(ring.A[2], max = 70)} {event_mean(ring.A[4]):.17g}";
  continue ring for 400000 events by ssa(kernel = table);
  print "{ring.A[3]} {ring.time:.17g} {time_mean(ring.A[0] * ring.A[1]):.17g}";
  run lv for 8 every 0.05 by ssa -> "lv.npz";
  print "{time_mean(lv.X):.17g}";
  plot lv.X, lv.Y -> "lv.svg";
  learn m from points by binary_connect(epochs = 3000, batch = 8);
  print "{m.w[0]} {m.w[1]}";
  minimize over od.k in 1e-3..1e3, od.A in 0.1..10 by adam(starts = 4, steps = 30) {
    run od for 3 by ode;
    loss (od.A - 0.2)^2 + (od.B - 1)^2;
  }
  minimize over od.k in 1e-3..1e3 by adam(steps = 100) {
    run od for 3 by ode;
    loss (od.A - 0.3)^2;
  }
  print "{od.k:.17g} {od.A:.17g}";
}
X
mv whole.txt all_whole.txt && mv whole all_whole
python3 "$SRC/tests/checkpoint/kill.py" 8 27 "$CRNLC" run one.crnl --threads 2 --quiet
mv all_whole.txt whole.txt && rm -r whole && mv all_whole whole

# From a checkpoint of all of it nothing is computed again.
"$CRNLC" run work.crnl --out-dir all --checkpoint all.kept --checkpoint-every 0.01 >all.txt
used() { ( TIMEFORMAT=%U; { time "$@" >/dev/null; } 2>&1 | tail -1 ); }
whole=$(used "$CRNLC" run work.crnl --threads 1 --out-dir all)
again=$(used "$CRNLC" run work.crnl --threads 1 --out-dir all --resume all.kept)
awk -v a="$again" -v w="$whole" 'BEGIN { exit !(a < 0.8 * w) }' || { echo "resumed in $again s, whole in $whole s"; exit 1; }

# SIGTERM writes it at once.
"$CRNLC" run work.crnl --out-dir ended --threads 1 --checkpoint ended.kept --checkpoint-every 2h >ended.txt 2>&1 &
i=0
until [ -n "$(find . -name 'ended.kept.part-*' -size +100k)" ]; do
    [ $((i += 1)) -lt 3000 ] && kill -0 $! 2>/dev/null || { echo "no checkpoint is begun"; cat ended.txt; exit 1; }
    sleep 0.02
done
kill -TERM $!
wait $! && { echo "it was not ended"; exit 1; }
[ -s ended.kept ] && ! ls ended.kept.part-* 2>/dev/null || { echo "no checkpoint"; ls; exit 1; }
rm -r ended
"$CRNLC" run work.crnl --out-dir ended --threads 3 --resume ended.kept >ended.txt
cmp whole.txt ended.txt && diff -r whole ended

# What does not fit is refused before anything begins.
refused() # WORDS OPTIONS...
{
    local words=$1
    shift
    "$CRNLC" run "$@" --out-dir no >said 2>&1 && { echo "not refused: $*"; exit 1; }
    grep -q -- "$words" said && [ ! -e no ] || { echo "not said: $words"; cat said; exit 1; }
}
sed 's/k = 100/k = 101/' work.crnl >other.crnl
refused 'of another program' other.crnl --resume all.kept
sed 's/{run_var(bd.X)}/{run_var(bd.Y)}/' work.crnl >other.crnl
refused 'of another program' other.crnl --resume all.kept
refused 'another --seed' work.crnl --seed 1 --resume all.kept
refused 'other options' work.crnl --set stop=3 --resume all.kept
refused 'no checkpoint' work.crnl --resume work.crnl
refused 'No such file' work.crnl --resume nowhere
refused 'No such file' work.crnl --checkpoint nowhere/x
refused 'several times' work.crnl --seeds 2 --checkpoint x
refused 'several times' work.crnl --check-tolerance --resume all.kept
refused 'how often' work.crnl --checkpoint-every 1min
refused 'takes a value' work.crnl --checkpoint x --checkpoint-every 1week
"$CRNLC" build work.crnl -o built
./built --out-dir no --resume all.kept >said 2>&1 && exit 1
grep -q 'another version of the program\|another program' said
# A file that ends in the middle has the items before that.
head -c 200000 all.kept >part.kept
"$CRNLC" run work.crnl --out-dir ended --resume part.kept >ended.txt
cmp whole.txt ended.txt && diff -r whole ended
