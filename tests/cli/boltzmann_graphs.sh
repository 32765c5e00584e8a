# The laws of `direct` and `edge` are those of the machine, to 1e-10: every graph on up to 4 units, and 20 random ones on 5 to 8.
python3 "$SRC/tests/boltzmann/graphs.py" 4 20 >graphs.crnl
"$CRNLC" run graphs.crnl >out
grep -q '^95 graphs, worst' out
