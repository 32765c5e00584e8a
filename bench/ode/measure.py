"""measure.py CRNLC FOLDER curves [PICTURE] | time [PROBLEM...] | rows [NETWORK...] | before OLD [PROBLEM...]: see bench/ode.sh.

Error: the largest at eight times, relative to the largest value of each amount, against a run at rtol 1e-12 (1e-13 where that is by erk). The
curve of a solver is sampled; work at equal error is read from a line through its points in logarithms, as single points scatter by a tenth."""
import csv
import math
import os
import re
import resource
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOLVERS = ("auto", "bdf", "adams", "erk", "rk4", "rosenbrock")
# End, solver of the reference, a second one that checks it, solvers that would take minutes.
STIFF = ("adams", "erk", "rk4")
PROBLEMS = {
    "robertson": (1e4, "bdf", "auto", STIFF),
    "orego": (360, "bdf", "auto", STIFF),
    "hires": (321.8122, "bdf", "erk", ("rk4",)),
    "pollution": (60, "bdf", "auto", STIFF),
    "van_der_pol": (2000, "bdf", "auto", STIFF),
    "brusselator": (40, "erk", "adams", ()),
    "lotka_volterra": (40, "erk", "adams", ()),
    "repressilator": (20000, "bdf", "auto", STIFF),
    "chain": (100, "erk", "adams", ()),
    "dips": (100, "erk", "adams", ()),
    "egfr": (10, "bdf", "erk", ("rk4",)),
}
# Published values at the end: test set for IVP solvers of Bari (Robertson at 40: Hairer and Wanner).
PUBLISHED = {
    "robertson": (40, {"A": 0.7158270687, "B": 9.185534764e-06, "C": 0.2841637458}),
    "hires": (321.8122, {"Y1": 0.0007371312573325668, "Y2": 0.0001442485726316185, "Y3": 5.888729740967575e-05, "Y4": 0.001175651343283149,
                         "Y5": 0.002386356198831331, "Y6": 0.006238968252742796, "Y7": 0.002849998395185769, "Y8": 0.002850001604814231}),
    "orego": (360, {"X": 1.000814870318523, "Y": 1228.178521549917, "Z": 132.0554942846706}),
    "pollution": (60, {"Y[1]": 0.05646255480022769, "Y[2]": 0.1342484130422339, "Y[3]": 4.139734331099427e-09, "Y[4]": 0.005523140207484359,
                       "Y[5]": 2.018977262302196e-07, "Y[7]": 0.07784249118997964, "Y[10]": 1.622293157301561e-08}),
    "van_der_pol": (2000, {"x": 1.706167732170483, "y": -0.0008928097010247975}),
}
TARGET = 1e-5
DECADES = 1.5  # on both sides of the target: the points that a line is laid through
PER_DECADE = 12


def network_of(problem):
    if problem == "egfr":
        return 'network egfr = import "%s";' % os.environ["EGFR"]
    return 'use "%s/%s.crnl";' % (HERE, problem)


class Compiler:
    def __init__(self, path, folder):
        self.path, self.folder = path, folder

    def run(self, text, verbose=True, more=()):
        name = os.path.join(self.folder, "p.crnl")
        with open(name, "w") as f:
            f.write(text)
        words = [self.path, "run", name, "--max-seconds", "60"] + (["--verbose"] if verbose else ["--quiet"]) + list(more)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        r = subprocess.run(words, cwd=self.folder, capture_output=True, text=True)
        return r, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before

    def rows(self):
        with open(os.path.join(self.folder, "p.csv"), newline="") as f:
            return list(csv.reader(f))

    def solve(self, problem, solver, rtol, end=None):
        """Rows at eight times, steps, right sides; None where it gives up. rk4: rtol is its step, in parts of the end."""
        end = end or PROBLEMS[problem][0]
        options = "dt = %r" % (rtol * end) if solver == "rk4" else "rtol = %r" % rtol
        r, _ = self.run('%s\nexperiment main { run %s for %r every %r by ode(%s, solver = %s) -> "p.csv"; }\n' % (
            network_of(problem), problem, float(end), end / 8, options, solver))
        found = re.search(r": (\d+) steps to t = [^,\n]*(?:, (\d+) right)?", r.stderr)
        return (self.rows(), int(found[1]), int(found[2] or 0)) if r.returncode == 0 and found else None

    def steps(self, problem, options):
        """Rows of a run whose rows are its steps, for a crnlc that does not tell them."""
        r, _ = self.run('%s\nexperiment main { run %s until time > %r by ode(%s) -> "p.csv"; }\n' % (
            network_of(problem), problem, float(PROBLEMS[problem][0]), options), verbose=False)
        return len(self.rows()) - 2 if r.returncode == 0 else None

    def values(self, problem, options):
        end = PROBLEMS[problem][0]
        r, _ = self.run('%s\nexperiment main { run %s for %r every %r by ode(%s) -> "p.csv"; }\n' % (
            network_of(problem), problem, float(end), end / 8, options), verbose=False)
        return self.rows() if r.returncode == 0 else None

    def seconds(self, problem, solver, rtol, repeats):
        r, seconds = self.run('%s\nexperiment main { for i in 0..%d { run %s for %r by ode(rtol = %r, solver = %s); } }\n' % (
            network_of(problem), repeats, problem, float(PROBLEMS[problem][0]), rtol, solver), verbose=False)
        if r.returncode:
            sys.exit(r.stderr)
        return seconds


