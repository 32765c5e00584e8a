# Compiled programs are kept: a second start executes what the first one has compiled, and is never older than its files.
export CRNL_CACHE=$PWD/cache
cat >part.crnl <<'X'
const turn = 7;
X
cat >x.crnl <<'X'
use "part.crnl";
const n = 40000;
network wide(k = 1) { species A[n] = 1; for i in 0..n { A[i] ->{k * (1 + i % turn)} A[(i + 1) % n]; } }
data points = csv("points.csv", input = 0..2, label = 2);
experiment e {
  run wide for 0.001 every 0.001 by ssa -> "x.csv";
  print "{wide.A[3]} {time_mean(wide.A[17]):.17g} {size(points)}";
}
X
for i in 1 2 3; do echo "$i,2,0"; done >points.csv
programs() { find cache -name '*.run' 2>/dev/null | wc -l; }
# Files that changed while it was compiled are of no use: they have to be older than the start.
settle() { sleep 0.1; }
run() { "$CRNLC" run x.crnl --quiet --out-dir out "$@"; }
"$CRNLC" check x.crnl
settle
run --no-cache >plain && mv out plain.d
[ ! -e cache ]
run >first && cmp plain first && diff -r plain.d out
[ "$(programs)" = 1 ] || { echo "nothing is kept"; ls -la cache; exit 1; }
[ "$(stat -c %a cache)" = 700 ]
used() { ( TIMEFORMAT='%U %S'; { time "$@" >/dev/null; } 2>&1 | tail -1 | awk '{ print $1 + $2 }' ); }
again=$(used run)
anew=$(used run --no-cache)
awk -v a="$again" -v w="$anew" 'BEGIN { exit !(a < 0.5 * w) }' || { echo "again in $again s, anew in $anew s"; exit 1; }
run >again && cmp plain again && diff -r plain.d out && [ "$(programs)" = 1 ]
# Options of the program are those of this start; one kept program serves all.
run --seed 5 --no-cache >plain5
run --seed 5 >again && cmp plain5 again && ! cmp -s plain again && [ "$(programs)" = 1 ]
run --threads 0 2>said && exit 1
grep -q '^x.crnl: --threads takes a value' said
# Options of the compiler make it another program, and so does any file that was read.
run -D n=39999 >/dev/null && [ "$(programs)" = 2 ]
changed() # FILE: it does now what a start without the cache does
{
    settle
    run --no-cache >anew
    run >again && cmp anew again
    run >again && cmp anew again
}
sed -i 's/7/5/' part.crnl && changed
sed -i 's/{wide.A\[3\]/{wide.A[4]/' x.crnl && changed
echo '4,2,0' >>points.csv && changed && grep -q ' 4$' again
n=$(programs)
[ "$n" = 5 ] || { echo "$n programs"; exit 1; }
# A change that keeps size and time of a file is one, too.
touch -r part.crnl stamp && sed -i 's/5/3/' part.crnl && touch -r stamp part.crnl && changed
# An error is one however often a file was good before.
cp part.crnl good.crnl && echo 'network {' >>part.crnl
run >/dev/null 2>said && exit 1
grep -q 'part.crnl:2' said && mv good.crnl part.crnl
# Many at once.
rm -r cache
settle
run --no-cache >plain
for i in 1 2 3 4; do
    run >many.$i &
done
wait
for i in 1 2 3 4; do
    cmp plain many.$i
done
[ "$(programs)" = 1 ] && [ -z "$(find cache -name '*.part-*')" ] || { ls -la cache; exit 1; }
run >again && cmp plain again
# It stays below its size: what was of use longest ago goes.
size=$(find cache -name '*.run' -size +1M -printf '%s' | head -1)
export CRNL_CACHE_MIB=$(((size * 5 / 2) >> 20))
for i in 1 2 3; do
    run -D n=3900$i >/dev/null
done
[ "$(programs)" = 2 ] || { echo "$(programs) programs in $CRNL_CACHE_MIB MiB"; ls -la cache; exit 1; }
n=$(find cache -newer stamp -name '*.run' | wc -l)
run -D n=39003 >/dev/null && [ "$(programs)" = 2 ]
unset CRNL_CACHE_MIB
# What others could have written there is not executed, and nothing is kept beside it.
chmod 777 cache
run -D n=39004 >/dev/null 2>said && grep -q 'cannot be written by this user alone' said && [ "$(programs)" = 2 ]
chmod 700 cache
touch file
CRNL_CACHE=$PWD/file/x run >again 2>said && cmp plain again && grep -q '^warning: .*kept' said
CRNL_CACHE= run >again 2>said && cmp plain again && [ ! -s said ]
# A home without room for one is no reason to say anything.
env -u CRNL_CACHE -u XDG_CACHE_HOME HOME="$PWD/file" "$CRNLC" run x.crnl --quiet --out-dir out >again 2>said && cmp plain again && [ ! -s said ]
# A damaged list is none.
for f in cache/*.list; do echo nonsense >"$f"; done
run >again && cmp plain again
