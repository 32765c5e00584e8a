# Limits of random networks against exact rational arithmetic: deep ReLU networks, whose rails grow like the product of the widths while the
# outputs stay, before and after passes; and feed-forward networks whose coefficients 3, 5, 7 leave no binary fraction. Each value must be the
# nearest double, from `limit` and after a run, and after a run that goes on from a limit.
python3 - <<'END'
import json, random
from fractions import Fraction as F

R = random.Random(20260101)
program, body, count = [], [], 0

def expect(place, value):
    global count
    count += 1
    body.append("  assert %s == %s;" % (place, repr(float(value))))

def relu(id, widths, weight, bits, passes):
    w = [[[weight() for _ in range(widths[l + 1])] for _ in range(widths[l])] for l in range(len(widths) - 1)]
    b = [[R.uniform(-1, 1) for _ in range(n)] for n in widths[1:]]
    json.dump({"w": w, "b": b}, open("d%d.json" % id, "w"))

    program.append('model m%d = relu%s%s\nmodel f%d = m%d from "d%d.json";' % (
        id, widths, " { weights = real; bits = %d; }" % bits if bits else ";", id, id, id))
    x = [R.uniform(-2, 2) for _ in range(widths[0])]
    v = [F(i) for i in x]
    for l in range(len(w)):
        out = [F(b[l][j]) + sum(v[i] * F(w[l][i][j]) for i in range(len(v))) for j in range(widths[l + 1])]
        v = out if l == len(w) - 1 else [max(o, F(0)) for o in out]
    program.append("network c%d = lower f%d to rate_independent;" % (id, id))
    program.append("network o%d = optimize c%d by (%s);" % (id, id, passes))
    for net in "co":
        body.append("  let y%s%d = limit(%s%d, %s);" % (net, id, net, id, x))
        for j in range(len(v)):
            expect("y%s%d[%d]" % (net, id, j), v[j])
    body.append("  run c%d with x = %s to limit;" % (id, x))
    for j in range(len(v)):
        expect("c%d.y[%d]" % (id, j), v[j])
    body.append("  continue c%d to limit;" % id)
    expect("c%d.y[0]" % id, v[0])
    body.append("  set c%d.x[0].p = 0; continue c%d to limit;" % (id, id))
    expect("c%d.y[0]" % id, v[0])

both = lambda: R.choice([-1, 1])
for id, (width, layers) in enumerate([(8, 31), (4, 60), (16, 20), (32, 16), (3, 60)]):
    relu(id, [2] + [width] * (layers - 1) + [2], both, 0, "unimolecular, dual_rail")
relu(5, [3] + [6] * 19 + [3], lambda: R.randint(-127, 127) / 128, 8, "unobservable, merge_duplicates")
relu(6, [3] + [5] * 29 + [2], lambda: R.randint(-127, 127) / 64, 8, "merge_duplicates")

# A reaction consumes what nothing consumed before; the lines are then shuffled.
def acyclic(id, coefficients, reactions):
    amount, opened, lines = [], [], []
    def new(v):
        amount.append(v)
        opened.append(len(amount) - 1)
        return len(amount) - 1
    for _ in range(4):
        new(F(R.uniform(0, 5)))
    first = list(amount)
    for _ in range(reactions):
        left, right = {}, {}
        for _ in range(R.randint(1, 2)):
            if opened:
                left[opened.pop(R.randrange(len(opened)))] = R.choice(coefficients)
        extent = min(amount[s] / n for s, n in left.items())
        for s, n in left.items():
            amount[s] -= n * extent
        for _ in range(R.randint(1, 3)):
            s = R.choice(opened) if opened and R.random() < 0.4 else new(F(0))
            right[s] = R.choice(coefficients)
        for s, n in right.items():
            amount[s] += n * extent
        side = lambda terms: " + ".join("%d S%d" % (n, s) for s, n in terms.items())
        lines.append("  %s -> %s;" % (side(left), side(right)))
    R.shuffle(lines)
    first += [F(0)] * (len(amount) - len(first))
    names = ", ".join("S%d = %s" % (s, repr(float(v))) for s, v in enumerate(first))
    pairs = [(R.randrange(len(amount)), R.randrange(len(amount))) for _ in range(3)]
    forms = "  output d = S%d - S%d, e = 2 * (S%d - S%d) + S%d / 4 - 3;" % (pairs[0] + pairs[1] + (pairs[2][0],))
    program.append("network n%d {\n  species %s;\n%s\n%s\n}" % (id, names, "\n".join(lines), forms))
    body.append("  run n%d to limit;" % id)
    for s, v in enumerate(amount):
        expect("n%d.S%d" % (id, s), v)
    a = amount
    expect("n%d.d" % id, a[pairs[0][0]] - a[pairs[0][1]])
    expect("n%d.e" % id, 2 * (a[pairs[1][0]] - a[pairs[1][1]]) + a[pairs[2][0]] / 4 - 3)

for id in range(40):
    acyclic(id, R.choice([[1, 2, 3], [1, 3, 5, 7], [1, 1, 2], [1, 6, 10, 15, 1000003]]), R.randint(5, 60))
open("deep.crnl", "w").write("%s\nexperiment main {\n%s\n  print %d;\n}\n" % ("\n".join(program), "\n".join(body), count))
END
"$CRNLC" run deep.crnl 2>errors >count || { head errors; exit 1; }
[ "$(cat count)" -gt 500 ]
