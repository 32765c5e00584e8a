#!/bin/bash
# Work and precision of the ODE solvers: for each problem (bench/ode/*.crnl) and rtol, at default atol, the steps, the processor time and
# the largest error at eight times, relative to the largest value of each amount, against a run at rtol 1e-12.
# Arguments: solvers (default all), then rtol's after --. EGFR names egfr_net.net of BioNetGen, if it is there.
. "$(dirname "$0")/lib.bash"
machine
solvers=() rtols=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do solvers+=("$1"); shift; done
[ $# -gt 0 ] && shift
rtols=("$@")
[ ${#solvers[@]} -gt 0 ] || solvers=(auto bdf erk adams)
[ ${#rtols[@]} -gt 0 ] || rtols=(1e-2 1e-3 1e-4 1e-5 1e-6 1e-7 1e-8 1e-9 1e-10 1e-11 1e-12 1e-13)
cd "$WORK"

run() # FILE END NAME OPTIONS...
{
    local file=$1 end=$2 name=$3
    shift 3
    "$CRNLC" run "$file" --until "$end" --every "$(awk -v e="$end" 'BEGIN { printf "%.17g", e / 8 }')" --out "$name.csv" \
        --verbose --max-seconds 60 "$@" 2>"$name.notes"
}
compare() # NAME REFERENCE: largest error, as a part of the largest value of its column
{
    awk -F, 'FNR == 1 { next }
        FNR == NR { for (i = 2; i <= NF; i++) { r[FNR, i] = $i; v = $i < 0 ? -$i : $i; if (v > most[i]) most[i] = v } next }
        { for (i = 2; i <= NF; i++) if (most[i] > 0) { d = $i - r[FNR, i]; if (d < 0) d = -d; if (d / most[i] > e) e = d / most[i] } }
        END { printf "%.1e", e }' "$2.csv" "$1.csv"
}
printf '%-16s %-6s %-6s %9s %9s %8s\n' problem solver rtol steps error seconds
while read -r problem end reference others; do
    file=$SRC/bench/ode/$problem.crnl
    [ "$problem" = egfr ] && file=${EGFR:-}
    [ -f "$file" ] || continue
    run "$file" "$end" reference --solver "$reference" --rtol 1e-12
    for solver in "${solvers[@]}"; do
        case " $others " in *" no_$solver "*) continue ;; esac # stiff: would take minutes
        for rtol in "${rtols[@]}"; do
            TIMEFORMAT=%U
            seconds=$( { time run "$file" "$end" x --solver "$solver" --rtol "$rtol" || true; } 2>&1 | tail -n 1)
            steps=$(sed -n 's/.*: \([0-9]*\) steps to .*/\1/p' x.notes)
            if grep -q 'error\[' x.notes; then error=failed; else error=$(compare x reference); fi
            printf '%-16s %-6s %-6s %9s %9s %8s\n' "$problem" "$solver" "$rtol" "${steps:--}" "$error" "$seconds"
        done
    done
done <<END
robertson 1e4 bdf no_erk no_adams
orego 360 bdf no_erk no_adams
hires 321.8122 bdf
pollution 60 bdf no_erk no_adams
van_der_pol 2000 bdf no_erk no_adams
brusselator 40 erk
lotka_volterra 40 erk
repressilator 20000 bdf no_erk no_adams
chain 100 erk
dips 100 erk
egfr 10 bdf
END
