# A program killed at random moments; tests/long/kill.sh does it more often.
bash "$SRC/tests/faults/kill.sh" 20 1
