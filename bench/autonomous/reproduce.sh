#!/bin/bash
# Paper 001 again, in parts: what is exact (eq. 49, three clampings, extinction), figures 2 to 5, KL against the
# number of vesicles, and learning, five seeds. `make reproduce-autonomous`, or reproduce.sh FOLDER [PART...]:
# theory figure2 figure4 authors fails settings vesicles figure5 seeds, each some 10 s to 10 minutes of processor
# time. What a part prints stays in FOLDER/PART.log, and a part whose log ends with `done` is not run again, so
# that an interrupted reproduction goes on where it was. SEEDS: how many (default 5).
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
CRNLC=${CRNLC:-$here/../../build/crnlc}
work=$1
shift
mkdir -p "$work"

run() # FILE EXPERIMENT options...
{
    local file=$1 experiment=$2
    shift 2
    echo "== $experiment $*"
    "$CRNLC" run "$here/$file.crnl" --experiment "$experiment" --quiet --allow-outside "$@" --out-dir "$work" 2>&1 |
        { grep -v 'W0410\|^ \|^$' || true; }
}
median() # of the numbers behind $1 in files...
{
    local name=$1
    shift
    cat "$@" | sed -n "s/^$name \([^ ]*\).*/\1/p" | sort -g |
        awk '{v[NR] = $1} END {print NR ? v[int((NR + 1) / 2)] : "none", NR}'
}

part_theory() { run theory feedback; run theory clampings; run theory extinction; }
part_figure2() { run clamp figure2; }
part_figure4() { run clamp figure4; }
part_authors() { run learn authors; }
part_fails() { run learn fails; }
part_settings() { run learn settings; }
part_figure5() { run thermo figure5; }
part_vesicles() # KL against the number of vesicles
{
    echo "vesicles,KL" >"$work/vesicles.csv"
    for n in 1 2 5 10 20; do
        run learn learn -D N=$n --seed 11 | tee "$work/vesicles-$n"
        echo "$n,$(sed -n 's/^KL(psi||pi) \([^ ]*\).*/\1/p' "$work/vesicles-$n")" >>"$work/vesicles.csv"
    done
    command -v gnuplot >/dev/null &&
        gnuplot -e "set term svg; set output '$work/vesicles.svg'; set datafile separator ','; set logscale
            set key off; set xlabel 'vesicles'; set ylabel 'KL(psi||pi)'
            plot '$work/vesicles.csv' every ::1 using 1:2 with linespoints"
}
part_seeds() # acceptance: the median over seeds
{
    local seed m
    for ((seed = 1; seed <= ${SEEDS:-5}; seed++)); do
        if [ ! -s "$work/learn-$seed" ]; then
            run learn learn --seed "$seed" >"$work/part"
            mv "$work/part" "$work/learn-$seed"
        fi
        cat "$work/learn-$seed"
    done
    m=$(median 'KL(psi||pi)' "$work"/learn-*)
    echo "median of KL(psi||pi), seeds: $m"
    awk -v m="${m% *}" 'BEGIN {exit !(m < 0.05)}'
}

for part in ${*:-theory figure2 figure4 authors fails settings vesicles figure5 seeds}; do
    log=$work/$part.log
    if [ "$(tail -n 1 "$log" 2>/dev/null)" = done ]; then
        cat "$log"
        continue
    fi
    part_$part 2>&1 | tee "$log"
    echo done >>"$log"
done
