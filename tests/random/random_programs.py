"""Programs at random. What a program is follows from its number; a Variation says how its text is written, so that two texts of one program must
give the same numbers. check.py runs them."""
import random

UNITS = "  units amount = nM, time = s;\n"


class Variation:
    """How a program is written. amounts, times: factors of the units of all numbers, divided out where results are shown. units: a network
    in nM and s whose numbers carry other units. rename: another alphabet. shuffle: another order of reactions. split: each run in two
    parts. dense: factor of the distance of rows. imported: networks by number that are read from files."""

    def __init__(self, amounts=1, times=1, units=False, rename=False, shuffle=None, split=False, dense=1, imported=None):
        self.amounts, self.times, self.units, self.rename, self.split, self.dense = amounts, times, units, rename, split, dense
        self.shuffle, self.imported = shuffle, imported or {}

    def name(self, s):
        """X[2] of an array keeps its index. The order of the new names is not that of the old."""
        if not self.rename:
            return s
        word, bracket, index = s.partition("[")
        return {"S": "zebra", "F": "ant", "X": "many", "D": "mouse", "E": "bee"}[word[0]] + "_".join(reversed("9" + word[1:])) + bracket + index

    def amount(self, v):
        return text_of(v, 1e-3) + " uM" if self.units else text_of(v, self.amounts)

    def time(self, v):
        return text_of(v, 1e3) + " ms" if self.units else text_of(v, self.times)

    def constant(self, k, order):
        """A rate constant of mass action in these units; order: of the reaction, or the mean of both directions."""
        if self.units:
            return "(%s) * %s" % (k, {0: "0.06 uM/min", 1: "60 /min", 2: "1000 /uM/s", 3: "1 /nM/nM/s"}.get(order, "1"))
        f = self.amounts ** (1 - order) / self.times
        return k if f == 1 else "(%s) * %r" % (k, f)

    def energy(self, g):
        """In kT, of a species; one unit of amount is the standard state."""
        return "%s" % g if self.amounts == 1 else "%s - log(%r)" % (g, self.amounts)

    def law(self, text, species):
        """The rate a function of one amount gives, in these units."""
        s = self.name(species)
        if self.units:
            return "(%s) * 1 nM/s" % (text % {"s": "(%s / 1 nM)" % s})
        if self.amounts == 1 and self.times == 1:
            return text % {"s": s}
        return "(%s) * %r" % (text % {"s": "(%s / %r)" % (s, self.amounts)}, self.amounts / self.times)

    def shown(self, place, factor):
        return '"{%s:.10e}"' % (place if factor == 1 else "%s / %r" % (place, factor))


def text_of(v, factor):
    return str(v) if factor == 1 else repr(float(v) * factor)


# ---- networks ----

class Network:
    def __init__(self, number, method):
        self.number, self.method, self.name = number, method, "n%d" % number
        self.params, self.amounts, self.array, self.inner, self.lines = [], {}, 0, None, []
        self.energies, self.duals, self.settles = {}, {}, False  # energies of species; duals with equations; is there one state of rest?


def side(v, terms):
    return " + ".join("%d %s" % (n, v.name(s)) if n != 1 else v.name(s) for s, n in terms) or "0"


def arrow(k):
    return "->{%s}" % k if k != "1" else "->"


def any_rate(R, net):
    k = R.choice(net.params)[0]
    return R.choice(["1", "%.2g" % R.uniform(0.05, 1), k, "%s * 0.5" % k, "(%s + 0.1)" % k, "rate(%s)" % k])


def slow_rate(R, net):
    return "%s * 0.02" % R.choice(net.params)[0]


LAWS = ["%(s)s / (1 + %(s)s)", "hill(%(s)s, 3, 2) * %(s)s", "min(%(s)s, 4)", "%(s)s^2 / (2 + %(s)s^2)", "above(%(s)s, 2) * 0.3"]


def reaction(R, net, v):
    """One reaction of at most two molecules, that rarely makes more than it takes."""
    s = list(net.amounts) + ["X[%d]" % i for i in range(net.array)]
    a, b, c = R.choice(s), R.choice(s), R.choice(s)
    kind, k, slow, back = R.random(), any_rate(R, net), slow_rate(R, net), any_rate(R, net)
    twice, many, law, p = R.random() < 0.3, R.choice([1, 1, 2]), R.choice(LAWS), R.choice(net.params)[0]
    gone = [] if b == a else [(b, 1)]
    if kind < 0.3:
        return "%s %s %s;" % (side(v, [(a, 1)]), arrow(v.constant(k, 1)), side(v, gone))
    if kind < 0.5:
        left = [(a, 2)] if twice or a == b else [(a, 1), (b, 1)]
        return "%s %s %s;" % (side(v, left), arrow(v.constant(slow, 2)), side(v, [(c, many)]))
    if kind < 0.6:
        return "0 %s %s;" % (arrow(v.constant(k, 0)), v.name(a))
    if kind < 0.7 and gone:
        return "%s <->{%s, %s} %s;" % (v.name(a), v.constant(k, 1), v.constant(back, 1), v.name(b))
    if kind < 0.82 and c not in (a, b):
        return "%s %s %s via %s;" % (v.name(a), arrow(v.constant(slow, 2)), side(v, gone), v.name(c))
    return "%s =>{ %s } %s;" % (v.name(a), v.law(p + " * " + law, a), side(v, gone))


