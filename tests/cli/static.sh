# An executable with all of its libraries, which gives the same bytes, and refuses what it cannot load a library for.
if [ "$SANITIZED" = yes ]; then
    echo "sanitizers cannot be linked statically"
    exit 77
fi
cat >x.crnl <<'X'
network od(k = 1) { species A = 100, B; A ->{k} B; B ->{0.3} A; }
experiment e { run od for 3 every 1 by ode -> "x.csv"; run od for 3 by ssa(runs = 10); print "{run_mean(od.A)}"; }
X
"$CRNLC" build x.crnl -o plain
if ! "$CRNLC" build x.crnl --static -o alone 2>said; then
    grep -q 'cannot find -l' said && { echo "a library has no static form here: $(grep -m 1 'cannot find' said)"; exit 77; }
    cat said
    exit 1
fi
ldd alone 2>/dev/null && exit 1
./plain --out-dir one >one.txt && ./alone --out-dir two >two.txt
cmp one.txt two.txt && diff -r one two
OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=0 ./alone >said 2>&1 && exit 1
grep -q 'built with --static' said && grep -q 'build it without --static' said
