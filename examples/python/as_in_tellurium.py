# A script for Tellurium, line by line. Where Tellurium is installed it runs too, and both are compared; else the
# closed form is what is compared with.
#
#   python3 examples/python/as_in_tellurium.py
import numpy as np

import crnl

try:
    import tellurium
except ImportError:
    tellurium = None

#   r = te.loada('''
#     A -> B; k1 * A
#     B -> C; k2 * B
#     A = 10; B = 0; C = 0; k1 = 0.4; k2 = 0.1
#   ''')
r = crnl.compile("""
network r(k1 = 0.4, k2 = 0.1) {
  species A = 10, B, C;
  A ->{k1} B;
  B ->{k2} C;
}
""").networks["r"]

#   m = r.simulate(0, 20, 101)
m = r.run(20, every=0.2)

#   r.reset(); r.k1 = 1.0; n = r.simulate(0, 20, 101)
n = r.set(k1=1.0).run(20, every=0.2)

#   r.resetToOrigin(); r.integrator = 'gillespie'; r.integrator.seed = 5; s = r.simulate(0, 20, 101)
s = r.reset().run(20, every=0.2, by="ssa", seed=5)

#   r.plot(m)
r.plot("A, B, C", 20, every=0.2).save("course.svg")


def by_hand(k1, k2, t):
    a = 10 * np.exp(-k1 * t)
    b = 10 * k1 / (k2 - k1) * (np.exp(-k1 * t) - np.exp(-k2 * t))
    return np.array([a, b, 10 - a - b])


for run, k1 in ((m, 0.4), (n, 1.0)):
    ours = np.array([run["A"], run["B"], run["C"]])
    assert run.time.shape == (101,) and run.time[-1] == 20
    assert np.allclose(ours, by_hand(k1, 0.1, run.time), rtol=1e-4, atol=1e-4)
assert np.array_equal(s["A"], np.floor(s["A"])) and np.all(s["A"] + s["B"] + s["C"] == 10)

if tellurium:
    te = tellurium.loada("A -> B; k1 * A\nB -> C; k2 * B\nA = 10; B = 0; C = 0; k1 = 0.4; k2 = 0.1")
    theirs = te.simulate(0, 20, 101)
    assert np.allclose(theirs[:, 1:], np.array([m["A"], m["B"], m["C"]]).T, rtol=1e-3, atol=1e-3)
print("B is largest at", m.time[np.argmax(m["B"])], "and, by molecules, at", s.time[np.argmax(s["B"])])
