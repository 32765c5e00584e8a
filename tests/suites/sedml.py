"""Runs the descriptions of simulations in a folder (biomodels-odd/X.sedml, whose model is X.xml) and prints a table by result: what ran, what
was named and left out. Of each that ran, the columns of species in its report must be those of `crnlc run X.xml`, concentrations or amounts
as SBML means them. Fails when a description that is not in the list of known ones does not come through, or one in the list does."""
import csv
import glob
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as tree

folder, open_file, names = sys.argv[1], sys.argv[2], sys.argv[3:]
crnlc = os.environ.get("CRNLC", "crnlc")
known = {}
if os.path.exists(open_file):
    known = dict(line.rstrip("\n").split(" ", 1) for line in open(open_file))


def run(*words):
    done = subprocess.run([crnlc, *words], capture_output=True, text=True)
    return done.returncode, done.stderr


def table(path):
    rows = list(csv.reader(open(path)))
    return {name: [float(row[i]) for row in rows[1:] if row[i]] for i, name in enumerate(rows[0])}


def tag(element):
    return element.tag.rsplit("}", 1)[-1]


def amounts(path):
    """The species that SBML means as amounts."""
    points = set()
    found = set()
    for element in tree.parse(path).iter():
        if tag(element) == "compartment" and float(element.get("spatialDimensions", "3")) == 0:
            points.add(element.get("id"))
        if tag(element) == "species":
            if element.get("hasOnlySubstanceUnits", "false") in ("true", "1") or element.get("compartment") in points:
                found.add(element.get("id"))
    return found


def species(path):
    return [e.get("id") for e in tree.parse(path).iter() if tag(e) == "species"]


def compare(report, direct, model):
    """How many columns there are to compare, and the first that differs."""
    shown = table(report)
    own = table(direct)
    as_amounts = amounts(model)
    count = 0
    for s in species(model):
        column = s if s in as_amounts or s + ".concentration" not in own else s + ".concentration"
        if s not in shown or column not in own:
            continue
        count += 1
        most = max(abs(v) for v in own[column])
        if len(shown[s]) != len(own[column]):
            return count, f"{s} has {len(shown[s])} rows, not {len(own[column])}"
        if any(abs(a - b) > 1e-9 * most for a, b in zip(shown[s], own[column])):
            return count, f"{s} differs"
    return count, None


results = {}
columns = 0
failed = 0
for path in sorted(glob.glob(folder + "/*.sedml")):
    name = os.path.basename(path)[:-6]
    if names and name not in names:
        continue
    shutil.rmtree(name, ignore_errors=True)
    model = f"{folder}/{name}.xml"
    shutil.copy(model, f"{folder}/{name}_url.xml")
    status, said = run("run", path, "--out-dir", name, "--no-cache")
    left_out = [line for line in said.split("\n") if "W0832" in line or "W0833" in line]
    problem = None
    if status != 0:
        problem = next((line for line in said.split("\n") if "error" in line), "status %d" % status)
    else:
        run("run", model, "--until", "10", "--every", "0.01", "--out", f"{name}/direct.csv")
        reports = glob.glob(f"{name}/*report*.csv")
        count, problem = compare(reports[0], f"{name}/direct.csv", model) if reports else (0, "no report")
        columns += count
        if not problem and not glob.glob(f"{name}/*.svg"):
            problem = "no plot"
    result = "does not run" if status else "other numbers" if problem else "runs, with parts left out" if left_out else "runs"
    results[result] = results.get(result, 0) + 1
    if problem and name in known:
        print(f"{name}: {problem} (known: {known[name]})")
    elif problem:
        print(f"FAIL {name}: {problem}")
        failed = 1
    elif name in known:
        print(f"FAIL {name} comes through: take it out of {os.path.basename(open_file)}")
        failed = 1
for result in sorted(results):
    print(f"{results[result]:4} {result}")
print(f"{columns:4} columns of species compared with runs of the models")
sys.exit(failed)
