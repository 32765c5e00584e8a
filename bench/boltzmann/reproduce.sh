#!/bin/bash
# Paper 000 again, section 4.2 and appendix 7.2: MNIST by a Boltzmann machine and by chemistry, with three machines, each trained with
# a seed of its own. `make reproduce-boltzmann`. reproduce.sh FOLDER: works in FOLDER; machines that are there already are used,
# not trained again. Needs the data in ../shared/data beside the tree, or in DATA. N: how many images (default all 10,000).
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
CRNLC=${CRNLC:-$here/../../build/crnlc}
DATA=$(realpath "${DATA:-$here/../../../shared/data}")
[ -d "$DATA/mnist" ] || { echo "no data in $DATA: set DATA" >&2; exit 1; }
work=$1

run() # EXPERIMENT
{
    echo "== $1"
    "$CRNLC" run "$here/mnist.crnl" --experiment "$1" -D n="${N:-10000}" --seeds 3 --data-dir "$DATA/mnist" --out-dir "$work"
}
mkdir -p "$work"
[ -s "$work/seed-2/bm.npz" ] || run train
[ -s "$work/seed-2/through.npz" ] || run train_through
[ -s "$work/seed-2/ff.npz" ] || run train_one_way
for experiment in validate machine chemistry through one_way generate; do
    run $experiment
done
python3 "$here/draw_machine.py" "$work/seed-0/bm.json" "$work/seed-0/bm.svg"