def acyclic(R, net, v):
    """A reaction consumes what none consumed before, and makes what nothing has consumed yet."""
    opened, lines = list(net.amounts), []
    R.shuffle(opened)
    for i in range(R.randint(3, 8)):
        left = [(opened.pop(), R.choice([1, 1, 2, 3])) for _ in range(R.randint(1, 2)) if opened]
        if not left:
            break
        right = [("F%d" % i, R.choice([1, 1, 2, 3]))]
        if opened and R.random() < 0.4:
            right.append((R.choice(opened), R.choice([1, 2])))
        net.amounts["F%d" % i] = 0
        opened.append("F%d" % i)
        lines.append("%s %s %s;" % (side(v, left), arrow(any_rate(R, net)), side(v, right)))
    R.shuffle(lines)
    return lines


def balanced(R, net, v):
    """A reaction with detailed balance between species of mass 1 or 2, that keeps mass: all of these together come to rest."""
    one, two = [[s for s, (mass, _) in net.energies.items() if mass == m] for m in (1, 2)]
    left, right = [R.choice(one)], [R.choice(one)]
    if two and R.random() < 0.7:
        left, right = R.choice([(left + right, [R.choice(two)]), (left + [R.choice(two)], right + [R.choice(two)])])
    if sorted(left) == sorted(right):
        return ""
    count = lambda side: [(s, side.count(s)) for s in sorted(set(side))]
    k = "1" if R.random() < 0.3 else slow_rate(R, net)
    return "%s <=>{%s} %s;" % (side(v, count(left)), v.constant(k, (len(left) + len(right)) / 2), side(v, count(right)))


def equations(R, net, v):
    """Differential equations of new species and duals that other species drive. Duals have a term that keeps them bounded."""
    s, k = list(net.amounts), R.choice(net.params)[0]
    number = lambda: "%.2g" % R.uniform(0.05, 0.5)
    term = lambda c, *factors: " * ".join([v.constant(c, len(factors))] + [v.name(f) for f in factors])
    x = number() if net.method == "ode" else str(R.randint(0, 3))
    if R.random() < 0.4:
        net.amounts["E0"] = x
        return ["%s' = %s + %s - %s;" % (v.name("E0"), term(R.choice(["0", k]), ), term(number(), R.choice(s)),
                                         R.choice([term(k, "E0"), term(number(), "E0", R.choice(s))]))]
    net.duals["D0"] = R.choice(["", "-"]) + x
    found = ["%s' = %s - %s + %s;" % (v.name("D0"), term(number(), R.choice(["D0", R.choice(s)])), term(number(), "D0", "D0", "D0"),
                                      R.choice([term(k), term("-" + k), term(number(), R.choice(s))]))]
    if R.random() < 0.5:
        net.duals["D1"] = "0"
        found.append("%s' = %s - %s;" % (v.name("D1"), term(number(), "D0"), term(k, "D1")))
    return found


def event(R, net, v):
    a, b = v.name(R.choice(list(net.amounts))), v.name(R.choice(list(net.amounts)))
    change = [["%s += %s;" % (a, v.amount(R.randint(1, 5)))], ["%s = %s;" % (a, v.amount(R.randint(0, 6)))],
              ["%s += %s;" % (a, b), "%s = 0;" % b] if a != b else ["%s *= 2;" % a]]
    change = R.choice(change)
    when = R.choice(["at %s" % v.time("%.2g" % R.uniform(0.1, 1.5)), "every %s" % v.time("%.2g" % R.uniform(0.3, 1.1)),
                     "when %s > %s" % (b, v.amount(R.randint(2, 9) + R.choice([0.5, 0.25])))])
    return "%s { %s }" % (when, " ".join(change))


