# A fit by SciPy: two rates from a measured course. The network gives the residuals and, gone through backwards, the
# gradient of their squares; SciPy moves the rates.
#
#   python3 examples/python/fit.py
import numpy as np
import scipy.optimize

import crnl

program = crnl.compile("""
network chain(a = 1, b = 1) {
  species A = 10, B, C;
  A ->{a} B;
  B ->{b} C;
}
""")
chain = program.networks["chain"]
true = {"a": 0.8, "b": 0.25}
t = np.linspace(0, 12, 25)
random = np.random.default_rng(1)
measured = chain.run(12, with_=true, read={"B": "trajectory(chain.B, at = t)"}, data={"t": t})["B"]
measured = measured + 0.05 * random.standard_normal(t.size)


def loss(rates):
    """The sum of squares, and its gradient."""
    of = "sum((trajectory(chain.B, at = t) - y)^2)"
    r = chain.run(12, with_={"a": rates[0], "b": rates[1]}, data={"t": t, "y": measured}, courses=False, rtol=1e-9,
                  read={"loss": of, "a": f"gradient({of}, of = chain.a)", "b": f"gradient({of}, of = chain.b)"})
    return float(r["loss"]), np.array([r["a"], r["b"]])


# Differences of runs, with steps that are large beside the solver's tolerance, say the same.
error = scipy.optimize.check_grad(lambda x: loss(x)[0], lambda x: loss(x)[1], [1.0, 0.5], epsilon=1e-5)
assert error < 1e-3 * np.linalg.norm(loss([1.0, 0.5])[1]), error
fit = scipy.optimize.minimize(loss, [2.0, 1.0], jac=True, method="L-BFGS-B", bounds=[(1e-3, 10)] * 2)
print(f"a = {fit.x[0]:.4f}, b = {fit.x[1]:.4f} after {fit.nfev} runs; they were {true['a']}, {true['b']}")
assert fit.success and abs(fit.x[0] - 0.8) < 0.05 and abs(fit.x[1] - 0.25) < 0.02, fit
