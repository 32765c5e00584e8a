# Every signal that ends a program: an ensemble keeps its whole runs, the status is 128 + n, one line says how many.
cat >long.crnl <<'END'
network bd { species X = 10; 0 ->{10} X; X -> 0; }
experiment main { run bd for 2000 every 10 by ssa(runs = 1000000) -> "runs.csv"; }
END
"$CRNLC" build long.crnl -o long

# Waits, without a limit of its own, until there are rows on the disk.
start() # command...
{
    rm -rf out
    mkdir out
    echo old >out/runs.csv
    "$@" --out-dir out --threads 2 --max-rows 10000000000000 2>err &
    pid=$!
    until grep -qE '^(0,2000|20),' out/runs.csv.part-*"$pid"* 2>/dev/null; do
        kill -0 $pid
        sleep 0.02
    done
}
check() # signal number
{
    status=0
    wait $pid || status=$?
    [ $status = $((128 + $1)) ] || { echo "signal $1: status $status"; cat err; exit 1; }
    runs=$(sed -n 's/.*error: interrupted by .*; \([0-9]*\) of 1000000 runs are complete$/\1/p' err)
    [ "$(grep -c . err)" = 1 ] && [ -n "$runs" ] || { echo "signal $1:"; cat err; exit 1; }
    [ "$(grep -c , out/runs.csv)" = $((1 + 201 * runs)) ]
    [ "$(tail -n 1 out/runs.csv | cut -d, -f1,2)" = "$((runs - 1)),2000" ]
    [ "$(ls out)" = runs.csv ]
}
for signal in HUP INT QUIT ILL TRAP ABRT BUS FPE USR1 SEGV USR2 PIPE ALRM TERM XCPU XFSZ VTALRM PROF IO PWR SYS RTMIN RTMAX; do
    if [ "$SANITIZED" = yes ] && [[ " ILL ABRT BUS FPE SEGV TRAP SYS " = *" $signal "* ]]; then
        continue # the sanitizers' own
    fi
    start ./long
    kill -$signal $pid
    check "$(kill -l $signal)"
done
start "$CRNLC" run long.crnl
kill -TERM $pid
check 15

# What nohup ignores stays ignored.
(trap '' HUP; exec ./long --out-dir out --threads 2 --max-rows 10000000000000 2>err) &
pid=$!
sleep 0.2
kill -HUP $pid
sleep 0.1
kill -0 $pid
kill -TERM $pid
status=0
wait $pid || status=$?
[ $status = 143 ]

# A single run is no whole one: its rows stay in a part, which the message names, and what was there before stays too.
cat >single.crnl <<'END'
network bd { species X = 100; 0 ->{1000} X; X -> 0; }
experiment main { run bd for 1e9 every 0.001 by ssa -> "runs.csv"; }
END
"$CRNLC" build single.crnl -o single
start ./single
kill -TERM $pid
status=0
wait $pid || status=$?
[ $status = 143 ]
[ "$(cat out/runs.csv)" = old ]
part=$(sed -n 's/.*note: the rows before are in `\(.*\)`$/\1/p' err)
head -n 1 "$part" | grep -qx 'time,X'
tail -n 1 "$part" | grep -qE '^[0-9.]+,[0-9]+$'

# Rows come to the disk while it runs, also few: start waits for that. Killed, the part stays, and the next start names it.
sed -i 's/every 0.001/every 20/' single.crnl
"$CRNLC" build single.crnl -o single
start ./single
kill -KILL $pid
wait $pid || true
left=$(ls out/runs.csv.part-*)
timeout 60 ./single --out-dir out --max-events 10 2>err || true
grep -qF "$left" err || { cat err; exit 1; }

# What learning was given up for is still saved, and the status tells.
cat >learn.crnl <<'END'
data points = csv("labelled.csv", input = 0..2, label = 2);
model m = relu[2, 400, 400, 2];
experiment main {
  learn m from points by binary_connect(epochs = 1000000, batch = 2);
  save m to "m.npz";
}
END
cp "$SRC/tests/faults/labelled.csv" .
rm -rf out
"$CRNLC" run learn.crnl --out-dir out 2>err &
pid=$!
sleep 3
kill -TERM $pid
status=0
wait $pid || status=$?
if grep -q 'goes on with epoch' err; then # else it had not come to the first epoch
    [ $status = 143 ]
    [ -s out/m.npz ]
fi

# Archives: the rows come to the disk too, and stay after KILL; after other signals, also if the second comes at once, the runs that
# are whole are in place.
sed 's/runs\.csv/runs.npz/' long.crnl >archive.crnl
"$CRNLC" build archive.crnl -o archive
sed 's/1000000/40/; s/runs\.csv/good.npz/' long.crnl >good.crnl
"$CRNLC" run good.crnl --quiet
for signals in KILL TERM "SEGV SEGV"; do
    if [ "$SANITIZED" = yes ] && [ "$signals" = "SEGV SEGV" ]; then
        continue
    fi
    rm -rf out
    ./archive --out-dir out --threads 2 --max-rows 10000000000000 2>err &
    pid=$!
    until head -c 200 out/runs.npz.part-*"$pid"* 2>/dev/null | grep -qaE "'shape': \( *[1-9]"; do
        kill -0 $pid
        sleep 0.02
    done
    for signal in $signals; do kill -$signal $pid; done
    wait $pid || true
    file=$(ls out)
    [ "${file%%.part-*}" = runs.npz ]
    [ "$signals" = KILL ] || [ "$file" = runs.npz ]
    [ "$(NPZ_RUN=201 python3 "$SRC/tests/faults/npz_rows.py" good.npz "out/$file")" -gt 0 ]
done

# Waiting for somebody to read a pipe ends by the first signal.
mkfifo pipe.csv
cat >pipe.crnl <<'END'
network decay { species A = 10; A -> 0; }
experiment main { print "waits"; run decay for 1 every 0.5 by ode -> "pipe.csv"; }
END
"$CRNLC" run pipe.crnl >said 2>err &
pid=$!
until grep -q waits said; do kill -0 $pid; sleep 0.02; done
sleep 0.1
kill -TERM $pid
status=0
wait $pid || status=$?
[ $status = 143 ]
cat pipe.csv >read &
"$CRNLC" run pipe.crnl >said
wait
[ "$(grep -c , read)" = 4 ]
