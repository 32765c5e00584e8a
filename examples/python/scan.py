# A scan: what is left of bacteria in a chemostat as it is washed out faster, 40 runs in one statement.
#
#   python3 examples/python/scan.py
import numpy as np

import crnl

program = crnl.compile("""
/// Food flows in, all is washed out at the same rate.
network chemostat(wash = 0.1, k = 1) {
  species Food = 1, Cells = 0.01;
  0 ->{wash} Food;
  Food + Cells ->{k} 2 Cells;
  Food ->{wash} 0;
  Cells ->{wash} 0;
}
""")
chemostat = program.networks["chemostat"]
wash = np.linspace(0.05, 1.6, 40)
steady = chemostat.run(over={"wash": wash}, to="steady")
runs = chemostat.run(300, over={"wash": wash[:10]}, with_={"Cells": 0.5}, after=100, by="ssa", runs=20, volume=200, seed=1,
                     read={"mean": "time_mean(chemostat.Cells)"})

exact = np.maximum(1 - wash, 0)  # cells grow as fast as they are washed out where the food is `wash`
for w, cells, food, x in zip(wash, steady["Cells"], steady["Food"], exact):
    print(f"wash {w:.3f}  cells {cells:.5f}  food {food:.5f}  exactly {x:.5f}")
assert np.allclose(steady["Cells"], exact, atol=1e-4), np.abs(steady["Cells"] - exact).max()
assert np.allclose(steady["Cells"] + steady["Food"], 1, atol=1e-4)
print("by molecules, on average", runs["mean"].round(3))
assert np.abs(runs["mean"] - exact[:10]).max() < 0.05
