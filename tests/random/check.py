"""check.py CRNLC FIRST COUNT: programs number FIRST to FIRST + COUNT of random_programs.py by each method in turn, several in one file, run
as they are and in ways that must not change their numbers, which follow each other in rotation. What differs is told with the
smallest program that shows it, and the exit status is 1."""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the folder of sources stays as it is
from random_programs import Variation, programs

BATCH = 10
TIMEOUT = 120


class Failed(Exception):
    pass


class Way:
    """Runs a text in a folder of its own. `text` makes it of numbers and method, `options` go to `crnlc run`."""

    def __init__(self, options=(), variation=None, prepare=None, executable=False):
        self.options, self.variation, self.prepare, self.executable = list(options), variation or Variation(), prepare, executable


def call(folder, *words):
    r = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT)
    if r.returncode:
        raise Failed("exit status %d of %s\n%s" % (r.returncode, " ".join(words), r.stderr[-2000:]))
    return r.stdout


def results(crnlc, folder, numbers, method, way):
    """{what: [numbers]} of all that a run prints and writes."""
    os.makedirs(folder)
    v = way.prepare(crnlc, folder, numbers, method) if way.prepare else way.variation
    path = os.path.join(folder, "p.crnl")
    if v != "laid out":
        with open(path, "w") as f:
            f.write(programs(numbers, method, v))
    else:
        v = Variation()
    if way.executable:
        call(folder, crnlc, "build", "p.crnl", "-o", "program")
        out = call(folder, "./program", "--quiet", "--seed", "1", *way.options)
    else:
        out = call(folder, crnlc, "run", "p.crnl", "--quiet", "--seed", "1", *way.options)
    found = {}
    for i, line in enumerate(out.splitlines()):
        found["line %d, program %s" % (i + 1, line.split()[0])] = [float(x) for x in line.split()[1:]]
    for name in sorted(os.listdir(folder)):
        if name.endswith(".csv"):
            with open(os.path.join(folder, name)) as f:
                head, *rows = f.read().splitlines()
            head = head.split(",")
            for row in rows:
                x = dict(zip(head, (float(c) for c in row.split(","))))
                key = "%s, program %s, run %g, time %.9g" % (name, name[1:-4], x.pop("run", 0), x.pop("time") / v.times)
                found[key] = [x[c] / v.amounts for c in head if c in x]
    return found


def difference(a, b, tolerance, common):
    """Which program's numbers differ, and how; None: none."""
    if not common and set(a) != set(b):
        key = sorted(set(a) ^ set(b))[0]
        return key, "only one has it"
    for key in a:
        if key not in b:
            continue
        same = len(a[key]) == len(b[key]) and all(x == y or x != x and y != y or abs(x - y) <= tolerance * (abs(x) + abs(y) + 1e-3)
                                                  for x, y in zip(a[key], b[key]))
        if not same:
            return key, "%s\nand %s" % (a[key], b[key])
    return None


# ---- ways ----

def exported(form):
    """Each network written in a format and read again. One that has what the format does not take stays as it is."""
    def prepare(crnlc, folder, numbers, method):
        taken = {}
        with open(os.path.join(folder, "whole.crnl"), "w") as f:
            f.write(programs(numbers, method))
        for i in numbers:
            name = "n%d.%s" % (i, FORMATS[form])
            r = subprocess.run([crnlc, "emit", "whole.crnl", "--network", "n%d" % i, "--format", form, "-o", name], cwd=folder,
                               capture_output=True, text=True, timeout=TIMEOUT)
            if r.returncode == 0:
                with open(os.path.join(folder, name)) as f:
                    if '"k0"' in f.read():  # what nothing reads is not exported, and the experiment gives it values
                        taken[i] = name
            elif "E08" not in r.stderr:
                raise Failed("emit of n%d as %s: %s" % (i, form, r.stderr[-1000:]))
        return Variation(imported=taken)
    return prepare


FORMATS = {"json": "json", "sbml": "xml"}


def laid_out(crnlc, folder, numbers, method):
    with open(os.path.join(folder, "p.crnl"), "w") as f:
        text = programs(numbers, method)
        f.write(re.sub(r"[ \n]+", lambda m: " " if "\n" not in m[0] else "\n", text))
    call(folder, crnlc, "fmt", "p.crnl")
    return "laid out"


