# A checkpoint that somebody has changed: what is left of an item, whose hash is right, is no other result.
# Each item in turn is cut or has more bytes than it should; the program says so, or computes it again.
awk 'BEGIN { for (i = 0; i < 40; i++) print i % 2 - 0.5 "," i % 3 - 1 "," i % 2 }' >points.csv
cat >work.crnl <<'X'
network bd(k = 100, f = 1) { species X = 100, Y; 0 ->{k} X; X ->{f} 0; X -> X + Y; Y -> 0; }
network lv { species X = 1000, Y = 1000; X ->{10} 2 X; X + Y ->{0.01} 2 Y; Y ->{10} 0; }
network od(k = 1) { species A = 1, B; A ->{k} B; B ->{0.3} A; }
data points = csv("points.csv", input = 0..2, label = 2);
model m = relu[2, 3, 2];
experiment e {
  run bd for 1 every 0.5 by ssa(runs = 700, summary = true) -> "summary.csv";
  print "{run_mean(bd.X)} {time_mean(bd.X * bd.Y):.17g} {time_histogram(bd.X, max = 90)}";
  run bd for 1 every 0.5 by ssa(runs = 40) -> "runs.csv";
  run bd over s in 0..3 with k = 10 + s for 2 every 1 by ssa -> "rows.csv";
  print "{bd.X} {time_mean(bd.X)}";
  run bd over s in [20, 30] with k = s for 1 every 1 by ssa(runs = 40, summary = true) -> "few.csv";
  print "{run_var(bd.X)} {time_mean(bd.X)}";
  run lv for 4 every 0.5 by ssa -> "lv.csv";
  print "{time_mean(lv.X):.17g} {time_histogram(lv.Y, max = 9)}";
  learn m from points by binary_connect(epochs = 40, batch = 8);
  print "{m.w[0]} {m.w[1]}";
  minimize over od.k in 1e-3..1e3, od.A in 0.1..10 by adam(starts = 2, steps = 10) {
    run od for 3 by ode;
    loss (od.A - 0.2)^2 + (od.B - 1)^2;
  }
  print "{od.k:.17g} {od.A:.17g}";
}
X
cat >states.crnl <<'X'
network slides { species X = 1, Y, P = 5, R = 10; 0 -> X; X =>{ 1.5 * floor(X / 4) } Y; Y ->{0.01} 0; P ->{10} 2 P; P + R ->{1} 2 R; R ->{10} 0; }
network pairs { species A = 10, B = 10; 0 ->{20} A; A -> 0; 0 ->{20} B; B -> 0; A + B ->{0.05} 0; }
experiment e {
  run slides for 400 every 50 by ode(solver = bdf) -> "slides.csv";
  print "{slides.X:.17g} {slides.Y:.17g}";
  run pairs for 20 every 2 by cme -> "open.csv";
  print "{run_mean(pairs.A):.17g}";
}
X
try() # PROGRAM [states]: how many starts were refused, and how many gave the same bytes
{
    "$CRNLC" build $1.crnl -o $1
    rm -rf kept changed whole
    ./$1 --threads 1 --out-dir whole --checkpoint kept --checkpoint-every 0.001 >whole.txt
    python3 "$SRC/tests/checkpoint/cut.py" kept changed ${2-}
    refused=0 again=0
    for file in changed/*; do
        rm -rf resumed
        status=0
        ./$1 --threads 1 --out-dir resumed --resume "$file" >resumed.txt 2>said || status=$?
        if [ $status != 0 ]; then
            grep -q 'in the checkpoint\|the checkpoint has\|this is not a state of .m. learning' said ||
                { echo "$file: status $status"; cat said; exit 1; }
            refused=$((refused + 1))
        else
            cmp whole.txt resumed.txt && diff -r whole resumed || { echo "$file: other bytes"; exit 1; }
            again=$((again + 1))
        fi
    done
}
try work
[ $refused -gt 12 ] && [ $again -gt 4 ] || { echo "$refused refused, $again computed again"; exit 1; }
try states states
[ $refused -gt 1 ] || { echo "$refused states refused, $again computed again"; exit 1; }
