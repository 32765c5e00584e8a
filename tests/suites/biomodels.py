"""Models of BioModels, imported and run to 10 by default options and again by BDF at rtol 1e-10: biomodels.py FOLDER OPEN [MODELS].
Values at 0, 1, ..., 10 must agree to 1e-4 of the largest that the second run has of each column. OPEN is a file of the models that
do not, a line each with the reason; it is an error that another one does not, or that one of them does. Files are written into the
current folder; CRNLC is the compiler."""
import csv
import os
import subprocess
import sys

TIME, END, ALLOWED = 120, 10, 1e-4


def run(name, model, by):
    path, out = f"{name}.crnl", f"{name}.csv"
    if os.path.exists(out):
        os.remove(out)
    with open(path, "w") as f:
        f.write(f'network imported = import "{model}";\nexperiment main {{\n'
                f'  run imported for {END} every 1{by} -> "{out}";\n}}\n')
    try:
        p = subprocess.run([os.environ["CRNLC"], "run", path, "--out-dir", "."], capture_output=True, text=True,
                           errors="replace", timeout=TIME)
    except subprocess.TimeoutExpired:
        return None, f"no end within {TIME} s"
    if p.returncode:
        return None, next((x[x.index("error"):] for x in p.stderr.splitlines() if "error" in x), p.stderr[:200])
    with open(out) as rows:
        head, *table = list(csv.reader(rows))
    return (head, [[float(x) for x in row] for row in table]), ""


def compare(name, model):
    first, why = run(name, model, "")
    if not first:
        return f"default options: {why}"
    second, why = run(name + "-2", model, " by ode(solver = bdf, rtol = 1e-10)")
    if not second:
        return f"bdf at rtol 1e-10: {why}"
    worst, where = 0, ""
    for k, column in enumerate(second[0]):
        largest = max((abs(row[k]) for row in second[1] if row[k] == row[k]), default=0)
        for x, y in zip(first[1], second[1]):
            same = x[k] == y[k] or (x[k] != x[k] and y[k] != y[k])
            off = 0 if same else abs(x[k] - y[k]) / largest if largest > 0 else float("inf")
            if not off <= worst:
                worst, where = off, f"{column} at {y[0]:g} differs by {off:.2g} of its maximum {largest:.3g}"
    return where if not worst <= ALLOWED else ""


def main():
    folder, known, *models = sys.argv[1:]
    with open(known) as lines:
        known = {line.split()[0]: line for line in lines if line.strip()}
    bad = agree = 0
    for file in models or sorted(os.listdir(folder)):
        name = os.path.splitext(file)[0]
        why = compare(name, os.path.join(folder, file))
        agree += not why
        if why and name not in known:
            print(f"FAIL {name}: {why}", flush=True)
            bad += 1
        elif not why and name in known:
            print(f"FAIL {name}: it agrees: take it out of the list of those that do not", flush=True)
            bad += 1
    print(f"{agree} agree, {len(models or os.listdir(folder)) - agree} do not, {len(known)} are known")
    return bad != 0


sys.exit(main())
