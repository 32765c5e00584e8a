"""check.py CRNLC SOURCE [DATA] [NAME...]: networks run by ODE as they are and changed in ways that must not change their numbers. SOURCE: the
project's folder; DATA: networks that others wrote (SBML test suite, BioModels, BioNetGen); `-` for none, and then a quick subset. NAME: only
networks whose names contain one of these. What differs is told, and the exit status is 1.

All ways of a network are one process; only where that fails each has its own. A network that SECONDS are too few for is run by `auto`,
then for a tenth of the time and so on, and left out if that does not help.

A way is exact where arithmetic is: factors that are powers of 2 (of time, only where no law reads it), other names, rows elsewhere. Else it may change a value by ten times what a tenth
of the tolerance changes, or by a hundred tolerances of the largest value of its column, or of 1e-10 of the largest of all: what amounts below that
are is left to rounding. So is whether a condition on amounts comes true before or behind a row at the same time: values between this row's and that
before will do. A run in which all amounts stay below NOTHING, the far tail of a bell, says nothing."""
import csv
import glob
import io
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "random"))
from random_programs import programs

RTOL = 1e-7
SECONDS = 4  # of processor time, for a network as it is
TIME, OUT_OF_TIME = "out of time", {-signal.SIGXCPU, 128 + signal.SIGXCPU, -signal.SIGKILL}
NOTHING = 1e-100
SMALLEST, LARGEST = 1e-290, 1e280  # beyond them factors are not exact
KNOWN = {"reactants", "products", "kinetics", "rate", "value", "label", "guard", "origin", "may_repeat", "line"}
NAME = r"(?:[A-Za-z_]\w*|`(?:[^`\\]|\\.)*`)"
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|%s(?:\[\d+(?:,\d+)*\])?(?:\.%s(?:\[\d+(?:,\d+)*\])?)*|\d[\d.]*(?:[eE][-+]?\d+)?|.' % (NAME, NAME), re.S)


class Skipped(Exception):
    pass


# ---- networks as JSON ----

def expressions(text):
    return text if isinstance(text, str) else repr(text)


def each(text, change):
    """The expression with each of its names changed."""
    return "".join(change(t) for t in TOKEN.findall(expressions(text)))


def rescaled(text, read, times):
    """The expression with its names changed by `read`, and the lags of its delays multiplied by `times`."""
    tokens, out = TOKEN.findall(text), []
    while tokens:
        out.append(delayed(tokens, read, times) if tokens[:2] == ["delay", "("] else read(tokens.pop(0)))
    return "".join(out)


def delayed(tokens, read, times):
    """delay(value, lag[, before]) at the front of the tokens, which are taken away."""
    args, depth = [[]], 0
    del tokens[:2]
    while depth or tokens[0] != ")":
        t = tokens.pop(0)
        depth += (t in "([") - (t in ")]")
        if t == "," and depth == 0:
            args.append([])
        else:
            args[-1].append(t)
    del tokens[0]
    value, lag, *before = (rescaled("".join(a), read, times) for a in args)
    return "delay(%s)" % ", ".join([value, "(%s) * %r" % (lag, times)] + before)


def is_plain(net):
    """Can all be changed here? Loops, entities by number and derivatives cannot."""
    if any(set(r) - KNOWN for r in net["reactions"]):
        return False
    text = json.dumps([net.get(k) for k in ("reactions", "events", "symbols", "assumptions")])
    if any(abs(float(x)) > LARGEST for x in re.findall(r"\b\d[\d.]*e\+?\d+", text)):
        return False
    return "$" not in text and "rate_of" not in text and "\\\\" not in text


def scaled(net, amounts, times):
    """All amounts and times multiplied."""
    net = json.loads(json.dumps(net))
    species = {s["name"] for s in net["species"]}
    net.pop("units", None)
    net.pop("volume", None)

    def read(t):
        if t.replace("`", "") in species:
            return t if amounts == 1 else "(%s / %r)" % (t, amounts)
        return "(time / %r)" % times if t == "time" and times != 1 else t

    def by(text, factor):
        text = rescaled(expressions(text), read, times)
        return text if factor == 1 else "(%s) * %r" % (text, factor)

    for s in net["species"]:
        s["initial"] = by(s.get("initial", s.get("amount", 0)), amounts)
        s.pop("amount", None)
    for r in net["reactions"]:
        r.pop("value", None)
        order = sum(n for _, n in r["reactants"])
        r["rate"] = by(r["rate"], (amounts if r["kinetics"] == "law" else amounts ** (1 - order)) / times)
    for c in net.get("clock", []):
        c["duration"] = by(c["duration"], times)
    for e in net.get("events", []):
        e["when"] = by(e["when"], times if e["kind"] != "when" else 1)
        for key, factor in (("delay", times), ("priority", 1)):
            if key in e:
                e[key] = by(e[key], factor)
        e["changes"] = [[s, by(x, amounts)] for s, x in e["changes"]]
    net["assumptions"] = [by(x, 1) for x in net.get("assumptions", [])]
    for s in net.get("symbols", []):
        if s["kind"] == "output":
            s["elements"] = [by(x, 1) for x in s["elements"]]
    return net