def error(rows, reference):
    """Largest difference, as a part of the largest value of its column."""
    worst = 0
    for column in range(1, len(reference[0])):
        at = reference[0][column]
        if at not in rows[0]:
            continue
        mine = [float(r[rows[0].index(at)]) for r in rows[1:]]
        right = [float(r[column]) for r in reference[1:]]
        most = max(abs(x) for x in right)
        if most > 0:
            worst = max(worst, max(abs(a - b) for a, b in zip(mine, right)) / most)
    return worst


def reference(crnlc, problem):
    solver = PROBLEMS[problem][1]
    return crnlc.solve(problem, solver, 1e-13 if solver == "erk" else 1e-12)[0]


def at_equal_error(points, target=TARGET):
    """Work where a line through points (error, work) in logarithms has the target."""
    q = [(math.log10(e / target), math.log10(w)) for e, w in points if e > 0 and w > 0 and abs(math.log10(e / target)) <= DECADES]
    if len(q) < 6 or min(x for x, _ in q) > 0:
        return None
    mean_x, mean_y = (sum(c) / len(q) for c in zip(*q))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in q) / sum((x - mean_x) ** 2 for x, _ in q)
    return 10 ** (mean_y - slope * mean_x)


def sample(solve, right):
    """[(error, rtol, result)] of solve(rtol) around the target."""
    found = []
    for i in range(0, 9 * PER_DECADE):
        rtol = 10 ** (-1.5 - i / PER_DECADE)
        result = solve(rtol)
        e = error(result[0], right) if result else math.inf
        if e < TARGET / 10 ** DECADES:
            break
        if e <= TARGET * 10 ** DECADES:
            found.append((e, rtol, result))
    return found


def present(names):
    return [p for p in names or PROBLEMS if p != "egfr" or "EGFR" in os.environ]


# ---- curves ----

def check_references(crnlc, problem, right):
    second = crnlc.solve(problem, PROBLEMS[problem][2], 1e-12)
    told = "%s and %s agree to %.1e" % (PROBLEMS[problem][1:3] + (error(second[0], right),)) if second else "no second solution"
    if problem in PUBLISHED:
        end, values = PUBLISHED[problem]
        rows = crnlc.solve(problem, "bdf", 1e-12, end)[0]
        off = max(abs(float(rows[-1][rows[0].index(s)]) / x - 1) for s, x in values.items())
        told += "; published values at %g to %.1e" % (end, off)
    print("# %-16s %s" % (problem, told), flush=True)


def curves(crnlc, picture=None):
    table = {}
    print("%-16s %-6s %-8s %8s %9s %9s" % ("problem", "solver", "rtol", "steps", "rates", "error"))
    for problem in present(()):
        right = reference(crnlc, problem)
        check_references(crnlc, problem, right)
        for solver in SOLVERS:
            if solver in PROBLEMS[problem][3]:
                continue
            for i in range(2, 14):
                rtol = 10.0 ** -i if solver != "rk4" else 2.0 ** -(i + 3)
                result = crnlc.solve(problem, solver, rtol)
                told = "%8d %9d %9.1e" % (result[1:] + (error(result[0], right),)) if result else "gives up"
                print("%-16s %-6s %-8.1e %s" % (problem, solver, rtol, told), flush=True)
                if result:
                    table.setdefault((problem, solver), []).append((result[1], error(result[0], right)))
    if picture:
        draw(crnlc, table, picture)


