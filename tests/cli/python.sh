# The Python module: values against closed forms and against crnlc, views of the library's memory, errors, threads, Ctrl-C, a
# library of another version.
if [ "$SANITIZED" = yes ]; then
    echo "Python cannot load a library with sanitizers"
    exit 77
fi
if ! "$PYTHON" -c 'import numpy' 2>/dev/null; then
    echo "no NumPy"
    exit 77
fi
others=$(nm -D --defined-only "$BUILD/libcrnl.so" | grep -v -e ' T crnlc_' -e ' A CRNLC_1$' || true)
[ -z "$others" ] || { echo "libcrnl.so exports more than it should: $others"; exit 1; }

cat >two.crnl <<'END_OF_TEXT'
/// Two networks.

param scale = 2;

/// Falls apart.
network decay(
  /// how fast
  k = 1 /s,
  w[2] = [1, 2]
) { units amount = nM, time = s; species A = 100, B; A ->{k} B; }

network birth(a = 20) { species X; 0 ->{a * scale} X; X -> 0; }

experiment main {
  let n = 3, total = 0.0;
  for i in 0..n { run decay with k = i + 1 for 1; record left = decay.A; total += decay.A; }
  run birth for 1 every 0.25 by ssa(runs = 2) -> "birth.csv";
  print "total", total;
}
END_OF_TEXT
"$CRNLC" run two.crnl --seed 4 >printed.txt
mv birth.csv expected.csv
cat >first.py <<'END_OF_TEXT'
import inspect
import threading
import warnings

import numpy as np

import crnl

p = crnl.load("two.crnl")
assert list(p.networks) == ["decay", "birth"] and list(p.experiments) == ["main"] and "Two networks" in p.doc
decay, birth = p.networks["decay"], p.networks["birth"]
assert decay.species == ("A", "B") and decay.outputs == ()
k = decay.parameters["k"]
assert (k.value, k.unit, k.doc) == (1, "/s", "how fast"), k
assert np.array_equal(decay.parameters["w"].value, [1, 2]) and p.parameters["scale"].value == 2
page = inspect.getdoc(type(decay))
assert "Falls apart." in page and "how fast" in page and "species A = 100" in page, page

# Closed form; clauses; set; views.
r = decay.run(2, every=0.5, with_={"k": 0.5}, rtol=1e-9)
assert np.allclose(r.time, [0, 0.5, 1, 1.5, 2]) and np.allclose(r["A"], 100 * np.exp(-0.5 * r.time), rtol=1e-6)
assert abs(r.final("A") - 100 * np.exp(-1)) < 1e-4 and r.final("k") == 0.5 or r.final("k") == 1
assert not r["A"].flags.owndata and not r["A"].flags.writeable and np.shares_memory(r["A"], r.table)
a = r["A"]
del r
assert np.allclose(a[0], 100)
decay.set(k=2)
assert decay.parameters["k"].value == 2
assert np.isclose(decay.run(1)["A"][-1], 100 * np.exp(-2), rtol=1e-4)
decay.reset()
assert np.isclose(decay.run(until="A < 50").final("time"), np.log(2), rtol=1e-4)
assert np.isclose(decay.run(5, clamp={"A": 3}).final("A"), 3)
assert decay.run(to="steady").final("A") < 1e-3
assert np.isclose(decay.run(1, after=1)["A"][0], 100 * np.exp(-1), rtol=1e-4)

# Parts of one run: the closed form of each, as the statement `continue` gives it, and the draws of one stream.
r = decay.run(1, every=0.5, with_={"k": 0.5}, rtol=1e-10,
              then=[{"duration": 1, "every": 0.5, "with_": {"k": 2}, "rtol": 1e-10}, {"duration": 1, "courses": False}])
first, second, third = r.parts
assert first is r and np.allclose(second.time, [1, 1.5, 2]) and third.table is None
assert np.allclose(first["A"], 100 * np.exp(-0.5 * first.time), rtol=1e-6)
assert np.allclose(second["A"], 100 * np.exp(-0.5 - 2 * (second.time - 1)), rtol=1e-6)
assert np.isclose(r.final("A"), 100 * np.exp(-0.5 - 2 - 1), rtol=1e-4), r.final("A")  # k is 1 again
one, two = birth.run(4, every=1, by="ssa", seed=5), birth.run(2, every=1, by="ssa", seed=5, then=[
    {"duration": 2, "every": 1, "by": "ssa"}])
