# Learning that is interrupted ends with what it has, and says so unless it is to be quiet; the program goes on, and its status tells.
awk 'BEGIN { for (i = 0; i < 8; i++) print i % 2 - 0.5 "," i % 3 - 1 "," i % 2 }' >points.csv
cat >learn.crnl <<'END'
data points = csv("points.csv", input = 0..2, label = 2);
model m = relu[2, 3, 2];
network decay { species A = 1; A -> 0; }
experiment main {
  run decay for 1 -> "begun.csv";
  learn m from points by binary_connect(epochs = 100000000, batch = 8);
  print "went on";
}
END
used() # PID: hundredths of a second of processor time
{
    awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat" 2>/dev/null || echo 0
}
learn() # FILE options...: to out and err, interrupted when it has learned for 0.3 seconds; status 130
{
    local child begun
    rm -f begun.csv
    (trap - INT; exec "$CRNLC" run "$@") >out 2>err &
    child=$!
    while kill -0 $child && [ ! -e begun.csv ]; do
        sleep 0.1
    done
    begun=$(used $child)
    while kill -0 $child && [ "$(used $child)" -lt $((begun + 30)) ]; do
        sleep 0.1
    done
    kill -INT $child
    local status=0
    wait $child || status=$?
    [ $status = 130 ]
}
learn learn.crnl
[ "$(cat out)" = "went on" ]
grep -q '^learn.crnl:[0-9]*:[0-9]*: warning: m: learning was interrupted in epoch [0-9]*; the program goes on' err
learn learn.crnl --quiet
[ "$(cat out)" = "went on" ]
[ ! -s err ] || { cat err; exit 1; }
# In the first epoch there is nothing to go on with.
cat >first.crnl <<'END'
model m = boltzmann { visible v[200]; hidden h[40]; connect all; }
network decay { species A = 1; A -> 0; }
experiment main {
  run decay for 1 -> "begun.csv";
  learn m from i in 0..20000 with v = zeros(200) by contrastive_divergence(steps = 100);
  print "went on";
}
END
learn first.crnl
[ ! -s out ]
grep -q 'interrupted by SIGINT' err
