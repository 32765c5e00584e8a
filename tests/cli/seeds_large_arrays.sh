# Seeds side by side do not share the memory of large arrays, nor the variables of long experiments.
cat >large.crnl <<'EOF'
experiment main {
  let a = normal(0, 1, shape = [50000]);
  let s = 0.0;
  for i in 0..20 { a = a * 1.000001 + normal(0, 1, shape = [50000]); s = s + sum(a * a); }
  print "s {s:.10g}";
}
EOF
"$CRNLC" run large.crnl --seeds 4 --threads 1 --out-dir one >one.txt
"$CRNLC" run large.crnl --seeds 4 --threads 2 --out-dir two >two.txt
cmp one.txt two.txt
diff -r one two
"$CRNLC" build large.crnl -o large
./large --seeds 4 --threads 2 --out-dir built >built.txt
cmp one.txt built.txt
