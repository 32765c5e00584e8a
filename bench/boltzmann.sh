#!/bin/bash
# The classifications of paper 000: N (10,000) images, drawn three times each, 20,000 events and 20,000 more, through chemistry and by
# Gibbs sampling of a machine that has learned for one epoch. Start, binarisation and reading of the data count. Processor time of all
# threads, which other work on the machine disturbs less than the time that passes; the goals, 90 s and 40 s, are of two cores.
# Needs the data in ../shared/data beside the tree, or in DATA.
. "$(dirname "$0")/lib.bash"
DATA=$(realpath "${DATA:-$SRC/../shared/data}")
N=${N:-10000}
machine
sed -n '1,/^param burn_in/p; /^model/p; /^network tcbm/p; /^param threshold/p; /^fn above/p; /^fn pixels/p' "$SRC/bench/boltzmann/mnist.crnl" |
    awk '!seen[$0]++' >"$WORK/speed.crnl"
sed -n '/^experiment train_imported/,/^}/p' "$SRC/bench/boltzmann/mnist.crnl" >>"$WORK/speed.crnl"
cat >>"$WORK/speed.crnl" <<'END'
experiment chemistry {
  load bm from "imported.npz";
  run tcbm over i in 0..n, k in 0..samples with clamp pixel = bernoulli(test[i].input) after burn_in events for events events by ssa;
  print mean(event_mean(tcbm.label.on));
}
experiment gibbs {
  load bm from "imported.npz";
  run bm over i in 0..n, k in 0..samples with clamp pixel = bernoulli(test[i].input) after burn_in events for events events by gibbs;
  print mean(event_mean(bm.label));
}
END
run() # EXPERIMENT
{
    "$CRNLC" run "$WORK/speed.crnl" --experiment "$1" -D n="$N" --data-dir "$DATA/mnist" --out-dir "$WORK"
}
run train_imported
for name in chemistry gibbs; do
    row "$((3 * N)) rows, $name, on each of two cores" \
        "$(cpu_seconds run $name | awk -v n="$N" '{ print $1 / 2 * 10000 / n }')" $([ $name = gibbs ] && echo 40 || echo 90) s
done
