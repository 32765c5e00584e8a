#!/bin/bash
# Paper 004 again: figures 4 to 6, losses and accuracies over seeds, learning by molecules, program 11, settings of our own,
# a chemical clock, strands. `make reproduce-neural-crn`; some hours on one core. reproduce.sh FOLDER [PART...]: works in
# FOLDER, parts as below (default all). What a part prints is kept in FOLDER/PART.done, what each seed prints in a file of
# FOLDER/seeds, and what is there is not run again: a run that was cut off goes on. Needs the data in ../shared/data beside
# the tree, or in DATA. JOBS: how many seeds go on side by side (default: as many as there are processors).
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
CRNLC=${CRNLC:-$here/../../build/crnlc}
DATA=${DATA:-$here/../../../shared/data}
[ -d "$DATA/neural_crn" ] || { echo "no data in $DATA: set DATA" >&2; exit 1; }
work=$1
shift
parts=${*:-linear clock regression classification signed own rings strands}
mkdir -p "$work/seeds"
. "$here/../side_by_side.bash"

run() # PROGRAM EXPERIMENT OPTIONS...
{
    local program=$1 experiment=$2
    shift 2
    "$CRNLC" run "$here/$program.crnl" --experiment "$experiment" --data-dir "$DATA/neural_crn" \
        --out-dir "$work" "$@"
}

one_seed() # SEED, of what over_seeds is about
{
    if [ ! -f "$stem-$1" ]; then
        run "$program" "$experiment" --seed "$1" "${options[@]}" >"$stem-$1.part" 2>/dev/null || echo "fails" >"$stem-$1.part"
        mv "$stem-$1.part" "$stem-$1"
    fi
}

# What is printed for each of the seeds up to $3, and the median of each number; a seed that fails is counted.
over_seeds() # PROGRAM EXPERIMENT SEEDS OPTIONS...
{
    local program=$1 experiment=$2 seeds=$3
    shift 3
    local options=("$@") stem=$work/seeds/$program-$experiment${*:+-${*: -1}}
    echo "== $experiment $*"
    side_by_side one_seed $(seq "$seeds")
    cat $(seq -f "$stem-%g" "$seeds") | tee "$stem"
    awk '/fails/ { bad++; next } { n++; for (i = 2; i <= NF; i += 2) { name[i] = $(i - 1); v[i, n] = $i } }
        END {
            printf "median of %d", n
            for (i = 2; i in name; i += 2) {
                for (a = 1; a <= n; a++) for (b = a + 1; b <= n; b++) if (v[i, b] + 0 < v[i, a] + 0) {
                    t = v[i, a]; v[i, a] = v[i, b]; v[i, b] = t
                }
                printf ", %s %s", name[i], n % 2 ? v[i, (n + 1) / 2] : (v[i, n / 2] + v[i, n / 2 + 1]) / 2
            }
            printf ", failed %d\n", bad
        }' "$stem"
}

linear()
{
    run linear figure4
    run linear by_molecules
    run linear three_classes
}

regression()
{
    local step
    run regression figure5
    for step in 0.375 0.6; do
        over_seeds regression nonlinear_regression 11 --set step=$step
        over_seeds regression sine_square 11 --set step=$step
        over_seeds regression approximate 11 --set step=$step
    done
    over_seeds regression approximate_long 11 --set step=0.6
}

classification()
{
    local experiment
    run classification figure6
    for experiment in linear2d_cubic rings2d_cubic xor2d_cubic xor2d_bimolecular rings2d_bimolecular; do
        over_seeds classification $experiment 5
    done
}

signed()
{
    over_seeds signed xor2d_signed 5
    over_seeds signed rings2d_signed 5
}

own()
{
    local set
    for set in linear2d rings2d xor2d; do
        over_seeds own ${set}_own 5
    done
}

clock()
{
    over_seeds clock main 5
}

strands()
{
    local fast
    for fast in 50 1000 10000; do
        echo "== k_fast = $fast"
        run strands main -D FAST=$fast
    done
}

rings()
{
    run rings main
}

for part in $parts; do
    if [ ! -f "$work/$part.done" ]; then
        { echo "# $part"; $part; } >"$work/$part.log"
        mv "$work/$part.log" "$work/$part.done"
    fi
    cat "$work/$part.done"
done
