#!/bin/bash
# Paper 001 again, in parts: what is exact (eq. 49, three clampings, extinction), figures 2 to 5, KL against the
# number of vesicles, and learning, five seeds. `make reproduce-autonomous`, or reproduce.sh FOLDER [PART...]:
# theory figure2 figure4 authors fails settings speed figure5 vesicles seeds, each some 10 s to 8 minutes of
# processor time. What a part prints stays in FOLDER/PART.log, and a part whose log ends with `done` is not run again,
# so that an interrupted reproduction goes on where it was. SEEDS: how many machines of ten vesicles learn (default 5),
# OTHER_SEEDS: how many of each number of vesicles in COUNTS (default 5 of 1, 2, 5, 10). Smaller, to try it out: UNITS
# of time that a machine learns for (default 300000), SIZE of figure 5's grid (default 6: 36 runs) and UNITS5 of each
# run (default 120000).
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
CRNLC=${CRNLC:-$here/../../build/crnlc}
work=$1
shift
units=${UNITS:-300000} size=${SIZE:-6} units5=${UNITS5:-120000}
out=$work seeds=${SEEDS:-5} other_seeds=${OTHER_SEEDS:-5} counts=${COUNTS:-1 2 5 10}
mkdir -p "$work"

run() # FILE EXPERIMENT options...
{
    local file=$1 experiment=$2
    shift 2
    echo "== $experiment $*"
    "$CRNLC" run "$here/$file.crnl" --experiment "$experiment" --quiet --allow-outside "$@" --out-dir "$out" 2>&1 |
        { grep -v 'W0410\|^ \|^$' || true; }
}
median() # of the numbers behind $1 in files...
{
    local name=$1
    shift
    cat "$@" | sed -n "s/^\(.* \)\?$name \([^ ]*\).*/\2/p" | sort -g |
        awk '{v[NR] = $1} END {print NR ? v[int((NR + 1) / 2)] : "none", NR}'
}

part_theory() { run theory feedback; run theory clampings; run theory extinction; }
part_figure2() { run clamp figure2; }
part_figure4() { run clamp figure4; }
part_authors() { run learn authors; }
part_fails() { run learn fails -D T="$units"; }
part_settings() { run learn settings; }
part_speed() # processor time of a third of figure 3's run
{
    local TIMEFORMAT='processor time of it: %U s of one core, with its start'
    time run learn learn -D N=10 -D T=100000 --seed 1
}
part_figure5() { run thermo figure5 -D SIZE="$size" -D T="$units5"; }
learned() # VESICLES SEED: learns once, and says where what it printed is
{
    local log=$work/learn-$1-$2
    if [ ! -s "$log" ]; then
        out=$work/learn-$1-$2.d
        mkdir -p "$out"
        run learn learn -D N="$1" -D T="$units" --seed "$2" >"$work/part"
        mv "$work/part" "$log"
        out=$work
    fi
    echo "$log"
}
part_seeds() # acceptance: medians over seeds, ten vesicles
{
    local seed m
    for ((seed = 1; seed <= seeds; seed++)); do cat "$(learned 10 $seed)"; done
    cp "$work"/learn-10-1.d/figure3* "$work"
    m=$(median 'KL(psi||pi)' "$work"/learn-10-?)
    echo "medians of KL(psi||pi), of KL(psi||clamped), seeds: ${m% *} $(median 'KL(psi||clamped)' "$work"/learn-10-?)"
    awk -v m="${m% *}" 'BEGIN {exit !(m < 0.05)}'
}
part_vesicles() # KL against the number of vesicles, the least, median and largest of seeds
{
    local n seed log
    echo "vesicles,least,median,largest,seeds" >"$work/vesicles.csv"
    for n in $counts; do
        for ((seed = 1; seed <= other_seeds; seed++)); do log=$(learned $n $seed); done
        sed -n 's/^.*KL(psi||pi) \([^ ]*\).*/\1/p' "$work"/learn-$n-? | sort -g |
            awk -v n=$n '{v[NR] = $1} END {print n "," v[1] "," v[int((NR + 1) / 2)] "," v[NR] "," NR}' >>"$work/vesicles.csv"
    done
    for n in $counts; do cat "$work/learn-$n-"?; done
    cat "$work/vesicles.csv"
    command -v gnuplot >/dev/null &&
        gnuplot -e "set term svg; set output '$work/vesicles.svg'; set datafile separator ','; set logscale xy; \
            set key off; set xrange [0.8:25]; set xlabel 'vesicles'; set ylabel 'KL(psi||pi), least, median, largest'; \
            plot '$work/vesicles.csv' every ::1 using 1:3:2:4 with yerrorlines"
}

for part in ${*:-theory figure2 figure4 authors fails settings speed figure5 vesicles seeds}; do
    log=$work/$part.log
    if [ "$(tail -n 1 "$log" 2>/dev/null)" = done ]; then
        cat "$log"
        continue
    fi
    part_$part 2>&1 | tee "$log"
    echo done >>"$log"
done
