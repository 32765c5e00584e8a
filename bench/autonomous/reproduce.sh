#!/bin/bash
# Paper 001 again: figures 2 and 4, what is exact (eq. 49, three clampings, extinction), and learning, five seeds. `make
# reproduce-autonomous`, or reproduce.sh FOLDER. About 20 minutes of processor time; SEEDS: how many (default 5).
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
CRNLC=${CRNLC:-$here/../../build/crnlc}
work=$1
mkdir -p "$work"

run() # FILE EXPERIMENT options...
{
    local file=$1 experiment=$2
    shift 2
    echo "== $experiment $*"
    "$CRNLC" run "$here/$file.crnl" --experiment "$experiment" --quiet --allow-outside "$@" 2>&1 --out-dir "$work" |
        grep -v 'W0410\|^ \|^$'
}
run theory feedback
run theory clampings
run theory extinction
run clamp figure2
run clamp figure4
run learn authors
run learn fails
for n in 1 2 5 20; do
    run learn learn -D N=$n
done
for ((seed = 1; seed <= ${SEEDS:-5}; seed++)); do
    run learn learn --seed "$seed" | tee "$work/learn-$seed"
done
# Acceptance: the median over seeds.
cat "$work"/learn-* | sed -n 's/^KL(psi||pi) \([^ ]*\).*/\1/p' | sort -g |
    awk '{v[NR] = $1} END {m = v[int((NR + 1) / 2)]; print "median of KL(psi||pi) over", NR, "seeds:", m; exit !(m < 0.05)}'
