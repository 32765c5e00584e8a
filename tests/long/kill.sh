# A program killed at 200 random moments.
bash "$SRC/tests/faults/kill.sh" 200 "${SEED:-2}"