def drawn(crnlc, log, picture):
    """The picture of a log that `curves` printed."""
    table = {}
    with open(log) as f:
        for line in f:
            words = line.split()
            if len(words) == 6 and words[0] in PROBLEMS:
                table.setdefault((words[0], words[1]), []).append((int(words[3]), float(words[5])))
    draw(crnlc, table, picture)


def draw(crnlc, table, picture):
    """By `plot`, a panel for each problem; where a run is equal to the reference no error is drawn."""
    problems = list(dict.fromkeys(p for p, _ in table))
    text, panels = "", []
    for problem in problems:
        curves = []
        for s in [s for s in SOLVERS if (problem, s) in table]:
            points = [point for point in table[problem, s] if 0 < point[1] < 10]
            name = "%s_%s" % (s, problem)
            text += "  let steps_%s = [%s], error_%s = [%s];\n" % (
                name, ", ".join("%d" % n for n, _ in points), name, ", ".join("%.17g" % e for _, e in points))
            curves.append('error_%s vs steps_%s as lines(label = "%s"%s)' % (
                name, name, s, ", width = 2.5" if s == "auto" else ""))  # below the solver that it is equal to
        panels.append('{ %s with title = "%s", x = log(10, 1e5), y = log(1e-13, 10), x_label = "steps", y_label = "relative error" }' % (
            ",\n      ".join(curves), problem.replace("_", " ")))
    r, _ = crnlc.run('experiment main {\n%s  plot %s\n    with columns = 3, size = [20 cm, %d cm] -> "curves.svg";\n}\n' % (
        text, "\n    ".join(panels), 6 * math.ceil(len(problems) / 3)), verbose=False)
    if r.returncode:
        sys.exit(r.stderr)
    shutil.copy(os.path.join(crnlc.folder, "curves.svg"), picture)


# ---- time ----

