# Fast reactions of SBML against the same networks with reactions that are fast, not over at once: 200 networks at random.
/usr/bin/env python3 "$SRC/tests/long/fast_reactions.py" "$CRNLC" 200
