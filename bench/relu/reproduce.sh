#!/bin/bash
# Paper 002 again: counts, accuracies, agreement of network and chemistry, figures, convergence. `make reproduce-relu`; about a quarter
# of an hour on one core, most of it MNIST. reproduce.sh FOLDER [PART...]: works in FOLDER, parts stored iris virus bits mnist
# mnist8 convergence figures (default all). Trained networks that are in FOLDER/out already are used, not trained again.
# Needs the data in ../shared/data beside the tree, or in DATA.
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
CRNLC=${CRNLC:-$here/../../build/crnlc}
DATA=${DATA:-$here/../../../shared/data}
[ -d "$DATA/relu" ] || { echo "no data in $DATA: set DATA" >&2; exit 1; }
work=$1
shift
parts=${*:-stored iris virus bits mnist mnist8 convergence figures}
mkdir -p "$work/out"
for file in "$DATA"/* "$DATA"/mnist/*; do
    ln -sfn "$(realpath "$file")" "$work/"
done

run() # PROGRAM EXPERIMENT OPTIONS...
{
    local program=$1 experiment=$2
    shift 2
    "$CRNLC" run "$here/$program.crnl" --experiment "$experiment" --data-dir "$work" --out-dir "$work/out" "$@"
}

# The examples stored with the networks, as rows: inputs, label, prediction.
stored()
{
    local name
    for name in iris-4-8-3 mnist-196-64-10 virus-10-8-4; do
        grep -o '{"x": \[[^]]*\], "label": [0-9]*, "nn_pred": [0-9]*}' "$work/relu/$name.json" |
            sed 's/{"x": \[//; s/\], "label": /, /; s/, "nn_pred": /, /; s/}//' >"$work/${name%%-*}_stored.csv"
    done
    run stored main
    run iris stored
}

# Ten seeds on all 150 flowers; the best is kept. Then 5 folds, the seed of each chosen by the loss on its training rows.
iris()
{
    local seed fold right=0 best=0 n
    for seed in 1 2 3 4 5 6 7 8 9 10; do
        n=$(run iris train --seed $seed | sed -n 's/^right of 150 //p')
        echo "$n" >>"$work/iris.right.part"
        if [ "$n" -gt $best ]; then
            best=$n
            cp "$work/out/iris.npz" "$work/out/iris.best.npz"
        fi
    done
    mv "$work/out/iris.best.npz" "$work/out/iris.npz"
    sort -n "$work/iris.right.part" | tr '\n' ' ' | sed 's/^/IRIS, right of 150 by ten seeds: /; s/ $/\n/'
    sort -n "$work/iris.right.part" | awk '{ v[NR] = $1 } END { print "best", v[NR], "median", (v[5] + v[6]) / 2 }'
    rm "$work/iris.right.part"
    for seed in 1 2 3 4 5 6 7 8 9 10; do
        run iris train_plain --seed $seed | sed -n 's/^right of 150 //p'
    done | sort -n | tr '\n' ' ' | sed 's/^/without gain: /; s/ $/\n/'
    run iris verify
    for fold in 0 1 2 3 4; do
        awk -v k=$fold 'BEGIN {
            for (i = 0; i < 150; i++) if (i % 5 == k) test = test (test ? ", " : "") i; else train = train (train ? ", " : "") i
            print "{\"train\": [" train "], \"test\": [" test "]}" }' >"$work/fold.json"
        n=$(for seed in 1 2 3 4 5 6 7 8 9 10; do run iris_fold main --seed $seed; done | sort -g | sed -n '1s/.* //p')
        right=$((right + n))
    done
    echo "5-fold cross-validation: right of 150: $right"
}

# Fold 0..4 of the 592 rows that are not for the test: those held out, 34 for validation, the others.
virus_fold()
{
    tr -d ' \n' <"$work/virus_split.json" | grep -o '"\(train\|valid\)":\[[^]]*\]' | sed 's/.*\[//; s/\]//' | tr ',' '\n' |
        awk -v k="$1" '
            function add(list, row) { return list (list == "" ? "" : ", ") row }
            (NR - 1) % 5 == k { test = add(test, $1); next }
            n++ < 34 { validation = add(validation, $1); next }
            { train = add(train, $1) }
            END { print "{\"train\": [" train "], \"validation\": [" validation "], \"test\": [" test "]}" }' >"$work/fold.json"
}

# Settings by cross-validation, then ten seeds, of which that with the lowest loss on all rows but the test's is kept. Only then are
# the test rows looked at.
virus()
{
    local seed fold set best setting
    for fold in 0 1 2 3 4; do
        virus_fold $fold
        run virus settings --seed 1
    done | awk '{ right[$1 " " $2 " " $3 " " $4] += $5 } END { for (s in right) print right[s], s }' | sort -k1,1nr -k2 >"$work/virus.settings"
    awk 'NR == 1 { best = $1 } END { print "virus, right of 3 x 592 held out rows:", NR, "settings have", $1, "to", best }' "$work/virus.settings"
    read -r best setting <"$work/virus.settings"
    echo "chosen: lr, gain of both layers, dropout = $setting ($best right)"
    read -ra set <<<"$setting"
    set=(--set "lr=${set[0]}" --set "gain0=${set[1]}" --set "gain1=${set[2]}" --set "dropout=${set[3]}")
    for fold in 0 1 2 3 4; do
        virus_fold $fold
        run virus seeds --seed 1 "${set[@]}"
    done | awk '{ for (i = 1; i <= 3; i++) right[i] += $i } END { print "right of 592 held out rows, seed by the loss on 34 validation rows:",
        right[1] "; on these and the training rows:", right[2] "; mean of 10 seeds:", right[3] }'
    for seed in 1 2 3 4 5 6 7 8 9 10; do
        echo "$(run virus train --seed $seed "${set[@]}") seed $seed"
        mkdir -p "$work/out/$seed"
        mv "$work/out/virus.npz" "$work/out/$seed/virus.npz"
    done | tee "$work/virus.loss"
    seed=$(sort -g -k7,7 "$work/virus.loss" | sed -n '1s/.* //p')
    echo "kept: seed $seed"
    cp "$work/out/$seed/virus.npz" "$work/out/virus.npz"
    run virus verify
    for seed in 1 2 3 4 5 6 7 8 9 10; do
        "$CRNLC" run "$here/virus.crnl" --experiment verify --data-dir "$work" --out-dir "$work/out/$seed" |
            sed -n 's/^test accuracy \([^ ]*\).*/\1/p'
    done | sort -g | tr '\n' ' ' | sed 's/^/virus, test accuracy by ten seeds: /; s/ $/\n/'
}

bits()
{
    run bits train_iris --seed 1
    run bits iris_limits
}

mnist()
{
    [ -f "$work/out/mnist.npz" ] || run mnist train --seed 1
    run mnist counts
    run mnist accuracy
    run mnist limits
    run mnist ode --seed 1
}

mnist8()
{
    [ -f "$work/out/mnist_8bit.npz" ] || run bits train_mnist --seed 1
    run bits mnist_limits --seed 1
}

convergence()
{
    run convergence train --seed 1
    run convergence depth
    run convergence rails
}

figures()
{
    run iris figure2
    run mnist figure3
    run virus figure4
    ls "$work"/out/figure*.svg "$work"/out/figure*.png
}

echo "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1), $(nproc) processors, $("$CRNLC" --version)"
for part in $parts; do
    start=$SECONDS
    echo "== $part"
    $part
    echo "($((SECONDS - start)) s)"
done
