# NumPy opens what crnlc writes: trajectories and the parameters of models.
if ! "$PYTHON" -c 'import numpy' 2>/dev/null; then
    echo "no NumPy"
    exit 77
fi
cat >decay.crnl <<'END'
network decay { species A = 100, B[2] = 3; A -> B[0]; }
experiment main {
  run decay for 2 by ode every 0.5 -> "ode.npz";
  run decay for 2 by ssa(runs = 3) every 0.5 -> "ssa.npz";
}
END
"$CRNLC" run decay.crnl --seed 5
"$CRNLC" run "$SRC/examples/relu.crnl" --experiment train --data-dir "$SRC/examples" >train.txt
"$PYTHON" - <<'END'
import numpy as np

ode = np.load("ode.npz")
assert np.array_equal(ode["time"], [0, 0.5, 1, 1.5, 2])
assert np.allclose(ode["A"], 100 * np.exp(-ode["time"]), rtol=1e-4)
ssa = np.load("ssa.npz")
assert ssa["A"].size == 15 and np.array_equal(ssa["A"], np.floor(ssa["A"])), ssa["A"]
model = np.load("points.npz")
shapes = sorted(model[name].shape for name in model.files)
assert shapes == [(2, 8), (3,), (8,), (8, 3)], shapes
assert all(model[name].dtype == np.float64 for name in model.files)
END
