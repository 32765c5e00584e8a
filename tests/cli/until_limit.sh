#!/bin/bash
# A run that only `until` ends, and that a limit or a signal stops, says what the condition has compared, and what ends the run.
set -e
network='network d { species A = 1; A -> 0; }
network a { species X = 10; 0 ->{1} X; X ->{0.1} 0; every 5 { X += 1; } }'
told() # the last run has said it
{
    grep -q 'only `until` ends this run, and its condition does not hold' err
    grep -q 'compared are 500 and `X` = [0-9]' err
    grep -q 'help: a time ends it too: `run a for TIME until ...`' err
}
for method in ssa tau; do
    echo "$network experiment main { run a until X > 500 by $method; }" >endless.crnl
    "$CRNLC" run endless.crnl --max-events 100000 2>err && exit 1
    grep -q '^endless.crnl:2:.*the limit of 100000 events is reached' err
    grep -q 'allow more with --max-events' err
    told || { cat err; exit 1; }
    echo "$network experiment main { run a for 1e9 until X > 500 by $method; }" >bounded.crnl
    "$CRNLC" run bounded.crnl --max-events 100000 2>err && exit 1
    grep -q 'the limit of 100000 events is reached' err
    grep -q 'only `until`' err && { cat err; exit 1; }
done
# Not before the processor has worked on the run for 0.3 seconds; the run before it has written its file.
used() # PID: hundredths of a second of processor time
{
    awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat" 2>/dev/null || echo 0
}
for method in ssa ode; do
    rm -f begun.csv
    echo "$network experiment main { run d for 1 -> \"begun.csv\"; run a until X > 500 by $method; }" >endless.crnl
    (trap - INT TERM; exec "$CRNLC" run endless.crnl) 2>err &
    child=$!
    while kill -0 $child && [ ! -e begun.csv ]; do
        sleep 0.1
    done
    begun=$(used $child)
    while kill -0 $child && [ "$(used $child)" -lt $((begun + 30)) ]; do
        sleep 0.1
    done
    kill -TERM $child
    status=0
    wait $child || status=$?
    [ $status = 143 ] || { echo "status $status"; cat err; exit 1; }
    grep -q '^endless.crnl:2: error: interrupted by SIGTERM at t = ' err
    told || { cat err; exit 1; }
done

# A run that `for` ends before its condition is true says so, once for each place, where nothing asks when it ended.
network='network n { species A = 10, B; A ->{1} B; }'
missed() # a statement, what follows: how many warnings there are
{
    echo "$network experiment main { for i in 0..3 { $1 ${2-} } print run_mean(n.A); }" >missed.crnl
    "$CRNLC" run missed.crnl >out 2>err || { cat err; exit 1; }
    grep -c 'warning: `until` has not ended this run: its condition is still false at t = 5' err || true
}
for method in ssa ode "ode(solver = rosenbrock)" tau hybrid "cle(dt = 0.01)"; do
    [ "$(missed "run n for 5 until A < -1 by $method;")" = 1 ] || { echo "$method: not told"; cat err; exit 1; }
    grep -q 'compared are `A` = .* and -1' err
    grep -q 'help: .*`print n.time;`' err
    [ "$(missed "run n for 5 until A < 9 by $method;")" = 0 ] || { echo "$method: told in vain"; cat err; exit 1; }
done
[ "$(missed 'run n for 5 until time >= 4 by ode;')" = 0 ]
[ "$(missed 'run n for 5 until A < -1 by ode;' 'print n.time;')" = 0 ]
[ "$(missed 'run n for 5 until A < -1 by ode -> "course.csv";')" = 0 ]
[ "$(missed 'run n for 5 until A < -1 by ssa(runs = 3);')" = 0 ]
