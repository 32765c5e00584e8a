# A program over several processes: the same bytes for 1, 2, 5 ranks of each MPI that is there and without one; errors, signals and ends are
# those of one process, and one rank tells them.
. "$SRC/tests/mpi/ranks.bash"

# Modules name no folder of the build, as programs do not (installed.sh).
for name in $implementations; do
    if strings -a "$BUILD/crnl_mpi-$name.so" | grep -F -e "$BUILD" -e "$SRC"; then exit 1; fi
done

wrong() # WHAT...
{
    echo "wrong: $*"
    cat said
    exit 1
}

awk 'BEGIN { for (i = 0; i < 40; i++) print i % 2 - 0.5 "," i % 3 - 1 "," i % 2 }' >points.csv
cat >all.crnl <<'X2'
network bd(k = 100, f = 1) { species X = 100, Y; 0 ->{k} X; X ->{f} 0; X -> X + Y; Y -> 0; }
network od(k = 1) { species A = 1, B; A ->{k} B; }
data points = csv("points.csv", input = 0..2, label = 2);
model m = relu[2, 3, 2];
experiment e {
  run bd for 2 every 1 by ssa(runs = 150) -> "runs.csv";
  print "{run_mean(bd.X)} {run_var(bd.Y)} {run_quantile(bd.X, 0.9)} {time_mean(bd.X * bd.Y):.17g} {event_mean(bd.Y):.17g}";
  print "{run_histogram(bd.X, max = 110)} {time_histogram(bd.X, max = 90)}";
  plot bd.X, bd.Y -> "band.svg";
  run bd for 1 every 0.2 by ssa(runs = 2000, summary = true) -> "summary.csv";
  if run_mean(bd.X) > 100 { print "above"; } else { print "below"; }
  print "{run_mean(trajectory(bd.X))} {time_mean(bd.X * bd.Y):.17g} {time_histogram(bd.X, max = 90)}";
  run bd over s in 0..40 with k = 10 + s for 2 every 1 by ssa -> "rows.csv";
  print "{bd.X} {time_mean(bd.X)}";
  continue bd over s in 0..40 with k = 5 + s for 1 by ssa;
  print "{bd.X} {time_histogram(bd.X, max = 5)}" -> "printed.txt";
  run bd over s in 0..60 with k = 5 + s for 2 every 1 by ssa(runs = 3, summary = true) -> "of_runs.npz";
  print "{run_mean(bd.X)} {run_quantile(bd.Y, 0.3)}";
  run bd over s in [20, 30] with k = s for 2 every 1 by ssa(runs = 90) -> "few.csv";
  print "{run_var(bd.X)}";
  run od over s in 0..30 with k = 1 + s for 5 every 1 -> "own_{s}.csv";
  minimize over od.k in 1e-3..1e3, od.A in 0.1..10 by adam(starts = 4, steps = 8) {
    run od for 3 by ode;
    loss (od.A - 0.2)^2 + (od.B - 1)^2;
  }
  print "{od.k:.17g} {od.A:.17g}";
  minimize over od.k in 1e-3..1e3, od.A in 0.1..10 by lbfgs(profile = 5) {
    run od for 3 by ode;
    loss (od.A - 0.2)^2 + (od.B - 1)^2;
  }
  print "{od.k:.17g} {standard_error(od.k):.17g} {profile(od.A):.17g}";
  minimize over od.k in 1e-3..1e3 by lbfgs(starts = 2, gradient = adjoint, errors = true, likelihood = true) {
    run od for 3 by ode;
    loss -log(od.A) - 2 * log(od.B);
  }
  print "{od.k:.17g} {standard_error(od.k):.17g}";
  learn m from points by binary_connect(epochs = 5, batch = 8);
  print "{m.w[0]} {m.b[0]} {m.w[1]}";
  run bd over s in 0..40 with f = s % 13 - 1 for 1 by ssa;
  print "{bd.X}";
}
X2
"$CRNLC" run all.crnl --out-dir one >one.txt 2>one.err && exit 1
grep -q '4 of 40 rows' one.err
"$CRNLC" build all.crnl -o all
for name in $implementations; do
    for case in "1 1" "1 3" "2 1" "2 3" "5 1" "5 3" "2 1 built"; do
        set -- $case
        program="$CRNLC run all.crnl"
        [ -z "${3-}" ] || program=./all
        ranks $name $1 $program --threads $2 --out-dir many >many.txt && exit 1
        cmp one.txt many.txt && cmp one.err message && diff -r one many || { echo "$name $case"; cat said; exit 1; }
        rm -r many
    done
done

# What goes wrong is said once.
cat >fails.crnl <<'X2'
network bd { species X = 100; assume X < 131; 0 ->{100} X; X -> 0; }
experiment e { run bd for 10 every 5 by ssa(runs = 400) -> "fails.csv"; print "not so far"; }
X2
"$CRNLC" run fails.crnl --out-dir one 2>one.err && exit 1
cat >odd.sh <<'X2'
# One rank of three is another than the rest.
if [ "${PMI_RANK-}${OMPI_COMM_WORLD_RANK-}" = 2 ]; then
    case $1 in
    source) exec "$CRNLC" run nowhere.crnl ;;
    options) exec "$CRNLC" run fails.crnl --seed 1 ;;
    module) export CRNL_MPI=nowhere.so ;;
    version) exec ./other ;;
    esac
