"""A program that compares the laws of `direct` and `edge` with that of the machine, to 1e-10: of every graph on up to MOST nodes, and of
RANDOM random ones on 5 to 8. python3 boltzmann_graphs.py MOST RANDOM >x.crnl; weights and biases are normal of deviation 1, seed 1."""
import itertools
import random
import sys

most, n_random = int(sys.argv[1]), int(sys.argv[2])
draw = random.Random(1)
graphs = []
for n in range(1, most + 1):
    pairs = list(itertools.combinations(range(n), 2))
    for mask in range(1 << len(pairs)):
        graphs.append((n, [p for i, p in enumerate(pairs) if mask >> i & 1]))
for _ in range(n_random):
    n = draw.randint(5, 8)
    graphs.append((n, [p for p in itertools.combinations(range(n), 2) if draw.random() < 0.6]))

for i, (n, pairs) in enumerate(graphs):
    connect = "connect " + ", ".join(f"v[{a}] -- v[{b}] = {draw.gauss(0, 1):.4f}" for a, b in pairs) + "; " if pairs else ""
    theta = ", ".join(f"{draw.gauss(0, 1):.4f}" for _ in range(n))
    print(f"model m{i} = boltzmann {{ visible v[{n}]; {connect}theta v = [{theta}]; }}")
    print(f"network direct{i} = lower m{i} to direct; network edge{i} = lower m{i} to edge;")
print("experiment main {\n  let worst = 0.0;")
for i, (n, pairs) in enumerate(graphs):
    for c in ("direct", "edge"):
        print(f"  run {c}{i} to steady by cme; worst = max(worst, max(abs(distribution({c}{i}) - distribution(m{i}))));")
print(f'  print "{len(graphs)} graphs, worst", worst;\n  assert worst < 1e-10;\n}}')
