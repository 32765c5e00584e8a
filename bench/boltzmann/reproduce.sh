#!/bin/bash
# Paper 000 again, section 4.2 and appendix 7.2: MNIST by a Boltzmann machine and by chemistry, each with three seeds.
# `make reproduce-boltzmann`. reproduce.sh FOLDER [PART...]: works in FOLDER. A part is one experiment of mnist.crnl with one seed,
# NAME/SEED as in train/0 (default all); what it prints is kept in FOLDER/seed-SEED/NAME.log, and a part that has ended is not run
# again, so that what was interrupted goes on. In the end all that there is is printed, with medians over the seeds.
# Needs the data in ../shared/data beside the tree, or in DATA. N: how many images (default all 10,000).
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
CRNLC=${CRNLC:-$here/../../build/crnlc}
DATA=$(realpath "${DATA:-$here/../../../shared/data}")
[ -d "$DATA/mnist" ] || { echo "no data in $DATA: set DATA" >&2; exit 1; }
work=$1
shift
order="train train_imported train_through train_one_way one_way through validate machine chemistry generate draw"
parts=${*:-$(for name in $order; do for seed in 0 1 2; do echo $name/$seed; done; done)}

run() # EXPERIMENT SEED
{
    "$CRNLC" run "$here/mnist.crnl" --experiment "$1" -D n="${N:-10000}" --seed "$2" --data-dir "$DATA/mnist" --out-dir "$work/seed-$2"
}

draw() # EXPERIMENT SEED
{
    python3 "$here/draw_machine.py" "$work/seed-$2/bm.json" "$work/seed-$2/bm.svg"
}

part() # NAME SEED
{
    local log=$work/seed-$2/$1.log how=run
    mkdir -p "$work/seed-$2"
    [ ! -s "$log" ] || return 0
    [ "$1" != draw ] || how=draw
    {
        echo "# $(date -u '+%Y-%m-%d %H:%M'), $("$CRNLC" --version | head -n 1), ${N:-10000} images"
        TIMEFORMAT='# %U s of processor time'
        time $how "$1" "$2"
    } >"$log.part" 2>&1 || { tail -n 20 "$log.part" >&2; return 1; }
    mv "$log.part" "$log"
}

for one in $parts; do
    part "${one%/*}" "${one#*/}"
done
for name in $order; do
    for log in "$work"/seed-*/$name.log; do
        [ -s "$log" ] || continue
        seed=${log%/*}
        echo "== $name, seed ${seed##*-}"
        cat "$log"
    done
done
echo "== medians over the seeds that are there"
for name in $order; do
    cat "$work"/seed-*/$name.log 2>/dev/null | grep -v '^#' | sort | awk -v name=$name '
        { text = $0; sub(/ [^ ]*$/, "", text) }
        text != last { tell(); n = 0; last = text }
        $NF + 0 == $NF { value[++n] = $NF }
        END { tell() }
        function tell(i, j, v) {
            for (i = 2; i <= n; i++) {
                v = value[i]
                for (j = i - 1; j > 0 && value[j] > v; j--) value[j + 1] = value[j]
                value[j + 1] = v
            }
            if (n) print name ": " last " " (n % 2 ? value[(n + 1) / 2] : (value[n / 2] + value[n / 2 + 1]) / 2) ", " n " seeds"
        }' || true
done
