# Programs that are too much are refused at once: within 2 s of processor time and 1 GB, with the number.
[ "$SANITIZED" = yes ] && seconds=60 || seconds=2
refused() # CODE TEXT: x.crnl is refused by `check` with that code and text
{
    if (ulimit -t $seconds && { [ "$SANITIZED" = yes ] || ulimit -v 1000000; } && "$CRNLC" check x.crnl) >out 2>&1; then
        echo "accepted: $(head -c 200 x.crnl)"
        exit 1
    fi
    if ! grep -q "error\[$1\].*$2" out || [ "$(grep -c 'error\[' out)" != 1 ]; then
        echo "not refused by one $1 with '$2', but:"
        head -5 out
        exit 1
    fi
}
chain() # STATEMENTS: 40 networks, each with two instances of the one before
{
    echo "network n0() { $1 }"
    for i in $(seq 1 40); do
        echo "network n$i() { $2 a: n$((i - 1))(); b: n$((i - 1))(); }"
    done
}
cd "$TMP" || exit

echo 'network n { species A; for i in 0..30000, j in 0..30000 { A ->{1} 0; } }' >x.crnl
refused E0602 'makes at least 900000000'
echo 'const N = 30000; network n { species A; const M = N * 2; for i in 0..N { for j in 1..M + 1 { A <-> 0; } } }' >x.crnl
refused E0602 'makes at least 3600000000'
echo 'network n { species A; for i in 0..30000, j in 0..30000 where i == j { A ->{1} 0; } }' >x.crnl
refused E0603 'takes at least 900030000'
echo 'network n { species A; for i in 0..30000 { for j in 0..30000 { if i == 2 * j { A ->{1} 0; } } } }' >x.crnl
refused E0603 'takes at least 900030000'
echo 'const N = 10^6; network n { species A; for i in 0..N { for j in 0..10^6 - 1 { if i == 2 * j { A ->{1} 0; } } } }' >x.crnl
refused E0603 'takes at least 1000000000000'
{ chain 'species A; A -> 0;' ''; echo 'experiment main { run n40 for 1; }'; } >x.crnl
refused E0602 'instances'
{ chain '' ''; echo 'experiment main { run n40 for 1; }'; } >x.crnl
refused E0602 'instances'
chain 'species A; A -> 0;' '' | tac >x.crnl
refused E0602 'this instance makes at least'
{
    echo 'fn f0(x) = x + 1;'
    for i in $(seq 1 40); do
        echo "fn f$i(x) = f$((i - 1))(x * $i + 1) * f$((i - 1))(x * x + $i);"
    done
    echo 'experiment main { let y = 1.5; y += 1; print f40(y); }'
} >x.crnl
refused E0603 'more than 100000 calls'

# What only looks like it is not refused: a call that stands twice is made once, a name may mean something else inside.
{
    echo 'fn f0(x) = x + 1;'
    for i in $(seq 1 40); do
        echo "fn f$i(x) = f$((i - 1))(x) / 2 + f$((i - 1))(x) / 2;"
    done
    echo 'experiment main { let y = 1.5; y += 1; print f40(y); }'
} >x.crnl
[ "$(ulimit -t $seconds; "$CRNLC" run x.crnl)" = 3.5 ] || { echo 'f40(y) is not 3.5'; exit 1; }
echo 'const N = 100000; network n(const N = 2) { species A[N], B; for i in 0..N { for N in 0..3 { A[i] -> (N + 1) B; } } }
network two { a: n(); b: n(N = 3); }
experiment main { print count_reactions(n), count_reactions(two); }' >x.crnl
[ "$("$CRNLC" run x.crnl)" = '6 15' ] || { echo 'hidden names are counted'; "$CRNLC" run x.crnl; exit 1; }

# Draws are never shared, also not by calls that stand twice.
echo 'fn noise(x) = normal(0, x); fn pair(x) = noise(x) - noise(x);
experiment main { print pair(1) == 0; }' >x.crnl
[ "$("$CRNLC" run x.crnl)" = false ] || { echo 'two draws are one'; "$CRNLC" run x.crnl; exit 1; }

