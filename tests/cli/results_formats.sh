# Formats of results that are text differ in the separator alone, whoever executes the program.
cat >x.crnl <<'END'
network n { species A = 30, B; A <-> B; output y = [A, A - B]; }
experiment main {
  run n for 1 every 0.25 -> "a.csv";
  run n for 1 every 0.25 -> "b/a.tsv";
  run n for 1 every 0.5 by ssa(runs = 2) -> "runs.tsv";
}
END
"$CRNLC" build x.crnl -o x
for way in "$CRNLC run x.crnl" "$CRNLC run --engine interpret x.crnl" ./x; do
    rm -rf out
    $way --seed 3 --out-dir out
    cmp out/a.csv <(tr '\t' , <out/b/a.tsv)
    [ "$(head -1 out/runs.tsv)" = "$(printf 'run\ttime\ty[0]\ty[1]')" ]
    [ "$(awk -F '\t' '$1 == 1' out/runs.tsv | wc -l)" = 3 ]
done
cat >y.crnl <<'END'
network n { species A = 30, B; A <-> B; }
END
"$CRNLC" run y.crnl --until 1 --every 0.25 --out y.csv --quiet
"$CRNLC" run y.crnl --until 1 --every 0.25 --out y.tsv --quiet
cmp y.csv <(tr '\t' , <y.tsv)
"$CRNLC" run y.crnl -- --help >help
grep -q "the file's extension: .csv, .tsv, .npz" help
