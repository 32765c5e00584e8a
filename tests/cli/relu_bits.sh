# Real weights and the same rounded to 8 bits, on IRIS and on a slice of MNIST: as many are right, and the limits of the chemistry are
# the network's outputs.
DATA=${DATA:-$SRC/../shared/data}
if [ ! -d "$DATA/relu" ]; then
    echo "no data in $DATA"
    exit 77
fi
CRNLC=$CRNLC DATA=$DATA bash "$SRC/bench/relu/reproduce.sh" "$PWD/work" bits >log
cat log
real=$(sed -n 's/^IRIS, real weights: right of 150 //p' log)
[ "$real" -ge 145 ]
grep -q "^IRIS, 8-bit weights: right of 150 $real reactions 40 16$" log

cat >slice.crnl <<'END'
data slice = idx("t10k-images-14x14-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", scale = 1 / 255, center = true, validation = 9000);
model real = relu[196, 32, 16, 10] { weights = real; }
model eight = relu[196, 32, 16, 10] { weights = real; bits = 8; }
experiment train {
  learn real from slice by binary_connect(optimizer = adam(lr = 0.003, final = 0.0003), epochs = 10, batch = 20);
  print real.accuracy;
  save real to "real.npz";
}
model fixed = real from "real.npz";
model rounded = eight from "real.npz";
network chem = lower rounded to rate_independent;
network small = optimize chem by (unimolecular, dual_rail);
experiment main {
  let right = [fraction(s in slice.validation : argmax(fixed(s.input)) == s.label),
               fraction(s in slice.validation : argmax(rounded(s.input)) == s.label)];
  print "real and rounded", right;
  assert min(right) > 0.8 && abs(right[0] - right[1]) < 0.01;
  assert max(abs(rounded.w[0] - fixed.w[0])) > 0.0 && max(abs(rounded.w[0] - fixed.w[0])) < max(abs(fixed.w[0])) / 120;
  for s in sample(slice.validation, 50) {
    let y = rounded(s.input);
    assert max(abs(limit(chem, x = s.input).y - y)) < 1e-11 && max(abs(limit(small, x = s.input).y - y)) < 1e-11;
  }
}
END
"$CRNLC" run slice.crnl --experiment train --data-dir work
"$CRNLC" run slice.crnl --experiment main --data-dir work
