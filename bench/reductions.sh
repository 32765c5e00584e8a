#!/bin/bash
# What passes for the ODE save on networks of BioNetGen, named on the command line: time of a run of 100 as it is and reduced,
# medians of five in turns; and what passes for limits save on stored ReLU networks, FILE.json or FILE.json:WEIGHTS, whose
# name tells the layers: iris-4-8-3.json, virus-10-8-4.json:ternary. RUNS: how many are timed together.
. "$(dirname "$0")/lib.bash"
machine

program() # NETWORK RUNS
{
    cat <<EOF
network m = import "$1";
network e = optimize m by (canonical, lump_equal, merge_duplicates);
network c = optimize m by (canonical, conservation_ode);
experiment plain { for i in 0..$2 { run m for 100; } print count_species(m), count_reactions(m); }
experiment equal { for i in 0..$2 { run e for 100; } print count_species(e), count_reactions(e); }
experiment conserved { for i in 0..$2 { run c for 100; } print count_species(c), count_reactions(c); }
EOF
}

# CPU seconds of a run: many runs less one, without what compiling takes.
measure() # NETWORK
{
    local runs=${RUNS:-400} i e
    : >"$WORK/plain"; : >"$WORK/equal"; : >"$WORK/conserved"
    program "$1" 1 >"$WORK/one.crnl"
    program "$1" $((runs + 1)) >"$WORK/many.crnl"
    for i in 1 2 3 4 5; do
        for e in plain equal conserved; do
            a=$(cpu_seconds "$CRNLC" run "$WORK/one.crnl" --experiment $e)
            b=$(cpu_seconds "$CRNLC" run "$WORK/many.crnl" --experiment $e)
            awk -v a="$a" -v b="$b" -v n=$runs 'BEGIN { print 1e3 * (b - a) / n }' >>"$WORK/$e"
        done
    done
    for e in plain equal conserved; do
        awk -v name="$(basename "$1") $e" -v t="$(median <"$WORK/$e")" -v from="$(median <"$WORK/plain")" \
            -v size="$("$CRNLC" run "$WORK/one.crnl" --experiment $e 2>/dev/null)" 'BEGIN {
            split(size, s, " ")
            printf "%-44s %5d species %6d reactions %9.3f ms a run, ratio %.2f\n", name, s[1], s[2], t, t / from }'
    done
}

relu() # FILE WEIGHTS
{
    local name layers
    name=$(basename "$1" .json)
    layers=${name#*-}
    cat >"$WORK/relu.crnl" <<EOF
model m = relu[${layers//-/, }] { weights = $2; }
model f = m from "$1";
network chem = lower f to rate_independent;
EOF
    for list in fan_out,copies unimolecular,dual_rail,fan_out,copies; do
        "$CRNLC" report "$WORK/relu.crnl" --network chem --passes=$list 2>/dev/null | awk -v name="$name" '
            NR > 2 { printf "%-18s %-14s %5d species %5d reactions %6d entries\n", name, $1, $2, $3, $4 }'
    done
}

for file in "$@"; do
    case $file in
    *.json) relu "$(realpath "$file")" real ;;
    *.json:*) relu "$(realpath "${file%:*}")" "${file##*:}" ;;
    *) measure "$(realpath "$file")" ;;
    esac
done