assert np.array_equal(one["X"][:3], two["X"]) and two.parts[1]["X"][0] == two["X"][-1]
decay.set(A=50)
assert np.isclose(decay.run(1, then=[{"duration": 1}]).final("A"), 50 * np.exp(-2), rtol=1e-4)
r = decay.run(1, then=[{"from_": 0, "duration": 1, "every": 0.5, "rtol": 1e-9}], rtol=1e-9)
assert np.allclose(r.parts[1].time, [0, 0.5, 1]) and np.isclose(r.parts[1]["A"][-1], 50 * np.exp(-2))
decay.reset()
# Each row goes on from where it is, and keeps its parameters; amounts are given once.
ks, amounts = np.array([0.5, 1, 2]), np.array([10, 100])
r = decay.run(1, over={"k": ks, "A": amounts}, rtol=1e-9, then=[{"duration": 1, "every": 0.5, "rtol": 1e-9}])
ends = np.exp(-2 * ks)[:, None] * amounts
assert r.parts[1]["A"].shape == (3, 2, 3) and np.allclose(r["A"], ends, rtol=1e-6), r["A"]
assert np.allclose(r.parts[1]["A"][:, :, 0], np.exp(-ks)[:, None] * amounts, rtol=1e-6) and r.table is None
r = decay.run(1, every=1, rows={"k": ks, "A": [1, 2, 3]}, rtol=1e-9, then=[
    {"duration": 1, "with_": {"k": 3}, "rtol": 1e-9}, {"until": "A < 0.001", "rtol": 1e-9}])
assert [p.table is None for p in r.parts] == [False, True, True] and r["A"].shape == (3, 2)
assert np.allclose(r["A at the end"], 0.001, rtol=1e-4)
r = decay.run(1, rows={"w[1]": [5, 6], "k": [1, 2]}, read=["decay.time"], then=[{"until": "A < 1"}])
assert np.allclose(r["decay.time"], np.log(100) / [1, 2], rtol=1e-4), r["decay.time"]
for wrong, call in (("one number", lambda: decay.run(1, over={"k": 1})), ("one number", lambda: decay.run(1, rows={"k": 1})),
                    ("list of parts", lambda: decay.run(1, then={"duration": 1}))):
    try:
        call()
        raise AssertionError(wrong)
    except (TypeError, ValueError) as e:
        assert wrong in str(e), e
try:
    decay.run(1, then=[{"duratio": 1}])
    raise AssertionError("duratio")
except crnl.Error as e:
    assert "duratio" in str(e)

# Rows; gradients; statistics; parameters of the program.
g = decay.run(1, over={"k": [0.5, 1, 2], "A": [10, 100]})
exact = np.outer(np.exp([-0.5, -1, -2]), [10, 100])
assert g["A"].shape == (3, 2) and np.allclose(g["A"], exact, rtol=1e-4)
slope = decay.run(1, read={"slope": "gradient(decay.A, of = decay.k)"}, with_={"k": 2})["slope"]
assert np.isclose(slope, -100 * np.exp(-2), rtol=1e-4)
v = decay.run(0.5, over={"V": [1.0, 4.0]}, by="ssa(volume = V)", with_={"k": 0})
assert np.array_equal(v["A"], [100, 100])
rows = decay.run(1, rows={"k": np.full(300, 1.0), "A": np.arange(300.0)}, every=1)
assert rows["A"].shape == (300, 2) and np.allclose(rows["A"][:, 1], np.arange(300) * np.exp(-1), rtol=1e-4, atol=1e-9)
m = birth.run(20, by="ssa", runs=400, values={"scale": 1}, read=["run_mean(birth.X)"], courses=False, seed=1)
assert abs(m["run_mean(birth.X)"] - 20) < 5 * np.sqrt(20 / 400)  # false alarm: 6e-7
assert birth.run(2, every=1, by="ssa(runs = 4)")["X"].shape == (4, 3)
ends = birth.run("50 events", by="ssa", runs=3, seed=2)
assert ends["X"].ndim == 2 or "run" in ends.keys_of_rows

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    some = decay.run(1, rows={"A": [1.0, -1.0, 2.0]})["A"]
assert np.array_equal(np.isnan(some), [False, True, False]) and "A" in str(caught[0].message), (some, caught)