def make_network(R, number, method, v):
    net = Network(number, method)
    net.params = [("k%d" % i, "%.2g" % R.uniform(0.1, 1.5)) for i in range(R.randint(1, 3))]
    for i in range(R.randint(2, 5)):
        whole, digits, real = R.randint(0, 36 if method == "ssa" else 9), R.choice([3, 17]), R.uniform(0, 9)
        net.amounts["S%d" % i] = whole if method == "ssa" or R.random() < 0.3 else "%.*g" % (digits, real)
    lines, fixed = [], []
    energies = {s: (R.choice([1, 1, 2]), "%.2g" % R.uniform(-1.5, 1.5)) for s in net.amounts} if method != "limit" else {}
    form = R.random()
    if method == "limit":
        lines = acyclic(R, net, v)
    elif form < 0.15 and sum(mass == 1 for mass, _ in energies.values()) > 1:
        net.energies, net.settles = energies, True
        lines = [r for r in (balanced(R, net, v) for _ in range(R.randint(2, 6))) if r]
    else:
        if form < 0.4:
            fixed += equations(R, net, v)
        net.array = R.randint(2, 4) if R.random() < 0.3 else 0
        lines = [reaction(R, net, v) for _ in range(R.randint(2, 7))]
        if net.array:
            k = v.constant(any_rate(R, net), 1)
            x = v.name("X")
            lines.append("for i in 0..%d { %s[i] %s %s[i + 1]; }" % (net.array - 1, x, arrow(k), x))
        fixed += [event(R, net, v) for _ in range(R.choice([0, 0, 0, 1, 2]))]
        if R.random() < 0.15:
            a, b = R.sample(list(net.amounts), 2)
            fixed += ["clock ideal(P = %s, Q = %s);" % tuple(v.time("%.2g" % R.uniform(0.2, 1)) for _ in "PQ"),
                      "phase P { %s %s %s; }" % (v.name(a), arrow(v.constant("1", 1)), v.name(b)),
                      "phase Q { %s ->{%s} 0; }" % (v.name(b), v.constant("0.5", 1))]
        if R.random() < 0.25:
            a, b = R.sample(list(net.amounts), 2)
            net.inner = "network part%d(species U, species W, r = %s) {\n%s  species V = %s;\n  U ->{r} V; V ->{r} W;\n}" % (
                number, v.constant("0.3", 1), UNITS if v.units else "", v.amount(2))
            fixed.append("p: part%d(%s, %s, r = %s);" % (number, v.name(a), v.name(b), v.constant(net.params[0][0], 1)))
    if v.shuffle is not None:
        random.Random(v.shuffle).shuffle(lines)
    a, b = (v.name(s) for s in R.sample(list(net.amounts), 2))
    net.outputs = ["o1 = %s - %s" % (a, b)] + (["o2 = %s + 2 * %s / 3" % (a, b)] if R.random() < 0.5 else [])
    net.outputs += ["o%d = %s" % (3 + i, v.name(d)) for i, d in enumerate(net.duals)]
    net.lines = lines + fixed
    return net


def network_text(net, v):
    if net.number in v.imported:
        name = v.imported[net.number]
        return 'use "%s";' % name if name.endswith(".crnl") else 'network %s = import "%s";' % (net.name, name)
    lines = [net.inner] if net.inner else []
    annihilation = [("k_annihilate", v.constant("20", 2))] if net.duals else []
    lines.append("network %s(%s) {" % (net.name, ", ".join("%s = %s" % p for p in net.params + annihilation)))
    if v.units:
        lines.append(UNITS.rstrip())
    lines.append("  species %s;" % ", ".join("%s = %s" % (v.name(s), v.amount(x)) for s, x in net.amounts.items()))
    if net.array:
        lines.append("  species %s[%d];\n  %s[0] = %s;" % (v.name("X"), net.array, v.name("X"), v.amount(6)))
    if net.energies:
        lines.append("  energy %s;" % ", ".join("%s = %s" % (v.name(s), v.energy(g)) for s, (_, g) in net.energies.items()))
    if net.duals:
        lines.append("  dual %s;" % ", ".join("%s = %s" % (v.name(d), v.amount(x)) for d, x in net.duals.items()))
    return "\n".join(lines + ["  " + r for r in net.lines] + ["  output %s;" % o for o in net.outputs] + ["}"])


# ---- experiments ----

def method_text(R, net):
    if net.method == "ssa":
        return " by ssa"
    solver = "" if net.settles else R.choice(["", "", ", solver = adams", ", solver = erk", ", solver = rosenbrock"])
    return " by ode(rtol = 1e-9%s%s)" % (R.choice(["", ", atol = 1e-12"]), solver)


def show(R, net, v):
    what = [o.split()[0] for o in net.outputs] + [v.name(s) for s in R.sample(list(net.amounts), 2)]
    return '  print "%d", %s;' % (net.number, ", ".join(v.shown("%s.%s" % (net.name, w), v.amounts) for w in what))


def run(net, v, t, by, binding="", every="", word="run"):
    """A run for time t; split: its second part is a `continue`, where a bound parameter is bound again. A run that writes a file stays one."""
    if not v.split or every:
        return "  %s %s%s for %s%s%s;" % (word, net.name, binding, v.time(t), every, by)
    again = binding if " k" in binding else ""
    return "  %s %s%s for %s%s; continue %s%s for %s%s;" % (word, net.name, binding, v.time(0.375 * t), by, net.name, again,
                                                            v.time(0.625 * t), by)