fi
[ "$1" = version ] && exec ./all
if [ "$1" = disk ]; then
    [ "${PMI_RANK-}${OMPI_COMM_WORLD_RANK-}" = 0 ] && ulimit -f 100 # KiB
    exec "$CRNLC" run large.crnl --threads 1 --out-dir full
fi
exec "$CRNLC" run fails.crnl
X2
echo 'network n {' >bad.crnl
sed 's/k = 100/k = 101/' all.crnl >other.crnl
"$CRNLC" build other.crnl -o other
cat >large.crnl <<'X2'
network n(k = 1) { species A = 50, B; A ->{k} B; B -> A; }
experiment e { run n for 10 every 0.1 by ssa(runs = 3000) -> "large.csv"; print "{run_mean(n.A)}"; }
X2
for name in $implementations; do
    ranks $name 3 "$CRNLC" run fails.crnl --out-dir many >out && exit 1
    cmp one.err message && cmp one/fails.csv many/fails.csv && [ ! -s out ] ||
        { cat said out; diff one.err message; diff one/fails.csv many/fails.csv; exit 1; }
    ranks $name 2 "$CRNLC" run bad.crnl && exit 1
    [ "$(grep -c 'error.E0104' said)" = 1 ]
    ranks $name 2 "$CRNLC" run fails.crnl --threads 0 && exit 1
    [ "$(grep -c 'takes a value' said)" = 1 ]
    ranks $name 3 bash odd.sh source && exit 1
    [ "$(grep -c "cannot read 'nowhere.crnl'" said)" = 1 ] && grep -q '^rank 2: ' said || wrong $name source
    ranks $name 3 bash odd.sh options && exit 1
    [ "$(grep -c 'other options than rank 0' said)" = 1 ]
    ranks $name 3 bash odd.sh version && exit 1
    [ "$(grep -c 'other options than rank 0\|another program\|another version' said)" = 1 ] || wrong $name version
    if [ $name = openmpi ]; then # MPICH itself begins with large files
        ranks $name 3 bash odd.sh disk >out && exit 1
        [ "$(grep -c 'File too large' message)" = 1 ] && [ ! -s out ] && [ ! -e full/large.csv ] || wrong $name disk
        rm -r full
    fi
    ranks $name 3 bash odd.sh module && exit 1
    [ "$(grep -c 'cannot be loaded' said)" = 1 ] && grep -q 'rank 2 of 3' said || wrong $name module
    CRNL_MPI=nowhere.so ranks $name 2 "$CRNLC" run fails.crnl --out-dir none && exit 1
    grep -q 'cannot be loaded: nowhere.so' said && grep -q "make mpi MPICC=mpicc.$name" said && [ ! -e none ] || wrong $name no module
    ranks $name 2 "$CRNLC" run fails.crnl --seeds 2 && exit 1
    [ "$(grep -c -e '--seeds' said)" = 1 ]
    ranks $name 2 "$CRNLC" run fails.crnl --estimate && exit 1
    [ "$(grep -c -e '--estimate measures on one core' said)" = 1 ]
done
case $implementations in
*openmpi*mpich*)
    CRNL_MPI=$BUILD/crnl_mpi-mpich.so ranks openmpi 2 "$CRNLC" run fails.crnl && exit 1
    [ "$(grep -c 'another MPI' said)" = 1 ]
    CRNL_MPI=$BUILD/crnl_mpi-openmpi.so ranks mpich 2 "$CRNLC" run fails.crnl && exit 1
    [ "$(grep -c 'another MPI' said)" = 1 ] ;;
esac

# A signal to rank 0: what has arrived is in the file, whole runs and rows. Rank 0 killed: the part stays.
cat >runs.crnl <<'X2'
network n(k = 1) { species A = 50, B; A ->{k} B; B -> A; }
experiment e { run n for 500 every 5 by ssa(runs = 1000000) -> "long.csv"; }
X2
sed 's/run n/run n over s in 0..100000000 with k = 1 + s % 7/; s/(runs = 1000000)//' runs.crnl >rows.crnl
cat >told.sh <<'X2'
[ "${PMI_RANK-}${OMPI_COMM_WORLD_RANK-}" = 0 ] && echo $$ >pid.new && mv pid.new pid
exec "$CRNLC" run "$1" --threads 1
X2
interrupt()
{
    rm -f pid long.csv*
    ranks $1 3 bash told.sh $2.crnl >out &
    local i=0
    until [ -s pid ] && [ -n "$(find . -name 'long.csv.part*' -size +200k)" ]; do
        [ $((i += 1)) -lt 1000 ] && jobs %% >/dev/null 2>&1 || { echo "the ranks write nothing"; cat said; exit 1; }
        sleep 0.1
    done
    kill -$3 "$(cat pid)"
    wait $! && return 1
    return 0
}
for name in $implementations; do
    for what in runs rows; do
        interrupt $name $what TERM
        n=$(sed -n "s/.*interrupted by SIGTERM; \([0-9]*\) of .* $what are complete.*/\1/p" message)
        [ "$n" -gt 0 ] && [ "$(wc -l <long.csv)" = $((1 + 101 * n)) ] && [ "$(grep -c interrupted said)" = 1 ] ||
            wrong $name $what TERM
    done
    interrupt $name rows KILL
    ls long.csv.part* >/dev/null && [ ! -e long.csv ] || wrong $name rows KILL
done
