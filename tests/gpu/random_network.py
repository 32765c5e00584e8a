"""Prints a random network and an ensemble of it for a graphics processor: random_network.py SEED. Reactions of mass
action and laws, amounts of all sizes, events, rows, averages, ends at times, numbers of events and conditions."""

import random
import sys

draw = random.Random(int(sys.argv[1]))
species = [f"S{i}" for i in range(draw.randint(1, 9))]


def one():
    return draw.choice(species)


def side(molecules):
    return " + ".join(one() for _ in range(molecules)) or "0"


def law():
    a, b = one(), one()
    return a, draw.choice(
        [
            f"q * {a} / (2 + {b})",
            f"{a} * q^2 / (1 + ({b} / 5)^3)",
            f"if {b} > 4 then {a} else 0.5 * {a}",
            f"sqrt({b}) * {a} / (1 + {a})",
        ]
    )


def reaction():
    taken = draw.choices([0, 1, 2, 3], [1, 5, 4, 1])[0]
    made = draw.choices([0, 1, 2], [4, 5, 2 if taken > 1 else 0])[0]
    if taken == 1 and draw.random() < 0.2:
        a, value = law()
        return f"{a} =>{{{value}}} {side(min(made, 1))};"
    constant = draw.choice([0.01, 0.1, 1, 5]) / 10 ** max(0, taken - 1)
    return f"{side(taken)} ->{{{constant:g}}} {side(max(made, taken == 0))};"


print("network net {")
print(f"    param q = {draw.uniform(0.5, 3):.3f};")
for name in species:
    print(f"    species {name} = {draw.choice([0, 1, 3, 10, 40, 300])};")
for _ in range(draw.randint(1, draw.choice([6, 20, 40]))):
    print(f"    {reaction()}")
if draw.random() < 0.3:
    print(f"    at {draw.uniform(0.1, 1):.2f} {{ {one()} = {draw.randint(0, 30)}; }}")
if draw.random() < 0.3:
    print(f"    when S0 >= {draw.randint(3, 30)} {{ S0 = {draw.randint(0, 2)}; }}")
print("}")

span = draw.choice(["for 1.5", "for 1.5 every 0.2", "for 400 events", "after 0.5 for 1", f"for 2 until {one()} > 25"])
shown = ["run_mean(net.{})", "run_var(net.{})"]
if draw.random() < 0.5:
    shown += ["time_mean(net.{})", "event_mean(net.{})", "time_var(net.{})"]
rows = ' -> "rows.csv"' if "every" in span else ""
print("experiment main {")
print(f"    run net {span} by ssa(runs = {draw.choice([2, 33, 130, 200])}, gpu = true){rows};")
print(f"    print {', '.join(what.format(one()) for what in shown)};")
print("}")
