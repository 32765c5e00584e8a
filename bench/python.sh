#!/bin/bash
# What Python costs beside crnlc, as ratios of CPU time, by turns in one run: the first picture against the command line and NumPy's
# import; a statement of 10,000 runs over rows against the same in a compiled program, and the whole process with it.
set -eu
cd "$(mktemp -d)"
PYTHON=${PYTHON:-/usr/bin/python3}
export PYTHONPATH=${PYTHONPATH:-$(dirname "$BUILD")/python} CRNL_LIBRARY=${CRNL_LIBRARY:-$BUILD/libcrnl.so} CRNL_CACHE=
cat >measure.py <<'END_OF_TEXT'
import os
import resource
import statistics
import subprocess
import sys

CRNLC, TURNS = os.environ["CRNLC"], int(os.environ.get("TURNS", "5"))
NETWORK = """network toggle(make = 20, d = 1) {
  species A = 5, B;
  0 =>{make / (1 + B^2)} A; 0 =>{make / (1 + A^2)} B; A ->{d} 0; B ->{d} 0;
}
"""
PICTURE = """network rps(k = 1) { species A = 0.8, B = 0.1, C = 0.1; A ->{k} B via B; B ->{k} C via C; C ->{k} A via A; }
experiment main { run rps for 30 every 0.1; plot rps: A, B, C -> "rps.svg"; }
"""
FILES = {
    "picture.crnl": PICTURE,
    "picture.py": """import crnl
crnl.load("picture.crnl")["rps"].plot("A, B, C", 30, every=0.1).save("out.svg")
""",
    "rows.crnl": NETWORK + """experiment main {
  let makes = linspace(10, 30, 10000);
  run toggle over m in makes with make = m for 800 by ssa;
  print mean(toggle.A);
}
""",
    # The second time, so that what is measured inside is the statement: it is compiled then.
    "rows.py": f'''import sys
import time
import numpy as np
import crnl
net = crnl.compile("""{NETWORK}""")["toggle"]
def rows(duration):
    return net.run(duration, over={{"make": np.linspace(10, 30, 10000)}}, by="ssa", threads=1)["A"].mean()
if len(sys.argv) > 1:
    rows(1)
began = time.process_time()
mean = rows(800)
print(f"{{mean:.4f}} {{time.process_time() - began:.6f}}")
''',
}
for name, text in FILES.items():
    with open(name, "w") as out:
        out.write(text)
subprocess.run([CRNLC, "build", "rows.crnl", "-o", "rows"], check=True)


def cpu(words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, out


PYTHON = sys.executable
WAYS = {"command line": [CRNLC, "run", "--no-cache", "picture.crnl"], "NumPy": [PYTHON, "-c", "import numpy"],
        "picture in Python": [PYTHON, "picture.py"], "compiled rows": ["./rows", "--threads", "1"],
        "rows in Python": [PYTHON, "rows.py"], "statement": [PYTHON, "rows.py", "twice"]}
seconds = {way: [] for way in WAYS}
for turn in range(TURNS):
    mean = set()
    for way, words in WAYS.items():
        taken, out = cpu(words)
        if "row" in way or way == "statement":
            mean.add(f"{float(out[0]):.4f}"[:6])
        seconds[way].append(float(out[1]) if way == "statement" else taken)
    assert len(mean) == 1, mean  # the same numbers
s = {way: statistics.median(v) for way, v in seconds.items()}
print("| CPU time | s |\n| --- | --- |")
for way, v in s.items():
    print(f"| {way} | {v:.3f} |")


def ratio(above, *below):
    return statistics.median(a / sum(b) for a, b in zip(seconds[above], zip(*(seconds[w] for w in below))))


print(f"| picture in Python / (command line + NumPy) | {ratio('picture in Python', 'command line', 'NumPy'):.2f} |")
print(f"| statement of 10,000 rows in Python / compiled program | {ratio('statement', 'compiled rows'):.3f} |")
print(f"| whole process in Python / compiled program | {ratio('rows in Python', 'compiled rows'):.3f} |")
END_OF_TEXT
"$PYTHON" measure.py