def reordered(net):
    net = json.loads(json.dumps(net))
    random.Random(1).shuffle(net["reactions"])
    return net


def renamed(net):
    """Species that are no elements of anything get names in another alphabetic order."""
    taken = {s["name"] for s in net.get("symbols", [])}
    names = [s["name"] for s in net["species"] if re.fullmatch(r"[A-Za-z_]\w*", s["name"]) and s["name"] not in taken]
    new = {s: "z%d_%s" % (len(names) - i, s) for i, s in enumerate(names)}
    net = json.loads(json.dumps(net))
    change = lambda t: new.get(t.replace("`", ""), t)
    for s in net["species"]:
        s["name"] = new.get(s["name"], s["name"])
    for r in net["reactions"]:
        r["rate"] = each(r["rate"], change)
        for part in ("reactants", "products"):
            r[part] = [[new.get(s, s), n] for s, n in r[part]]
    for e in net.get("events", []):
        for key in {"when", "delay", "priority"} & set(e):
            e[key] = each(e[key], change)
        e["changes"] = [[new.get(s, s), each(x, change)] for s, x in e["changes"]]
    net["assumptions"] = [each(x, change) for x in net.get("assumptions", [])]
    for s in net.get("symbols", []):
        s["elements"] = [each(x, change) for x in s.get("elements", [])]
    return net, {v: k for k, v in new.items()}


# ---- runs ----

class Way:
    """All have twice the amounts: the expressions of all are then put together alike, and their Jacobians have the same roundings."""
    def __init__(self, name, exact, amounts=2.0, times=1.0, order=False, names=False, rows=1.0, parts=False, steady=False):
        self.name, self.exact, self.amounts, self.times, self.order = name, exact, amounts, times, order
        self.names, self.rows, self.parts, self.steady = names, rows, parts, steady


PLAIN, STEADY = Way("as it is", True), Way("to steady", True, steady=True)
WAYS = [
    Way("amounts by 2^-50", True, amounts=2.0 ** -49),
    Way("amounts by 2^50", True, amounts=2.0 ** 51),
    Way("amounts by 1e-15", False, amounts=1e-15),
    Way("time by 2^20", True, times=2.0 ** 20),
    Way("mM and minutes", False, amounts=1e-3, times=1 / 60),
    Way("another order of reactions", False, order=True),
    Way("other names", True, names=True),
    Way("twice as many rows", True, rows=0.5),
    Way("half as many rows", True, rows=2.0),
    Way("in two parts", False, parts=True),
    Way("amounts by 2^50, to steady", True, amounts=2.0 ** 51, steady=True),
    Way("amounts by 2^-50, to steady", True, amounts=2.0 ** -49, steady=True),
    Way("time by 2^20, to steady", True, times=2.0 ** 20, steady=True),
]


