# Runs that go on from what delays remember, of a network from SBML: killed at random moments, they give the bytes of runs that nobody
# killed, whether the moment lies in the run that leaves its past, in one that goes on from it, or behind a change of the state.
cat >written.crnl <<'X2'
network follows { species X = 1.2; 0 =>{ 2 * delay(X, 2) / (1 + delay(X, 2)^10) } X; X -> 0; }
experiment e { run follows for 1 by ode; }
X2
"$CRNLC" emit written.crnl --format sbml -o follows.xml
grep -q 'symbols/delay' follows.xml
cat >delays.crnl <<'X2'
network follows = import "follows.xml";
experiment e {
  run follows for 5000 every 10 by ode -> "first.csv";
  continue follows for 5000 every 10 by ode -> "second.csv";
  print "{follows.X:.17g} {time_mean(follows.X):.17g}";
  continue follows for 3.5 by ode(solver = bdf);
  set follows.X = 0.7;
  continue follows for 3000 every 10 by ode(solver = bdf) -> "third.csv";
  print "{follows.X:.17g}";
}
X2
python3 "$SRC/tests/checkpoint/kill.py" 8 29 "$CRNLC" run delays.crnl --quiet

# It is the past that they go on from: another one gives another course.
"$CRNLC" run delays.crnl --out-dir all >all.txt
sed 's/for 5000 every 10 by ode -> "first.csv"/for 4999 every 10 by ode -> "first.csv"/' delays.crnl >other.crnl
"$CRNLC" run other.crnl --out-dir other >other.txt
cmp -s all/second.csv other/second.csv && { echo "the past does not count"; exit 1; }
exit 0