def until(R, net, v, by):
    """A run until an amount or a time is reached; split: by a time before it. A `continue` waits until its condition turns true, and where it
    is so already there is none."""
    n, s, t = net.name, v.name(R.choice(list(net.amounts))), R.randint(5, 20) / 10
    reached = "%s %s %s" % (s, R.choice("<>"), v.amount(R.randint(1, 6) + R.choice([0.5, 0.25])))
    runs = ["  run %s until %s || time > %s%s;" % (n, reached, v.time(t), by)]
    if v.split:
        runs = ["  run %s until %s || time > %s%s;" % (n, reached, v.time(0.375 * t), by),
                "  if !(%s.%s) { %s }" % (n, reached, runs[0].strip().replace("run", "continue", 1))]
    return runs + [show(R, net, v), '  print "%d", %s;' % (net.number, v.shown(n + ".time", v.times))]


def experiment(R, net, v):
    """Statements whose output says everything that the runs gave."""
    n, k, s = net.name, net.params[0][0], list(net.amounts)[0]
    if net.method == "limit":
        return ["  run %s to limit;" % n] + (["  continue %s to limit;" % n] if v.split else []) + [show(R, net, v)] + [
            '  for v in [0.5, 2, 7.25] { print "%d", %s; }' % (
                net.number, v.shown("limit(%s, %s = v%s).o1" % (n, v.name(s), "" if v.amounts == 1 else " * %r" % v.amounts), v.amounts))]
    t, by, kind = R.randint(5, 20) / 10, method_text(R, net), R.randrange(7)
    rows = R.choice([0.0625, 0.125, 0.25])
    if net.settles and net.method == "ode" and kind > 2:
        return ["  run %s to steady%s;" % (n, by)] + (["  continue %s to steady%s;" % (n, by)] if v.split else []) + [show(R, net, v)]
    if kind == 6:
        return until(R, net, v, by)
    if kind == 0:
        return [run(net, v, t, "%s -> \"%s.csv\"" % (by, n), every=" every %s" % v.time(rows * v.dense)), show(R, net, v)]
    if kind == 1:
        return ["  for v in [0.2, 0.7] {", run(net, v, t, by, " with %s = v" % k), show(R, net, v), "  }"]
    if kind == 2:
        return [run(net, v, t, by), show(R, net, v), "  set %s.%s = %s;" % (n, v.name(s), v.amount(R.randint(1, 9))),
                "  set %s.%s = 0.4;" % (n, k), run(net, v, 0.5, by, word="continue"), show(R, net, v)]
    if kind == 3 and net.method == "ssa":
        runs, summary = R.randint(3, 40), R.choice(["", ", summary = true"])
        means = ", ".join(v.shown("%s(%s.%s)" % (f, n, x), v.amounts) for f, x in (("run_mean", "o1"), ("time_mean", v.name(s))))
        return ["  run %s for %s every %s by ssa(runs = %d%s) -> \"%s.csv\";" % (n, v.time(t), v.time(rows * v.dense), runs, summary, n),
                '  print "%d", %s, %s;' % (net.number, means, v.shown("run_var(%s.o1)" % n, v.amounts ** 2))]
    if kind == 4:
        i = "i%d" % net.number
        return ["  let %s = 0;" % i, "  while %s < 2 {" % i, run(net, v, t, by, " with %s = %s" % (
            v.name(s), "%s + 1" % i if v.amounts == 1 else "(%s + 1) * %r" % (i, v.amounts))),
                "  record c%d = %s.o1; %s += 1;" % (net.number, n, i), "  }", show(R, net, v),
                '  print "%d", %s;' % (net.number, v.shown(n + ".time", v.times))]
    return [run(net, v, t, by),
            "  if %s.o1 > %s {" % (n, text_of(1, v.amounts)), run(net, v, 0.25, by, word="continue"), "  } else {", run(net, v, 0.5, by, word="continue"), "  }",
            show(R, net, v)]


FUNCTIONS = """fn hill(x, K, n) = x^n / (K^n + x^n);
fn above(x, y) = max(x - y, 0);
fn rate(k) = 0.5 * k + 0.05;
"""


def programs(numbers, method, v=Variation()):
    """One file with programs of these numbers, by a method: 'ssa', 'ode' or 'limit'."""
    networks, statements = [FUNCTIONS], ["experiment main {"]
    for i in numbers:
        R = random.Random("%s %d" % (method, i))
        net = make_network(R, i, method, v)
        networks.append(network_text(net, v))
        statements += experiment(R, net, v)
    return "\n".join(networks + statements) + "\n}\n"