# The same bytes as crnlc; variables, records, output, files.
out = p.run(seed=4, out_dir="results")
assert out.output == open("printed.txt").read(), out.output
assert open("results/birth.csv").read() == open("expected.csv").read() and out.files == ["results/birth.csv"]
assert np.allclose(out.records["left"], 100 * np.exp([-1, -2, -3]), rtol=1e-4)
assert np.isclose(out["total"], out.records["left"].sum()) and out.values["n"] == 3
assert len(p.run(variables={"total": 5}, out_dir="results").records["left"]) == 3
assert np.isclose(p.run(variables={"total": 5}, out_dir="results")["total"], out["total"] + 5)

# Errors carry diagnostics.
for call, code in ((lambda: birth.run(1, with_={"XX": 1}), "E0"), (lambda: crnl.compile("network {"), "E01"),
                   (lambda: decay.run(-1), "E0906"), (lambda: decay.run(1, by="sa"), "E0")):
    try:
        call()
        raise AssertionError(code)
    except crnl.Error as e:
        assert e.code.startswith(code) and e.diagnostics[0].message and e.diagnostics[0].code == e.code, (e.code, str(e))
try:
    crnl.compile("network n(rate = 1) { species A; 0 ->{rat} A; }", name="a.crnl")["n"].run(1)
except crnl.Error as e:
    assert "did you mean" in e.diagnostics[0].help and "a.crnl:" in str(e), str(e)

# What is no text is told as that, with its place.
with open("no_text.crnl", "wb") as out:
    out.write(b"network n { species A; A -> 0; }\n// \xff\n")
for call, kind, said in (
        (lambda: crnl.check(b"x"), TypeError, "the text of text.crnl is a str, not bytes: decode() makes one of them"),
        (lambda: crnl.compile(None), TypeError, "is a str, not NoneType"),
        (lambda: crnl.compile("\n a\0b", name="c.crnl"), ValueError, "text of c.crnl has a NUL character, which no text has, in line 2"),
        (lambda: crnl.check("a\0"), ValueError, "NUL"),
        (lambda: crnl.check("", name="a\0"), ValueError, "the name of the text has a NUL"),
        (lambda: decay.run(1, until="A < 1\0"), ValueError, "until A < 1\\x00"),
        (lambda: decay.run(1, values={"scale\0": 1}), ValueError, "NUL"),
        (lambda: decay.run(1).final("A\0"), ValueError, "NUL"),
        (lambda: decay.run(1, seed=-1), ValueError, "seed is a whole number from 0 to"),
        (lambda: decay.run(1, until="A < \ud800"), crnl.Error, "E0102"),
        (lambda: crnl.load("no_text.crnl")["n"].run(1), crnl.Error, "no_text.crnl:2:4: error[E0102]")):
    try:
        call()
        raise AssertionError(said)
    except kind as e:
        assert said in str(e), (said, str(e))
found = crnl.check("network n {\n  species \ud800; }", name="d.crnl")
assert (found[0].code, found[0].line, found[0].column) == ("E0102", 2, 11), found
assert decay.run(1, read="decay.A")["decay.A"] == decay.run(1, seed=np.int64(3)).final("A")

# Two programs at once, in two threads, each with its own numbers.
failures = []


def work(rate):
    try:
        own = crnl.compile(f"network n(k = {rate}) {{ species A = 1; A ->{{k}} 0; }}").networks["n"]
        for i in range(20):
            x = own.run(1 + i / 10, with_={"A": 2}, rtol=1e-8).final("A")
            assert np.isclose(x, 2 * np.exp(-rate * (1 + i / 10)), rtol=1e-5), (rate, i, x)
            s = own.run(1, by="ssa", runs=50, with_={"A": 500}, seed=i)["A"]
            assert s.shape[0] == 50
    except BaseException as e:
        failures.append(e)