def time(crnlc, *names):
    print("%-16s %s" % ("problem", "milliseconds at error %g, and relative to the better of erk and bdf" % TARGET))
    for problem in present(names):
        right, taken = reference(crnlc, problem), {}
        for solver in [s for s in ("bdf", "erk", "auto", "rosenbrock") if s not in PROBLEMS[problem][3]]:
            for e, rtol, result in sample(lambda rtol: crnlc.solve(problem, solver, rtol), right):
                taken[solver, rtol] = (e, result[1], [])
        steps = sorted(t[1] for t in taken.values())
        repeats = max(1, min(200, 30000 // steps[len(steps) // 2])) if problem != "egfr" else 2
        idle = []
        for _ in range(3):
            idle.append(crnlc.seconds(problem, "bdf", 1e-3, 0))
            for (solver, rtol), t in taken.items():
                t[2].append(crnlc.seconds(problem, solver, rtol, repeats))
        cost = {}
        for solver in dict.fromkeys(s for s, _ in taken):
            cost[solver] = at_equal_error([(e, (min(t) - min(idle)) / repeats) for (s, _), (e, _, t) in taken.items() if s == solver])
        best = min(c for s, c in cost.items() if s in ("bdf", "erk") and c)
        print("%-16s %s" % (problem, "  ".join("%s %.3f (%.2f)" % (s, c * 1e3, c / best) for s, c in cost.items() if c)), flush=True)


# ---- rows ----

# Small stiff networks whose constants are others in each row: text, constants of row f, end, what is read.
ROWS = {
    "enzyme": ("kf = 1e6, kc = 50", "species E = 1e-3, S = 1, ES, P, D; E + S <->{kf, 1e3} ES; ES ->{kc} E + P; P ->{0.02} D; 2 D ->{0.5} S;",
               "kf = 1e6 * (1 + f / 250), kc = 50 * (1 + f / 1000)", 400, "P"),
    "robertson": ("ka = 0.04, kb = 3e7", "species A = 1, B, C; A ->{ka} B; 2 B ->{kb} B + C; B + C ->{1e4} A + C;",
                  "ka = 0.04 * (1 + f / 1000), kb = 3e7 / (1 + f / 100)", 1e4, "A"),
    "hires": ("k0 = 0.0007, k1 = 280", """species Y1 = 1, Y2, Y3, Y4, Y5, Y6, Y7, Y8 = 0.0057; Y1 ->{1.71} Y2; Y2 ->{0.43} Y1; Y3 ->{8.32} Y1;
              0 ->{k0} Y1; Y2 ->{8.32} Y4; Y3 ->{0.43} Y4; Y3 -> 0; Y4 ->{0.69} Y5; Y4 ->{0.69} Y3; Y5 ->{0.035} Y3; Y5 ->{1.71} Y6;
              Y6 ->{0.43} Y5; Y6 + Y8 ->{k1} Y7; Y7 ->{1.81} Y6 + Y8; Y6 ->{0.69} Y5;""",
              "k0 = 0.0007 * (1 + f / 1000), k1 = 280 + f", 321.8, "Y6"),
}
# An event that never comes keeps a row out of the lanes.
ALONE = "at 1e9 { %s = 0; }"
WAYS = {"bdf": ("bdf", ""), "auto alone": ("auto", ALONE), "auto": ("auto", ""), "alone": ("rosenbrock", ALONE), "lanes": ("rosenbrock", "")}


def rows(crnlc, *names):
    print("%-16s %-6s %s" % ("1000 rows of", "rtol", "seconds of processor time on one thread, less those of 2 rows; sum of what is read"))
    for name in names or ROWS:
        constants, text, row, end, read = ROWS[name]
        for rtol in (1e-4, 1e-6):
            taken, sums = {w: [] for w in WAYS}, {}
            for _ in range(3):
                for way, (solver, event) in WAYS.items():
                    seconds = []
                    for n in (2, 1000):
                        r, s = crnlc.run("""network n(%s) { %s %s }
experiment main { run n over f in 0..%d with %s for %r by ode(solver = %s, rtol = %r); let p = n.%s; print "{sum(p):.15g}"; }
""" % (constants, text, event and event % read, n, row, float(end), solver, rtol, read), verbose=False, more=["--threads", "1"])
                        if r.returncode:
                            sys.exit(r.stderr)
                        seconds.append(s)
                    taken[way].append(seconds[1] - seconds[0])
                    sums[way] = r.stdout.strip()
            for alone, lanes in (("alone", "lanes"), ("auto alone", "auto")):
                if sums[alone] != sums[lanes]:
                    sys.exit("%s: %s alone, %s in lanes" % (name, sums[alone], sums[lanes]))
            print("%-16s %-6.0e %s" % (name, rtol, "  ".join("%s %.3f, %s" % (w, min(t), sums[w]) for w, t in taken.items())), flush=True)


# ---- before ----

def before(crnlc, old, *names):
    other = Compiler(os.path.abspath(old), crnlc.folder)
    ratios = {"auto": [], "bdf": []}
    print("%-16s %s" % ("problem", "steps at error %g and default atol: old; auto, bdf now. At rtol 1e-6, atol 1e-9: old, bdf now" % TARGET))
    for problem in present(names):
        right = reference(crnlc, problem)

        def old_run(rtol):
            options = "rtol = %r" % rtol
            values = other.values(problem, options)
            steps = other.steps(problem, options)
            return (values, steps) if values and steps else None

        was = at_equal_error([(e, r[1]) for e, _, r in sample(old_run, right)])
        told = "%6.0f;" % was if was else " never;"
        for solver in ratios:
            now = at_equal_error([(e, r[1]) for e, _, r in sample(lambda rtol: crnlc.solve(problem, solver, rtol), right)])
            told += " %6.0f (%s)" % (now, "%.2f" % (now / was) if was else "-")
            ratios[solver] += [now / was] if was else []
        same = "rtol = 1e-6, atol = 1e-9, solver = bdf"
        a, b = other.steps(problem, same), crnlc.steps(problem, same)
        print("%-16s %s   %s, %s (%s)" % (problem, told, a, b, "%.2f" % (b / a) if a and b else "-"), flush=True)
    for solver, r in ratios.items():
        print("median of %d, %s: %.2f" % (len(r), solver, sorted(r)[len(r) // 2]))


def main():
    crnlc, mode = Compiler(os.path.abspath(sys.argv[1]), sys.argv[2]), sys.argv[3]
    {"curves": curves, "drawn": drawn, "time": time, "rows": rows, "before": before}[mode](crnlc, *sys.argv[4:])


main()
