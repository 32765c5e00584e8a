"""Cases of the semantic suite of SBML, imported and run by ode: sbml_semantic.py FOLDER OPEN [CASES]. Each value must be within
Ta + Tr |value| of the suite's, by the tolerances that a case states. Prints a table by feature. OPEN is a file of the cases that do
not pass, a line each with the reason; it is an error that another one does not pass, or that one of them does. Files are written
into the current folder; CRNLC is the compiler."""
import csv
import math
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

FEATURES = [  # name, what is in the model
    ("fbc", r"fbc:required"), ("comp", r'comp:required="true"'), ("algebraic rule", r"<algebraicRule"),
    ("delay", r"symbols/delay"), ("rateOf", r"symbols/rateOf"), ("fast", r'fast="true"'),
    ("stoichiometryMath", r"<stoichiometryMath"), ("named reference", r"<speciesReference[^>]* id="),
    ("conversion factor", r"onversionFactor="), ("event", r"<event\b"), ("assignment rule", r"<assignmentRule"),
    ("rate rule", r"<rateRule"), ("initial assignment", r"<initialAssignment"), ("reaction", r"<reaction\b")]
KINDS = ["pass", "refused", "run-time", "wrong", "no course"]


def settings_of(folder, name):
    with open(f"{folder}/{name}-settings.txt") as lines:
        return {k.strip(): v.strip() for k, _, v in (line.partition(":") for line in lines)}


def names(text):
    return [x.strip() for x in text.split(",") if x.strip()]


def model_of(folder, name):
    for level in ("l3v2", "l3v1", "l2v5", "l2v4"):
        path = f"{folder}/{name}-sbml-{level}.xml"
        if os.path.exists(path):
            return path
    raise SystemExit(f"{folder} has no model")


def run(name, text):
    path = f"{name}.crnl"
    with open(path, "w") as out:
        out.write(text)
    p = subprocess.run([os.environ["CRNLC"], "run", path, "--out-dir", "."], capture_output=True, text=True,
                       errors="replace")
    return p.returncode, p.stdout, p.stderr


def first_error(text):
    for line in text.splitlines():
        if "error" in line:
            return re.sub(r"^.*?error", "error", line)
    return text.strip()[:200]


def course(name, head, table, base, variable, is_concentration):
    """The values of a variable by rows, or a text that says why there are none."""
    column = variable + ".concentration" if is_concentration else variable
    for title in (column, variable + "_2"):  # words of the language get another name
        if title in head[1:]:
            return [float(row[head.index(title, 1)]) for row in table]
    for value in (f"trajectory(imported.{column})", f"trajectory(imported.{variable})", f"imported.{variable}",
                  f"imported.{variable}_2"):
        status, out, err = run(name, base + f'  print "{{{value}:.17g}}";\n}}\n')
        if status == 0:
            text = out.strip().split("\n")[-1].strip()
            return [float(x) for x in text.strip("[]").split(",")] * (1 if text[0] == "[" else len(table))
    return f"no value of {variable}: {first_error(err)}"


def case(folder, name):
    folder = f"{folder}/{name}"
    settings, model = settings_of(folder, name), model_of(folder, name)
    with open(model, errors="replace") as text:
        text = text.read()
    features = [f for f, pattern in FEATURES if re.search(pattern, text, re.S)]
    if not settings.get("start") or not settings.get("duration"):
        return name, features, "no course", "it has no course over time"
    with open(f"{folder}/{name}-results.csv") as rows:
        title, *want = [row for row in csv.reader(rows) if row]
    title = [t.strip() for t in title]
    end = float(settings["start"]) + float(settings["duration"])
    every = float(settings["duration"]) / float(settings["steps"])
    base = (f'network imported = import "{model}";\nexperiment main {{\n  run imported for {end!r} every {every!r} '
            f'by ode(rtol = 1e-9, atol = 1e-13) -> "{name}.csv";\n')
    status, _, err = run(name, base + "}\n")
    if status:
        kind = "refused" if status == 1 and re.search(r"error\[E0[0-8]", err) else "run-time"
        return name, features, kind, first_error(err)
    with open(f"{name}.csv") as rows:
        head, *table = list(csv.reader(rows))
    first = len(table) - len(want)
    if first < 0:
        return name, features, "wrong", f"{len(table)} rows, not {len(want)}"
    concentrations = set(names(settings.get("concentration", "")))
    absolute, relative = float(settings["absolute"]), float(settings["relative"])
    for i, variable in enumerate(title[1:], 1):
        have = course(name, head, table, base, variable, variable in concentrations)
        if isinstance(have, str):
            return name, features, "refused", have
        for row, u in zip(want, have[first:]):
            c = float(row[i])
            same = c == u or (math.isnan(c) and math.isnan(u))
            if not (same or abs(c - u) <= absolute + relative * abs(c)):
                return name, features, "wrong", f"{variable} at {row[0]} is {u:.9g}, not {c:.9g}"
    return name, features, "pass", ""


def main():
    folder, known, *ids = sys.argv[1:]
    with open(known) as lines:
        known = {line.split()[0]: line.split(maxsplit=1)[1].strip() for line in lines if line.strip()}
    with ThreadPoolExecutor(2) as workers:
        results = list(workers.map(lambda name: case(folder, name), ids or sorted(os.listdir(folder))))
    bad = 0
    for name, _, kind, why in results:
        if kind in ("refused", "run-time", "wrong") and name not in known:
            print(f"FAIL {name}: {kind}: {why}")
            bad += 1
        elif kind == "pass" and name in known:
            print(f"FAIL {name}: it passes: take it out of the list of those that do not")
            bad += 1
    print(f"{'':20}" + "".join(f"{kind:>11}" for kind in KINDS))
    for feature in [f for f, _ in FEATURES] + ["all"]:
        of_feature = [r for r in results if feature == "all" or feature in r[1]]
        print(f"{feature:20}" + "".join(f"{sum(r[2] == kind for r in of_feature):11}" for kind in KINDS))
    return bad != 0


sys.exit(main())