threads = [threading.Thread(target=work, args=(rate,)) for rate in (0.5, 1, 2, 3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert not failures, failures
assert decay.plot("A", 2).svg.startswith("<?xml") and "<svg" in decay.graph()._repr_svg_()
END_OF_TEXT
"$PYTHON" first.py

# Ctrl-C ends an endless run, and the process goes on; another run that goes on in a thread does not see it.
cat >interrupt.py <<'END_OF_TEXT'
import os
import signal
import threading
import time

import crnl

net = crnl.compile("network n { species X; 0 ->{1000} X; X -> 0; }").networks["n"]
kept = []
other = threading.Thread(target=lambda: kept.append(net.run(300, by="ssa", courses=False, seed=1).final("time")))
other.start()
caught = threading.Event()


def press():  # and again, as long as nothing comes of it
    while not caught.wait(0.5 if not pressed else 10):
        pressed.append(time.time())
        os.kill(os.getpid(), signal.SIGINT)


pressed = []
threading.Thread(target=press, daemon=True).start()
try:
    net.run(until="X < 0", by="ssa", courses=False)
    raise AssertionError("it ended")
except KeyboardInterrupt:
    caught.set()
other.join()
assert kept == [300], kept
assert abs(net.run(1).final("X") - 1000 * (1 - 2.718281828 ** -1)) < 0.1
END_OF_TEXT
timeout 200 "$PYTHON" interrupt.py

# A library of another version, and one that is none.
echo 'int crnlc_abi(void) { return 7; }' >seven.c
${CC:-cc} -shared -fPIC seven.c -o libseven.so
for name in libseven.so missing.so; do
    if CRNL_LIBRARY=./$name "$PYTHON" -c 'import crnl' 2>messages; then echo "$name is taken"; exit 1; fi
    grep -q "$name" messages
done
CRNL_LIBRARY=./libseven.so "$PYTHON" -c 'import crnl' 2>&1 | grep -q 'version 7 of the interface, and this module is for version 1'

# The examples.
for example in "$SRC"/examples/python/*.py; do
    if ! "$PYTHON" -c "$(grep -h '^import scipy' "$example" || true)" 2>/dev/null; then
        echo "without SciPy, ${example##*/} was left out"
        continue
    fi
    "$PYTHON" "$example" >out.txt || { cat out.txt; echo "$example"; exit 1; }
done

# Code in memory finds all that it names: each way to minimize and each kind of data, and the experiments of examples/.
printf 't,x\n0,1\n1,0.5\n2,0.25\n' >d.csv
cat >memory.py <<'END_OF_TEXT'
import math
import os
import re
import signal
import sys
import threading

import crnl
from crnl._program import _Code

source = sys.argv[1]
minimizers = re.findall(r"^MINIMIZER\((\w+)\)", open(source + "/runtime/crnl_minimize.def").read(), re.M)
assert len(minimizers) >= 3
for name in minimizers:
    text = f"""network n(k = 1) {{ species A = 1; A ->{{k}} 0; }}
        experiment main {{ minimize over n.k in 0.1..10 by {name}() {{ run n for 1; loss (n.A - 0.5)^2; }} let k = n.k; }}"""
    try:
        k = crnl.compile(text).run("main")["k"]
    except crnl.Error as e:  # its library is not there
        assert "install" in str(e) and name != "adam", (name, e)
        continue
    assert math.isclose(k, math.log(2), rel_tol=1e-2), (name, k)
os.chdir(source)
for name in sorted(os.listdir("examples")):
    if name.endswith(".crnl"):
        program = crnl.load("examples/" + name)
        for experiment in program.experiments:
            _Code(program.path, program.text, experiment=experiment)

# A check has errors and warnings of all; what is compiled ends by Ctrl-C.
found = crnl.check("network a { species A; A ->{x} 0; }\nexperiment one { print y; }\nexperiment two { print z; }", name="b.crnl")
assert [(d.code, d.line, d.severity) for d in found] == [("E0201", n, "error") for n in (1, 2, 3)], found
assert crnl.check("network a { species A = 1; A -> 0; }") == () and found[0].file == "b.crnl"
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    crnl.check("fn f(n) = sum(i in 0..300 : sum(j in 0..300 : sum(k in 0..1000 : sin(n + i * j - k))));\nconst c = f(1);")
    raise AssertionError("it ended")
except KeyboardInterrupt:
    pass
assert crnl.compile("network n { species A = 1; A -> 0; }")["n"].run(0).final("A") == 1
os._exit(0)  # what is still compiled is not waited for
END_OF_TEXT
timeout 250 "$PYTHON" memory.py "$SRC"
