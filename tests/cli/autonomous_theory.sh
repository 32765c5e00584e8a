# Paper 001: eq. 49 along the reactions of clamping, its three clampings, and the extinction of SI XI.A, each against what is exact.
for experiment in feedback clampings extinction; do
    "$CRNLC" run --quiet --experiment $experiment "$SRC/bench/autonomous/theory.crnl"
done