EXACT, ROUND_OFF, SOLVER = 0, 1e-9, 1e-5
# Name, way, tolerance by method (None: it does not hold there), whether only common rows are compared.
CHECKS = [
    ("the interpreter", Way(["--engine", "interpret"]), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, False),
    ("-O0", Way(["-O0"]), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, False),
    ("an executable", Way(executable=True), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, False),
    ("-O3, verified", Way(["-O3", "--verify-passes"]), {"ssa": None, "ode": SOLVER, "limit": EXACT}, False),
    ("three threads", Way(["--threads", "3"]), {"ssa": EXACT, "ode": EXACT, "limit": EXACT}, False),
    ("fmt", Way(prepare=laid_out), {"ssa": EXACT, "ode": EXACT, "limit": EXACT}, False),
    ("other names", Way(variation=Variation(rename=True)), {"ssa": EXACT, "ode": EXACT, "limit": EXACT}, False),
    ("another order of reactions", Way(variation=Variation(shuffle=1)), {"ssa": None, "ode": SOLVER, "limit": EXACT}, False),
    ("JSON and back", Way(prepare=exported("json")), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, False),
    ("SBML and back", Way(prepare=exported("sbml")), {"ssa": None, "ode": SOLVER, "limit": None}, False),
    ("time in other units", Way(variation=Variation(times=8.0)), {"ssa": ROUND_OFF, "ode": SOLVER, "limit": EXACT}, False),
    ("amounts in other units", Way(variation=Variation(amounts=0.125)), {"ssa": None, "ode": SOLVER, "limit": EXACT}, False),
    ("runs in two parts", Way(variation=Variation(split=True)), {"ssa": None, "ode": SOLVER, "limit": EXACT}, False),
    ("denser rows", Way(variation=Variation(dense=0.5)), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, True),
    ("sparser rows", Way(variation=Variation(dense=2)), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, True),
]


def compare(crnlc, folder, numbers, method, check, plain):
    name, way, tolerance, common = check
    other = results(crnlc, folder, numbers, method, way)
    return difference(plain, other, tolerance[method], common)


def tell(crnlc, root, key, numbers, method, check, why):
    """Again with the one program whose numbers differ, if it is known."""
    m = re.search(r"program (\d+)", key)
    alone = [int(m[1])] if m else numbers
    folder = os.path.join(root, "alone%d" % len(os.listdir(root)))
    text = ""
    try:
        plain = results(crnlc, folder, alone, method, Way())
        again = compare(crnlc, folder + "b", alone, method, check, plain)
        text = "" if again else "(not alone, in a file of programs %d to %d)\n" % (numbers[0], numbers[-1])
        key, why = again or (key, why)
    except Failed as e:
        why = str(e)
    print("FAIL %s, %s: %s\n%s\n%s%s" % (method, check[0], key, why, text, programs(alone, method)), flush=True)


def main():
    crnlc, first, count = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    only = sys.argv[4] if len(sys.argv) > 4 else ""
    failures, compared = 0, 0
    with tempfile.TemporaryDirectory() as root:
        for turn, start in enumerate(range(first, first + count, BATCH)):
            numbers = list(range(start, min(start + BATCH, first + count)))
            method = ("ssa", "ode", "limit")[turn % 3]
            fitting = [c for c in CHECKS if c[2][method] is not None and (only == "all" or only in c[0])]
            plain = None
            for check in fitting if only else [fitting[(turn // 3) % len(fitting)], fitting[(turn // 3 + 5) % len(fitting)]]:
                folder = os.path.join(root, "%s %d %s" % (method, start, check[0]))
                try:
                    plain = plain or results(crnlc, folder + " plain", numbers, method, Way())
                    differs = compare(crnlc, folder, numbers, method, check, plain)
                    compared += len(numbers)
                except Failed as e:
                    failures += 1
                    print("FAIL %s, %s, programs %d to %d: %s" % (method, check[0], numbers[0], numbers[-1], e), flush=True)
                    continue
                if differs:
                    failures += 1
                    tell(crnlc, root, differs[0], numbers, method, check, differs[1])
    print("%d programs, %d comparisons, %d differ" % (count, compared, failures))
    return failures > 0


sys.exit(main())
