# The networks of paper 002, with the predictions stored beside them: counts of reactions, limits, runs; and IRIS learnt here.
DATA=${DATA:-$SRC/../shared/data}
if [ ! -d "$DATA/relu" ]; then
    echo "no data in $DATA"
    exit 77
fi
CRNLC=$CRNLC DATA=$DATA bash "$SRC/bench/relu/reproduce.sh" "$PWD/work" stored >log
cat log
grep -q 'stored ternary networks: MNIST 648 456 virus 52 28$' log
grep -q 'agree: MNIST 100 of 100 virus 100 of 100 IRIS 150 of 150$' log
grep -q "the paper's IRIS network: reactions 40 16$" log
grep -q '^right of 150 141$' log
grep -q 'unreduced and reduced \[150, 150\]$' log

# The best of a few epochs is far above chance, the same each time, and NumPy's format holds it.
for out in a b; do
    "$CRNLC" run "$SRC/bench/relu/iris.crnl" --experiment train --set epochs=1000 --seed 3 --data-dir work --out-dir $out >$out.txt
done
cmp a.txt b.txt
cmp a/iris.npz b/iris.npz
[ "$(sed -n 's/^right of 150 //p' a.txt)" -ge 140 ]
"$CRNLC" run "$SRC/bench/relu/iris.crnl" --experiment verify --verify-passes --data-dir work --out-dir a
