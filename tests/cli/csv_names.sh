# Names that hold what parts cells, or quotes: a table that is written with them is read back as it was, by Python's csv module and by
# `data ... = csv(...)`, whichever file it is.
cat >m.net <<'EOF'
begin parameters
 1 k 1
end parameters
begin species
 1 A(b~"u",c) 100
 2 "B" 2
 3 C(d!1,e) 3
end species
begin reactions
 1 1 2 k
end reactions
EOF
cat >m.crnl <<'EOF'
network m = import "m.net";
experiment main {
  run m for 1 every 0.5 -> "one.csv";
  run m for 1 every 0.5 -> "one.tsv";
  run m for 1 every 0.5 by ssa(runs = 3) -> "runs.csv";
  run m for 1 every 0.5 by ssa(runs = 3, summary = true) -> "summary.csv";
  print "a \"word\"", 1.5;
}
EOF
"$CRNLC" run m.crnl --seeds 2 --table seeds.csv >out 2>err || { cat err; exit 1; }
cat >read.crnl <<'EOF'
data c = csv("seed-0/one.csv", input = 0..2, label = "C(d!1,e)", header = true);
data a = csv("seed-0/one.csv", input = 0..1, label = "A(b~\"u\",c)", header = true);
experiment main { print c[0].label, a[0].label; }
EOF
"$CRNLC" run read.crnl >read
if command -v python3 >/dev/null; then
    python3 - <<'EOF'
import csv
names = ['A(b~"u",c)', '"B"', "C(d!1,e)"]
for file, keys, each, separator in [("one.csv", [], [""], ","), ("one.tsv", [], [""], "\t"), ("runs.csv", ["run"], [""], ","),
                                    ("summary.csv", [], ["_mean", "_sd"], ",")]:
    rows = list(csv.reader(open("seed-0/" + file, newline=""), delimiter=separator, strict=True))
    assert rows[0] == keys + ["time"] + [n + e for n in names for e in each], (file, rows[0])
    assert all(len(r) == len(rows[0]) for r in rows), file
table = list(csv.reader(open("seeds.csv", newline=""), strict=True))
assert table[1][0] == 'a "word"', table
EOF
fi