class Case:
    def __init__(self, crnlc, folder, name, net, end, solver, engine):
        self.crnlc, self.folder, self.name, self.net, self.end, self.solver, self.engine = crnlc, folder, name, net, end, solver, engine

    def write(self, i, way, rtol):
        """Network i as JSON; its statements."""
        net, back = renamed(self.net) if way.names else (self.net, {})
        net = reordered(net) if way.order else net
        net = scaled(net, way.amounts, way.times) if way.amounts != 1 or way.times != 1 else net
        with open(os.path.join(self.folder, "n%d.json" % i), "w") as f:
            json.dump(net, f)
        t, every = self.end * way.times, self.end * way.times * way.rows / 8
        by = "by ode(rtol = %r, solver = %s%s)" % (rtol, self.solver, ", dt = %r" % (t / 1024) if self.solver == "rk4" else "")
        run = "run n%d %s %s -> \"a%d.csv\";"
        if way.steady:
            text = run % (i, "to steady", by, i)
        elif way.parts:
            text = (run % (i, "for %r every %r" % (3 * t / 8, every), by, i)
                    + " continue n%d for %r every %r %s -> \"b%d.csv\";" % (i, 5 * t / 8, every, by, i))
        else:
            text = run % (i, "for %r every %r" % (t, every), by, i)
        return text, net, back

    def read(self, i, way, net, back):
        """{time: {column: value}}"""
        factors = {s["name"]: 1.0 if s["kind"] == "output" else way.amounts for s in net.get("symbols", [])}
        factors.update((s["name"], way.amounts) for s in net["species"])
        rows = {}
        for name in ("a%d.csv" % i, "b%d.csv" % i) if way.parts else ("a%d.csv" % i,):
            with open(os.path.join(self.folder, name), newline="") as f:
                head, *body = list(csv.reader(f))
            start = "n%d." % i
            for row in body[-1:] if way.steady else body:
                time = "rest" if way.steady else "%.9g" % (float(row[0]) / way.times)
                rows[time] = {back.get(c, c[len(start):] if c.startswith(start) else c): float(x) / factors.get(
                    c[len(start):] if c.startswith(start) else c, factors.get(re.split(r"[\[.]", c)[0], way.amounts)) for c, x in zip(head[1:], row[1:])}
        return rows

    def run(self, ways, seconds):
        """For each (way, rtol) its rows, or the code of the error with which it ends."""
        parts = [self.write(i, way, rtol) for i, (way, rtol) in enumerate(ways)]
        with open(os.path.join(self.folder, "p.crnl"), "w") as f:
            f.write("".join("network n%d = import \"n%d.json\";\n" % (i, i) for i in range(len(ways))))
            f.write("experiment main {\n%s\n}\n" % "\n".join(text for text, _, _ in parts))
        for old in glob.glob(os.path.join(self.folder, "*.csv")):
            os.remove(old)
        r = subprocess.run([self.crnlc, "run", "--quiet", "--threads", "1", "--engine", self.engine, "p.crnl"], cwd=self.folder,
                           capture_output=True, text=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2)))
        if r.returncode == 0:
            return [self.read(i, way, net, back) for i, ((way, _), (_, net, back)) in enumerate(zip(ways, parts))]
        if len(ways) > 1:
            return [self.run([w], seconds)[0] for w in ways]
        if r.returncode in OUT_OF_TIME:
            return [TIME]
        code = re.search(r"error\[(E\d+)\]", r.stderr)
        return [code[1] if code else "exit status %d: %s" % (r.returncode, r.stderr[-300:])]

    def fit(self):
        """Makes the run one of SECONDS at most; false if that is not to be had."""
        for solver, part in ((self.solver, 1), ("auto", 1), ("auto", 0.1), ("auto", 0.01), ("auto", 1e-3)):
            self.solver, end = solver, self.end
            self.end *= part
            if self.run([(PLAIN, RTOL)], SECONDS) != [TIME]:
                return True
            self.end = end
        return False


def reads_time(net):
    return "time" in TOKEN.findall(" ".join([expressions(r["rate"]) for r in net["reactions"]] + [
        expressions(e["when"]) for e in net.get("events", [])]))


def difference(way, exact, plain, tight, other):
    """What differs, or None. tight: the plain run with a tenth of the tolerance."""
    if TIME in (plain, other):
        return "out of time"
    if isinstance(plain, str) or isinstance(other, str):
        return None if plain == other or not exact else "%s and %s" % (plain if isinstance(plain, str) else "runs", other if isinstance(
            other, str) else "runs")
    common = plain.keys() & other.keys()
    if not common or (not way.rows != 1 and plain.keys() != other.keys()):
        return "rows at %s and %s" % (sorted(plain), sorted(other))
    most = {c: max(abs(row[c]) for row in plain.values()) for row in plain.values() for c in row}
    largest = max((x for x in most.values() if x < float("inf")), default=0)
    if largest < NOTHING:
        return None
    before = {}
    for time in plain:
        last, before = before, plain[time]
        if time not in common:
            continue
        for c, x in plain[time].items():
            y = other[time][c]
            if x == y or (x != x and y != y) or abs(x) + abs(y) < SMALLEST:
                continue
            by_tolerance = 10 * abs(x - tight[time][c]) if isinstance(tight, dict) and time in tight else 0
            allowed = 0 if exact else max(by_tolerance, 100 * RTOL * max(most[c], 1e-10 * largest))
            earlier = last.get(c, x)
            if not abs(x - y) <= allowed and (exact or not min(x, earlier) <= y <= max(x, earlier)):
                return "%s at %s is %r and %r, allowed %.2g" % (c, time, x, y, allowed)
    return None


# ---- where networks come from ----

def emitted(crnlc, folder, path, network=None):
    r = subprocess.run([crnlc, "emit", path, "--format", "json"] + (["--network", network] if network else []), cwd=folder, capture_output=True,
                       text=True)
    return json.loads(r.stdout) if r.returncode == 0 else None


