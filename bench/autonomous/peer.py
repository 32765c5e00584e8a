# Program 13 by the simulator and the functions of the paper's authors: processor time for a unit of time.
#     python3 peer.py BIOSCRAPE AUTHORS UNITS
# BIOSCRAPE: a checkout of github.com/biocircuits/bioscrape with its modules built in place (random, types and simulator are
# enough); AUTHORS: one of github.com/WilliamIX/dbCRNs-are-BMs. Ten vesicles, potentials by rules every 0.001.
import sys
import time

sys.path[:0] = sys.argv[1:3]
import numpy as np
from bioscrape.types import Model
from bioscrape.simulator import py_simulate_model
from dbCRNfuncs import learning_vesicle

units, dt = float(sys.argv[3]), 0.001
rate = dict(k_tx=1.25, k_tl=0.3125, k_b=0.0025, k_u=0.05, k_leak=0.0125, d=0.125)
species, reactions, rules, start = [], [], [], {}


def add(left, right, name):
    reactions.append((left, right, "massaction", {"k": rate[name]}))


for i in (0, 1):
    G, T, R, C, other = f"G{i}", f"T{i}", f"R{i}", f"C{i}", f"R{1 - i}"
    species += [G, T, R, C]
    start[G] = 1
    add([G], [G, T], "k_tx")
    add([T], [T, R], "k_tl")
    add([G, other, other], [C], "k_b")
    add([C], [G, other, other], "k_u")
    add([C], [C, T], "k_leak")
    add([T], [], "d")
    add([R], [], "d")
for vesicle in range(10):
    s, r, u, _, x = learning_vesicle(vesicle, 20, 1e-4, (0.03, 0.03 * 0.0396), dt=dt)
    species += s
    reactions += r
    rules += u
    start.update(x)
model = Model(species=list(dict.fromkeys(species)), reactions=reactions, initial_condition_dict=start, rules=rules)
begin = time.process_time()
result = py_simulate_model(np.arange(0, units, dt), model, stochastic=True, return_dataframe=False).py_get_result()
spent = time.process_time() - begin
moved = result[-1, model.get_species_index("PQ0_1")] != 1
print(len(reactions), "reactions", len(rules), "rules", "potentials move", moved, "ms a unit", 1000 * spent / units)
