# An ensemble that ends early: means are over the runs that are complete, and the message says how many these are.
cat >part.crnl <<'END'
network bd { species X = 100; 0 ->{100} X; X -> 0; }
experiment main { run bd for 10 every 5 by ssa(runs = 20, summary = true) -> "part.csv"; }
END
"$CRNLC" run part.crnl --seed 3 --max-events 2000 2>message && exit 1
grep -q '1 of 20 runs are complete' message
[ "$(tail -n 2 part.csv)" = "5,96,0
10,91,0" ]
# No run is complete: what there is of the first one is kept.
"$CRNLC" run part.crnl --seed 3 --max-events 1900 2>message && exit 1
grep -q '0 of 20 runs are complete' message
grep -q '^5,96,0$' part.csv