def of_programs(crnlc, folder, paths):
    for path in paths:
        with open(path) as f:
            names = re.findall(r"^network (\w+)\b", f.read(), re.M)
        for name in names:
            net = emitted(crnlc, folder, path, name)
            if net:
                yield "%s %s" % (os.path.basename(path), name), net, 10.0


def of_random(crnlc, folder, numbers):
    for i in numbers:
        path = os.path.join(folder, "random.crnl")
        with open(path, "w") as f:
            f.write(programs([i], "ode"))
        net = emitted(crnlc, folder, path, "n%d" % i)
        if net:
            yield "random %d" % i, net, 2.0


def duration(text):
    found = re.search(r"^duration: *([\d.e+-]+)", text, re.M)
    return float(found[1]) if found and float(found[1]) > 0 else 10.0


def of_data(crnlc, folder, data):
    for path in sorted(glob.glob(os.path.join(data, "sbml", "semantic", "*", "*l3v*.xml"))):
        settings = glob.glob(os.path.join(os.path.dirname(path), "*settings.txt"))
        net = emitted(crnlc, folder, path)
        if net:
            yield "sbml " + os.path.basename(path), net, duration(open(settings[0]).read()) if settings else 10.0
    for archive, kind in (("sbml/biomodels-odd.tar.xz", ".xml"), ("net/validate.tar.xz", ".net")):
        with tarfile.open(os.path.join(data, archive)) as tar:
            for member in sorted((m for m in tar if m.name.endswith(kind)), key=lambda m: m.name):
                path = os.path.join(folder, "model" + kind)
                with open(path, "wb") as f:
                    f.write(tar.extractfile(member).read())
                net = emitted(crnlc, folder, path)
                if net and len(net["reactions"]) <= 300:
                    yield os.path.basename(member.name), net, 10.0


QUICK = ["examples/brusselator.crnl", "examples/pharmacokinetics.crnl", "examples/01_rock_paper_scissors.crnl", "bench/ode/robertson.crnl",
         "bench/ode/van_der_pol.crnl"]


def networks(crnlc, folder, source, data):
    if data == "-":
        yield from of_programs(crnlc, folder, [os.path.join(source, p) for p in QUICK])
        yield from of_random(crnlc, folder, range(4))
        return
    yield from of_programs(crnlc, folder, sorted(p for d in ("examples", "bench/ode", "tests/run", "tests/diff") for p in glob.glob(
        os.path.join(source, d, "*.crnl"))))
    yield from of_random(crnlc, folder, range(100))
    yield from of_data(crnlc, folder, data)


def compare(case, steady):
    """(way, what differs) of each way that was compared."""
    def exact(way):
        return way.exact and (way.times == 1 or not reads_time(case.net))

    plain, tight = case.run([(PLAIN, RTOL), (PLAIN, RTOL / 10)], 10 * SECONDS)
    ways = [w for w in WAYS if not w.steady]
    for way, other in zip(ways, case.run([(w, RTOL) for w in ways], 100 * SECONDS)):
        yield way, difference(way, exact(way), plain, tight, other)
    if steady:
        rest, = case.run([(STEADY, RTOL)], SECONDS)
        if rest not in ("E0910", TIME):  # it comes to rest
            ways = [w for w in WAYS if w.steady]
            for way, other in zip(ways, case.run([(w, RTOL) for w in ways], 10 * SECONDS)):
                yield way, difference(way, exact(way), rest, tight, other)


def main():
    crnlc, source, data = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "-"
    only, quick = sys.argv[4:], data == "-"
    solvers, seen, skipped, slow, compared, failed = ("auto", "bdf", "auto", "adams", "rosenbrock", "auto", "erk", "rk4"), 0, 0, [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, net, end) in enumerate(networks(crnlc, folder, source, data)):
            if only and not any(word in name for word in only):
                continue
            if not is_plain(net) or not net["species"] or not net["reactions"]:
                skipped += 1
                continue
            seen += 1
            case = Case(crnlc, folder, name, net, end, solvers[number % len(solvers)], "jit" if not quick and number % 4 == 0 else "interpret")
            if not case.fit():
                slow.append(name)
                continue
            for way, found in compare(case, case.solver in ("auto", "bdf", "rosenbrock") and (not quick or name.startswith("random"))):
                compared += 1
                if found:
                    failed += 1
                    print("FAIL %s, %s, %s: %s" % (name, case.solver, way.name, found), flush=True)
    print("%d networks, %d skipped, %d comparisons, %d differ" % (seen, skipped, compared, failed))
    if slow:
        print("too slow: %s" % ", ".join(slow))
    return failed > 0


sys.exit(main())
