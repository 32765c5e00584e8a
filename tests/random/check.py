"""check.py CRNLC FIRST COUNT: programs number FIRST to FIRST + COUNT of random_programs.py by each method in turn, several in one file, run
as they are and in ways that must not change their numbers, which follow each other in rotation. What differs is told with the
smallest program that shows it, and the exit status is 1."""
import os
import re
import resource
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the folder of sources stays as it is
from random_programs import Variation, programs

BATCH = 10
LONGEST = 120  # seconds of processor time, of a program
TOLD = 500  # programs between words of how far it is


class Failed(Exception):
    pass


class Endless(Failed):
    """Events that make one another happen without end (E0915)."""


class Way:
    """Runs a text in a folder of its own. `text` makes it of numbers and method, `options` go to `crnlc run`."""

    def __init__(self, options=(), variation=None, prepare=None, executable=False):
        self.options, self.variation, self.prepare, self.executable = list(options), variation or Variation(), prepare, executable


def start(folder, *words):
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, preexec_fn=limit)


def call(folder, *words):
    r = start(folder, *words)
    if r.returncode:
        raise (Endless if "error[E0915]" in r.stderr else Failed)("exit status %d of %s\n%s" % (r.returncode, " ".join(words), r.stderr[-2000:]))
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
    """Each network written in a format and read again. One that has what the format does not take stays as it is, and one whose parameters
    are lost there if the experiment gives them values."""
    def prepare(crnlc, folder, numbers, method):
        taken = {}
        whole = programs(numbers, method)
        with open(os.path.join(folder, "whole.crnl"), "w") as f:
            f.write(whole)
        for i in numbers:
            name = "n%d.%s" % (i, FORMATS[form])
            r = start(folder, crnlc, "emit", "whole.crnl", "--network", "n%d" % i, "--format", form, "-o", name)
            if r.returncode == 0:
                with open(os.path.join(folder, name)) as f:
                    if re.search(r"\bk0\b", f.read()) or not re.search(r"\bn%d( with k0|\.k0)" % i, whole):
                        taken[i] = name
            elif "E08" not in r.stderr:
                raise Failed("emit of n%d as %s: %s" % (i, form, r.stderr[-1000:]))
        return Variation(imported=taken)
    return prepare


FORMATS = {"json": "json", "sbml": "xml", "text": "txt", "crnl": "crnl", "net": "net", "crnsimulator": "crn", "nuskell": "crn"}


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
    ("compiled code", Way(["--engine", "jit"]), {"ssa": EXACT, "ode": EXACT, "limit": EXACT}, False),
    ("compiled code that takes over", Way(["--compile-after", "3000"]), {"ssa": EXACT, "ode": EXACT, "limit": EXACT}, False),
    ("-O0", Way(["-O0"]), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, False),
    ("an executable", Way(executable=True), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, False),
    ("-O3, verified", Way(["-O3", "--verify-passes"]), {"ssa": None, "ode": SOLVER, "limit": EXACT}, False),
    ("three threads", Way(["--threads", "3"]), {"ssa": EXACT, "ode": EXACT, "limit": EXACT}, False),
    ("fmt", Way(prepare=laid_out), {"ssa": EXACT, "ode": EXACT, "limit": EXACT}, False),
    ("other names", Way(variation=Variation(rename=True)), {"ssa": EXACT, "ode": EXACT, "limit": EXACT}, False),
    ("another order of reactions", Way(variation=Variation(shuffle=1)), {"ssa": None, "ode": SOLVER, "limit": EXACT}, False),
    ("JSON and back", Way(prepare=exported("json")), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, False),
    ("SBML and back", Way(prepare=exported("sbml")), {"ssa": None, "ode": SOLVER, "limit": None}, False),
    ("text and back", Way(prepare=exported("text")), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, False),
    ("the language and back", Way(prepare=exported("crnl")), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, False),
    (".net and back", Way(prepare=exported("net")), {"ssa": None, "ode": SOLVER, "limit": EXACT}, False),
    ("crnsimulator and back", Way(prepare=exported("crnsimulator")), {"ssa": None, "ode": SOLVER, "limit": EXACT}, False),
    ("nuskell and back", Way(prepare=exported("nuskell")), {"ssa": None, "ode": SOLVER, "limit": EXACT}, False),
    ("numbers with units", Way(variation=Variation(units=True)), {"ssa": None, "ode": SOLVER, "limit": ROUND_OFF}, False),
    ("time in other units", Way(variation=Variation(times=8.0)), {"ssa": ROUND_OFF, "ode": SOLVER, "limit": EXACT}, False),
    ("amounts in other units", Way(variation=Variation(amounts=0.125)), {"ssa": None, "ode": SOLVER, "limit": EXACT}, False),
    ("runs in two parts", Way(variation=Variation(split=True)), {"ssa": None, "ode": SOLVER, "limit": EXACT}, False),
    ("denser rows", Way(variation=Variation(dense=0.5)), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, True),
    ("sparser rows", Way(variation=Variation(dense=2)), {"ssa": EXACT, "ode": SOLVER, "limit": EXACT}, True),
]


