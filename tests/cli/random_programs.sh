# 100 programs at random: engines, levels, threads, exports, layout, names, order of reactions, units, parts of runs, rows (tests/random).
python3 "$SRC/tests/random/check.py" "$CRNLC" 0 100
