"""Random networks of three to six species, one to three fast reversible reactions and one or two slow ones, as
SBML with fast="true", which are constraints, and as a stiff network whose fast rates are 1e7 times as large.
Amounts after 1.5 units of time agree within 1e-4. What is refused is counted: reactions that others make
superfluous, and those that come to rest where everything is used up. fast_reactions.py CRNLC NETWORKS"""
import os
import random
import subprocess
import sys

FAST = 1e7
MATH = 'xmlns="http://www.w3.org/1998/Math/MathML"'


def product(names):
    return "<apply><times/>" + "".join(f"<ci>{name}</ci>" for name in names) + "</apply>"


def side(kind, species):
    parts = "".join(f'<speciesReference species="{s}" stoichiometry="{species.count(s)}" constant="true"/>'
                    for s in sorted(set(species)))
    return f"<listOf{kind}>{parts}</listOf{kind}>"


def sbml(start, reactions):
    text = ('<?xml version="1.0" encoding="UTF-8"?><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" '
            'level="3" version="1"><model id="m"><listOfCompartments><compartment id="c" spatialDimensions="3" '
            'size="1" constant="true"/></listOfCompartments><listOfSpecies>')
    for s, amount in start.items():
        text += (f'<species id="{s}" compartment="c" initialAmount="{amount}" hasOnlySubstanceUnits="true" '
                 'boundaryCondition="false" constant="false"/>')
    text += "</listOfSpecies><listOfParameters>"
    for i, r in enumerate(reactions):
        text += f'<parameter id="f{i}" value="{r["forth"]}" constant="true"/>'
        text += f'<parameter id="b{i}" value="{r["back"]}" constant="true"/>'
    text += "</listOfParameters><listOfReactions>"
    for i, r in enumerate(reactions):
        law = f'<apply><minus/>{product([f"f{i}"] + r["left"])}{product([f"b{i}"] + r["right"])}</apply>'
        text += (f'\n<reaction id="r{i}" reversible="true" fast="{str(r["fast"]).lower()}">'
                 f'{side("Reactants", r["left"])}{side("Products", r["right"])}'
                 f"<kineticLaw><math {MATH}>{law}</math></kineticLaw></reaction>")
    return text + "</listOfReactions></model></sbml>\n"


def program(start, reactions):
    text = "network stiff {\n  species " + ", ".join(f"{s} = {v}" for s, v in start.items()) + ";\n"
    for r in reactions:
        k = FAST if r["fast"] else 1
        left, right = r["left"], r["right"]
        text += f'  {" + ".join(left)} =>{{ {k * r["forth"]!r} * {" * ".join(left)} }} {" + ".join(right)};\n'
        text += f'  {" + ".join(right)} =>{{ {k * r["back"]!r} * {" * ".join(right)} }} {" + ".join(left)};\n'
    text += '}\nnetwork held = import "model.xml";\nexperiment main {\n'
    text += "  run stiff for 1.5 by ode(solver = bdf, rtol = 1e-9);\n  run held for 1.5 by ode(rtol = 1e-9);\n"
    return text + "  print " + ", ".join(f"stiff.{s}, held.{s}" for s in start) + ";\n}\n"


def draw(rng):
    names = "ABCDEF"[: rng.randint(3, 6)]
    start = {s: round(rng.choice([0, rng.uniform(0.2, 5)]), 3) for s in names}
    n_fast, reactions = rng.randint(1, 3), []
    for i in range(n_fast + rng.randint(1, 2)):
        left = [rng.choice(names) for _ in range(rng.randint(1, 2))]
        rest = [s for s in names if s not in left]
        right = [rng.choice(rest) for _ in range(rng.randint(1, 2))]
        forth, back = (round(rng.uniform(0.3, 3), 3) for _ in range(2))
        reactions.append({"left": left, "right": right, "forth": forth, "back": back, "fast": i < n_fast})
    return start, reactions


def main(crnlc, count):
    rng, equal, refused, bad = random.Random(7), 0, 0, 0
    for i in range(count):
        start, reactions = draw(rng)
        with open("model.xml", "w", encoding="ascii") as out:
            out.write(sbml(start, reactions))
        with open("both.crnl", "w", encoding="ascii") as out:
            out.write(program(start, reactions))
        run = subprocess.run([crnlc, "run", "both.crnl"], capture_output=True, text=True, timeout=300, check=False)
        if run.returncode == 1 and "error[E0832]" in run.stderr:
            refused += 1
            continue
        values = [float(v) for v in run.stdout.split()] if run.returncode == 0 else []
        pairs = list(zip(values[::2], values[1::2]))
        if pairs and all(abs(x - y) <= 1e-4 * (abs(x) + 1e-2) for x, y in pairs):
            equal += 1
        else:
            bad += 1
            os.rename("both.crnl", f"bad{i}.crnl")
            os.rename("model.xml", f"bad{i}.xml")
            print(f"bad{i}: {pairs} {run.stderr[:300]}")
    print(f"{equal} of {count} equal, {refused} refused, {bad} not equal")
    return 1 if bad or equal < 0.7 * count else 0


sys.exit(main(sys.argv[1], int(sys.argv[2])))
