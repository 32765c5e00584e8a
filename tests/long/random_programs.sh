# 10,000 programs at random, in ways that follow each other in rotation (tests/random/check.py).
python3 "$SRC/tests/random/check.py" "$CRNLC" 100 10000
