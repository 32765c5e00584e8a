# The kernel for Jupyter: installed, cells and what they see of one another, completion, interrupts; the tutorial and the notebook of
# examples/ executed by nbconvert.
if [ "$SANITIZED" = yes ]; then
    echo "Python cannot load a library with sanitizers"
    exit 77
fi
PYTHON=/usr/bin/python3
if ! "$PYTHON" -c 'import ipykernel, nbconvert, numpy' 2>/dev/null; then
    echo "no ipykernel, nbconvert or NumPy"
    exit 77
fi
export HOME=$PWD/home JUPYTER_PATH=$PWD/prefix/share/jupyter JUPYTER_RUNTIME_DIR=$PWD/jupyter IPYTHONDIR=$PWD/ipython PYTHONWARNINGS=ignore
mkdir -p home
ln -s "$SRC/examples" examples
"$CRNLC" jupyter install --prefix "$PWD/prefix" >said
grep -q "^Jupyter has the kernel crnl in $PWD/prefix/share/jupyter/kernels/crnl$" said
"$CRNLC" jupyter install --prefix="$PWD/prefix" >said # again
if "$CRNLC" jupyter instal 2>refused; then exit 1; fi
grep -q "'crnlc jupyter install' is all there is" refused
if "$CRNLC" jupyter install --prefixe x 2>refused; then exit 1; fi
grep -q "did you mean --prefix" refused
if "$CRNLC" jupyter install --python /bin/false 2>refused; then exit 1; fi
grep -q 'has not both of the modules ipykernel and crnl' refused
"$PYTHON" "$SRC/tests/notebook/cells.py"
"$PYTHON" "$SRC/tests/notebook/said.py"
"$PYTHON" "$SRC/tests/notebook/tutorial.py" "$SRC" tutorial.ipynb
"$PYTHON" -m nbconvert --log-level ERROR --to notebook --execute --allow-errors tutorial.ipynb --output executed.ipynb
"$PYTHON" "$SRC/tests/notebook/tutorial.py" "$SRC" --compare executed.ipynb
# The notebook alone shows the pictures of the pages.
"$PYTHON" -m nbconvert --log-level ERROR --to html tutorial.ipynb --output tutorial.html
pictures=$(grep -o '(attachment:[a-z0-9_]*\.svg)' tutorial.ipynb | wc -l)
[ "$pictures" -gt 8 ] && [ "$(grep -o '<img src="data:image/svg+xml;base64,' tutorial.html | wc -l)" = "$pictures" ]
if grep -o 'src="[^"]*\.svg"' tutorial.html; then exit 1; fi
cp "$SRC/examples/notebook/epidemic.ipynb" .
"$PYTHON" -m nbconvert --log-level ERROR --to notebook --execute epidemic.ipynb --output shown.ipynb
cat >epidemic.crnl <<'END'
network epidemic(infect = 0.002, recover = 0.1) {
  species Well = 97, Ill = 3, Immune;
  Well + Ill ->{infect} 2 Ill;
  Ill ->{recover} Immune;
}
experiment main { run epidemic for 100 every 1 by ssa; print "molecules: {epidemic.Well} were never ill"; }
END
"$CRNLC" run epidemic.crnl --seed 3 >expected
"$PYTHON" - expected <<'END'
import json
import sys

outputs = [o for c in json.load(open("shown.ipynb"))["cells"] for o in c.get("outputs", [])]
said = "".join("".join(o["text"]) for o in outputs if o["output_type"] == "stream")
# At rest infect Well = recover and recover Ill = lose Immune: Well = 50, Immune = 5 Ill.
assert said == "equations: 19.76 were never ill\n" + open(sys.argv[1]).read() + "%.2f stay ill\n" % (50 / 6), said
for o in outputs:
    if "image/svg+xml" in o.get("data", {}):
        assert "".join(o["data"]["image/svg+xml"]).startswith("<svg"), o
kinds = [sorted(o["data"])[0] for o in outputs if o["output_type"] == "display_data"]
assert kinds == ["image/svg+xml", "image/svg+xml", "text/html", "image/svg+xml"], kinds
END
# As a page: its pictures are whole.
"$PYTHON" -m nbconvert --log-level ERROR --to html shown.ipynb --output page.html
"$PYTHON" - <<'END'
import base64
import re

found = [base64.b64decode(x).decode() for x in re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', open("page.html").read())]
assert len(found) == 3 and all(x.count("<path") + x.count("<polygon") > 5 for x in found), [x[:80] for x in found]
END
