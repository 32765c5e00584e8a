# Three hundred kills at random moments of programs that are resumed from their checkpoints; those of tests/cli/checkpoint.sh and checkpoint_methods.sh.
sed -n '/^cat >work.crnl/,/^X$/p' "$SRC/tests/cli/checkpoint.sh" >make.sh
sed -n "/^awk 'BEGIN/p; /^cat >one.crnl/,/^X\$/p" "$SRC/tests/cli/checkpoint.sh" >>make.sh
. ./make.sh
sed -n '/^cat >methods.crnl/,/^X$/p' "$SRC/tests/cli/checkpoint_methods.sh" >make.sh
. ./make.sh
python3 "$SRC/tests/checkpoint/kill.py" 100 202 "$CRNLC" run methods.crnl --quiet
python3 "$SRC/tests/checkpoint/kill.py" 120 200 "$CRNLC" run work.crnl --threads 2 --quiet
python3 "$SRC/tests/checkpoint/kill.py" 80 201 "$CRNLC" run one.crnl --threads 2 --quiet
