#!/bin/bash
# `by ode` on large networks of BioNetGen, atol 1e-9, rtol 1e-6, against direct programs of SUNDIALS (bench/ode/direct.c: KLU with AMD,
# GMRES with ILU(0)) and an older crnlc, in turns, in seconds of processor time of a run:
#   ode_large.sh [FOLDER] [OLD]    ROUNDS: turns (3)
# FOLDER, ../shared/data/net if none is given, has multisite2.net, egfr_net.net, BCR.net, fceri_gamma2.net, or some of them, also as
# NAME_no_obs.net and compressed (.gz).
# Error: the root of the mean square of differences at the end, in units of atol + rtol |x|, from a run at a thousandth of both.
. "$(dirname "$0")/lib.bash"
folder=${1:-$SRC/../shared/data/net} old=${2-} rounds=${ROUNDS:-3}
cc -std=gnu11 -O3 -march=native -I/usr/include/suitesparse "$SRC/bench/ode/direct.c" -o "$WORK/direct" -lsundials_cvode \
    -lsundials_sunlinsolklu -lsundials_sunlinsoldense -lsundials_sunlinsolspgmr -lsundials_sunmatrixsparse -lsundials_sunmatrixdense \
    -lsundials_nvecserial -lklu -lm
machine

network_file() # name: prints where the network is, or nothing
{
    local at
    for at in "$folder/$1.net" "$folder/${1}_no_obs.net"; do
        if [ -f "$at" ]; then
            realpath "$at"
        elif [ -f "$at.gz" ]; then
            gunzip -c "$at.gz" >"$WORK/$1.net"
            echo "$WORK/$1.net"
        fi
    done | head -n 1
}
program() # net end options repeats
{
    echo "network net = import \"$1\"; experiment main { for i in 0..$4 { run net for $2 by ode($3) -> \"net.csv\"; } }"
}
seconds_of() # crnlc net end repeats: of one run, without what a run to time 0 takes
{
    program "$2" 0 "rtol = 1e-6" 1 >"$WORK/none.crnl"
    program "$2" "$3" "rtol = 1e-6, atol = 1e-9" "$4" | sed 's/ -> "net.csv"//' >"$WORK/net.crnl"
    awk -v all="$(cpu_seconds "$1" run --quiet --out-dir "$WORK" "$WORK/net.crnl")" -v n="$4" \
        -v none="$(cpu_seconds "$1" run --quiet --out-dir "$WORK" "$WORK/none.crnl")" 'BEGIN { printf "%.6f\n", (all - none) / n }'
}
end_of() # net end options: amounts at the end, one a line
{
    program "$1" "$2" "$3" 1 >"$WORK/end.crnl"
    "$CRNLC" run --quiet --out-dir "$WORK" "$WORK/end.crnl"
    tail -n 1 "$WORK/net.csv" | tr ',' '\n' | tail -n +2
}
error() # reference amounts
{
    paste "$1" "$2" | awk '{ d = ($1 - $2) / (1e-9 + 1e-6 * ($1 < 0 ? -$1 : $1)); s += d * d } END { printf "%.2g", sqrt(s / NR) }'
}
while read -r name end repeats kinds; do
    net=$(network_file "$name")
    [ -n "$net" ] || continue
    awk -f "$SRC/bench/floor/list_of_net.awk" "$net" >"$WORK/list"
    end_of "$net" "$end" "rtol = 1e-9, atol = 1e-12" >"$WORK/reference"
    end_of "$net" "$end" "rtol = 1e-6, atol = 1e-9" >"$WORK/mine"
    rm -f "$WORK"/time.*
    for _ in $(seq "$rounds"); do
        seconds_of "$CRNLC" "$net" "$end" "$repeats" >>"$WORK/time.crnlc"
        for kind in $kinds; do
            "$WORK/direct" "$kind" "$end" 1e-6 1e-9 "$repeats" <"$WORK/list" >"$WORK/out"
            head -n 1 "$WORK/out" | cut -d' ' -f1 >>"$WORK/time.$kind"
            tail -n +2 "$WORK/out" >"$WORK/end.$kind"
        done
        if [ "$old" ] && [ "$name" != fceri_gamma2 ]; then
            seconds_of "$old" "$net" "$end" "$repeats" >>"$WORK/time.old"
        fi
    done
    mine=$(median <"$WORK/time.crnlc")
    echo "$name to $end: $mine s, error $(error "$WORK/reference" "$WORK/mine")"
    for kind in $kinds old; do
        [ -f "$WORK/time.$kind" ] || continue
        echo "  $kind $(median <"$WORK/time.$kind") s, ratio $(awk -v a="$mine" -v b="$(median <"$WORK/time.$kind")" 'BEGIN { printf "%.2f", a / b }')" \
            "$([ "$kind" = old ] || echo "error $(error "$WORK/reference" "$WORK/end.$kind")")"
    done
done <<'LIST'
multisite2 1e4 40 amd none ilu
egfr_net 1e3 5 amd diagonal ilu
BCR 1e3 1 ilu
fceri_gamma2 1e3 1 ilu
LIST