# A coefficient of 2^31 costs no loop of that length, under any method and engine.
echo 'network n { species A = 5, B = 3; 2147483648 A -> B; B -> 0; }' >x.crnl
for engine in jit interpret; do
    (ulimit -t $seconds; "$CRNLC" run --until 1 --method ssa --engine $engine x.crnl) >out 2>&1 || { cat out; exit 1; }
    (ulimit -t $seconds; "$CRNLC" run --until 1 --method ode --engine $engine x.crnl) >out 2>&1 || true
    grep -q 'E0905.*infinite' out || { echo 'by ode:'; cat out; exit 1; }
done

# A pass that leaves nothing, a network with nothing to solve.
echo 'network n { species A; A -> 0; }
network still { param k = 3; output y = k * time; for i in 0..0 { 0 -> 0; } }
experiment main {
  run n for 1; print n.A;
  run still for 2; print still.y;
  run still to steady; print still.y;
  run still until time > 0.5; print still.y;
  run still for 2 by ode(solver = rk4, dt = 0.5); print still.y;
}' >x.crnl
for level in 0 3; do
    "$CRNLC" run -O$level x.crnl 2>errors | tr '\n' ' ' >out
    [ "$(cat out)" = '0 6 0 1.5 6 ' ] || { echo "-O$level: $(cat out errors)"; exit 1; }
done

# Rows without end are refused; columns of a file have names of their own.
echo 'network n { species A = 3; A -> 0; } experiment main { run n for 1 every 1e-300 -> "x.csv"; }' >x.crnl
"$CRNLC" run x.crnl >out 2>&1 && { echo 'every 1e-300 is accepted'; exit 1; }
grep -q 'E0911.*1e+300 rows' out || { cat out; exit 1; }
[ ! -e x.csv ] || { echo 'x.csv was written'; exit 1; }
echo 'network n { species time = 3, run = 2, A = 1; time -> run; A -> 0; }
experiment main { run n for 1 every 1 -> "x.csv"; run n for 1 every 1 by ssa(runs = 2, summary = true) -> "y.csv"; }' >x.crnl
"$CRNLC" run x.crnl || exit
[ "$(head -1 x.csv)" = time,n.time,n.run,A ] || { head -1 x.csv; exit 1; }
[ "$(head -1 y.csv)" = time,n.time_mean,n.time_sd,n.run_mean,n.run_sd,A_mean,A_sd ] || { head -1 y.csv; exit 1; }
if "$PYTHON" -c 'import numpy' 2>/dev/null; then
    "$PYTHON" -W ignore -c "
import io, zipfile, numpy
f = io.BytesIO(); numpy.save(f, numpy.ones((4, 2)))
with zipfile.ZipFile('x.npz', 'w') as z:
    z.writestr('x.npy', f.getvalue()); z.writestr('y.npy', f.getvalue()); z.writestr('x.npy', f.getvalue())" || exit
    echo 'data d = npz("x.npz", input = "x"); experiment main { print size(d); }' >x.crnl
    "$CRNLC" check x.crnl >out 2>&1 && { echo 'an archive with two x is accepted'; exit 1; }
    grep -q 'two arrays' out || { cat out; exit 1; }
fi

# Whole molecules within rounding, not beyond; not more than there is room for.
echo 'network n { species A = (0.7 + 0.1) * 30, B = 1e15; at 0.5 { A = (0.1 + 0.2) * 10 + A - A; } A ->{1e-9} 0; }
experiment main { run n for 1 by ssa; print n.A, n.B - 1e15; }' >x.crnl
[ "$("$CRNLC" run x.crnl)" = '3 0' ] || { "$CRNLC" run x.crnl; exit 1; }
for amount in 24.000001 23.9999999999 2.5; do
    echo "network n { species A = $amount; A -> 0; } experiment main { run n for 1 by ssa; }" >x.crnl
    "$CRNLC" run x.crnl >out 2>&1 && { echo "$amount molecules are accepted"; exit 1; }
    grep -q "E0904.*is $amount" out || { cat out; exit 1; }
done
echo 'network n { species A = 1e16; A -> 0; } experiment main { run n for 1 by ssa; }' >x.crnl
"$CRNLC" run x.crnl >out 2>&1 && { echo '1e16 molecules are accepted'; exit 1; }
grep -q 'E0903.*up to 2^53' out || { cat out; exit 1; }