def outcome(crnlc, folder, numbers, method, way):
    """The results; of one program whose events never end, that."""
    try:
        return results(crnlc, folder, numbers, method, way)
    except Endless:
        if len(numbers) > 1:
            raise
        return {"program %d ends with E0915" % numbers[0]: []}


def compare(crnlc, root, numbers, method, check, plain):
    """(key, why, numbers) of all that differs. Programs of a file that one of them ends are looked at one by one. `plain`: {numbers:
    results} of the programs as they are, kept for the checks that follow."""
    name, way, tolerance, common = check
    try:
        if tuple(numbers) not in plain:
            plain[tuple(numbers)] = outcome(crnlc, fresh(root), numbers, method, Way())
        found = difference(plain[tuple(numbers)], outcome(crnlc, fresh(root), numbers, method, way), tolerance[method], common)
        return [found + (numbers,)] if found else []
    except Endless:
        return [f for i in numbers for f in compare(crnlc, root, [i], method, check, plain)]
    except Failed as e:
        return [("programs %d to %d" % (numbers[0], numbers[-1]), str(e), numbers)]


def fresh(root):
    return os.path.join(root, str(len(os.listdir(root))))


def tell(crnlc, root, method, check, key, why, numbers):
    """With the one program whose numbers differ, if it is known and they differ alone too."""
    m = re.search(r"program (\d+)", key)
    alone = [int(m[1])] if m else numbers
    again = compare(crnlc, root, alone, method, check, {})
    where = "" if again else "(not alone, in a file of programs %d to %d)\n" % (numbers[0], numbers[-1])
    key, why = again[0][:2] if again else (key, why)
    print("FAIL %s, %s: %s\n%s\n%s%s" % (method, check[0], key, why, where, programs(alone, method)), flush=True)


def main():
    crnlc, first, count = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    only = sys.argv[4] if len(sys.argv) > 4 else ""
    failures, compared = 0, 0
    for turn, begin in enumerate(range(first, first + count, BATCH)):
        numbers = list(range(begin, min(begin + BATCH, first + count)))
        method = ("ssa", "ode", "limit")[turn % 3]
        fitting = [c for c in CHECKS if c[2][method] is not None and (only == "all" or only in c[0])]
        plain = {}
        with tempfile.TemporaryDirectory() as root:
            for check in fitting if only else [fitting[(turn // 3) % len(fitting)], fitting[(turn // 3 + 5) % len(fitting)]]:
                differing = compare(crnlc, root, numbers, method, check, plain)
                compared += len(numbers)
                failures += len(differing)
                for key, why, which in differing:
                    tell(crnlc, root, method, check, key, why, which)
        if (begin + BATCH - first) % TOLD == 0:
            print("to %d: %d comparisons, %d differ" % (begin + BATCH, compared, failures), flush=True)
    print("%d programs, %d comparisons, %d differ" % (count, compared, failures))
    return failures > 0


sys.exit(main())
