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
"$PYTHON" "$SRC/tests/notebook/tutorial.py" "$SRC" tutorial.ipynb
"$PYTHON" -m nbconvert --log-level ERROR --to notebook --execute --allow-errors tutorial.ipynb --output executed.ipynb
"$PYTHON" "$SRC/tests/notebook/tutorial.py" "$SRC" --compare executed.ipynb
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
kinds = [sorted(o["data"])[0] for o in outputs if o["output_type"] == "display_data"]
assert kinds == ["image/svg+xml", "image/svg+xml", "text/html", "image/svg+xml"], kinds
END
