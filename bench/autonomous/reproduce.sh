#!/bin/bash
# Paper 001 again, in parts: what is exact (eq. 49, three clampings, extinction), figures 2 to 5, KL against the
# number of vesicles, and learning, five seeds. `make reproduce-autonomous`, or reproduce.sh FOLDER [PART...]:
# theory figure2 figure4 authors fails settings speed figure5 vesicles seeds, each some 10 s to 8 minutes of
# processor time. What a part prints stays in FOLDER/PART.log, and a part whose log ends with `done` is not run again,
# so that an interrupted reproduction goes on where it was. SEEDS: how many machines of ten vesicles learn (default 5),
# OTHER_SEEDS: how many of each number of vesicles in COUNTS (default 5 of 1, 2, 5, 10). Smaller, to try it out: UNITS
# of time that a machine learns for (default 300000), SIZE of figure 5's grid (default 6: 36 runs) and UNITS5 of each
# run (default 120000). JOBS: how many processes go on side by side where seeds and rows of the grid are independent
# (default: as many as there are processors).
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
CRNLC=${CRNLC:-$here/../../build/crnlc}
work=$1
shift
units=${UNITS:-300000} size=${SIZE:-6} units5=${UNITS5:-120000}
out=$work seeds=${SEEDS:-5} other_seeds=${OTHER_SEEDS:-5} counts=${COUNTS:-1 2 5 10}
. "$here/../side_by_side.bash"
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
row() # NUMBER of a row of figure 5's grid
{
    out=$work/row-$1.d
    mkdir -p "$out"
    if [ ! -s "$work/row-$1" ]; then
        run thermo figure5 -D SIZE="$size" -D T="$units5" -D ROW="$1" --seed $(($1 + 1)) >"$out/printed"
        mv "$out/printed" "$work/row-$1"
    fi
}
part_figure5()
{
    local c
    side_by_side row $(seq 0 $((size - 1)))
    {
        echo "d_c,d_l,time,copying,clamping,learning,production_copying,production_learning"
        for ((c = 0; c < size; c++)); do cat "$work/row-$c.d/figure5_A.csv"; done
    } >"$work/figure5_A.csv"
    {
        echo "d_c,d_l,copying,clamping,learning,production_copying,production_learning,converged,at,dissipated_until"
        for ((c = 0; c < size; c++)); do cat "$work/row-$c.d/figure5.csv"; done
    } >"$work/figure5.csv"
    for ((c = 0; c < size; c++)); do cat "$work/row-$c"; done
    figure5_picture
    # What the paper says: copying is as good as it is irreversible, and limits learning.
    awk -F, 'NR > 1 {n[$1]++; copying[$1] += $3; learning[$1] += $5; has += $8 == "true"; most = $1; if (!least) least = $1}
        END {
            printf "%d of %d have converged\n", has, NR - 1
            for (d in n) {copying[d] /= n[d]; learning[d] /= n[d]}
            for (d = least; d <= most; d *= 4) if (d in n) print "d_c =", d, "mean copying error", copying[d], "learning", learning[d]
            exit !(copying[most] < copying[least] / 3 && learning[most] < learning[least])
        }' "$work/figure5.csv"
}
figure5_picture() # by crnlc: A: courses of the errors where d_c = d_l; B to D: errors over the second half
{
    {
        awk -F, '
            NR > 1 && $1 == $2 { t[$1] = t[$1] (t[$1] ? ", " : "") $3; e[$1] = e[$1] (e[$1] ? ", " : "") $6 }
            END { for (d = 1; d <= 4096; d *= 2) if (d in t) printf "const t%d = [%s];\nconst e%d = [%s];\n", d, t[d], d, e[d] }' "$work/figure5_A.csv"
        awk -F, '
            NR == 1 { next }
            !($1 in seen) { seen[$1] = 1; at[++n] = $1 }
            { for (k = 3; k <= 5; k++) row[k, n] = row[k, n] (row[k, n] != "" ? ", " : "") $k }
            END {
                for (i = 1; i <= n; i++) list = list (i > 1 ? ", " : "") at[i]
                print "const D = [" list "];"
                name[3] = "copying"; name[4] = "clamping"; name[5] = "learning"
                for (k = 3; k <= 5; k++) {
                    all = ""
                    for (i = 1; i <= n; i++) all = all (i > 1 ? ", " : "") "[" row[k, i] "]"
                    print "const " name[k] " = [" all "];"
                }
                print "experiment main {"
                print "  plot {"
                for (i = 1; i <= n; i++) {
                    printf("%s e%d vs t%d as lines(label = \"d = %d\")", (i > 1 ? "," : ""), at[i], at[i], at[i])
                }
                print "\n    with title = \"A: learning error where d_c = d_l = d\", y = log, x_label = \"time\", y_label = \"D(psi || pi), nats\""
                print "  }"
                for (k = 3; k <= 5; k++) {
                    printf "  { decision(l in D, c in D : %s[argmin([d in D : abs(d - c)]), argmin([d in D : abs(d - l)])])\n", name[k]
                    printf "    with x = log, y = log, x_label = \"d_l\", y_label = \"d_c\", title = \"%c: %s error, nats\" }\n", 63 + k, name[k]
                }
                print "  with columns = 2, size = [17.5 cm, 14 cm] -> \"figure5.svg\";\n}"
            }' "$work/figure5.csv"
    } >"$work/figure5.crnl"
    "$CRNLC" run "$work/figure5.crnl" --out-dir "$work"
}
learned() # VESICLES-SEED: learns once; what it printed is in learn-VESICLES-SEED
{
    out=$work/learn-$1.d
    mkdir -p "$out"
    if [ ! -s "$work/learn-$1" ]; then
        run learn learn -D N="${1%-*}" -D T="$units" --seed "${1#*-}" >"$out/printed"
        mv "$out/printed" "$work/learn-$1"
    fi
}
part_seeds() # acceptance: medians over seeds, ten vesicles
{
    local m
    side_by_side learned $(seq -f 10-%g "$seeds")
    cat $(seq -f "$work/learn-10-%g" "$seeds")
    cp "$work"/learn-10-1.d/figure3* "$work"
    m=$(median 'KL(psi||pi)' $(seq -f "$work/learn-10-%g" "$seeds"))
    echo "medians of KL(psi||pi), of KL(psi||clamped), seeds: ${m% *} $(median 'KL(psi||clamped)' $(seq -f "$work/learn-10-%g" "$seeds"))"
    awk -v m="${m% *}" 'BEGIN {exit !(m < 0.05)}'
}
vesicles_picture() # by crnlc: least, median, largest
{
    awk -F, 'NR > 1 { n = n c $1; least = least c $2; median = median c $3; most = most c $4; c = ", " } END {
        print "experiment main { let n = [" n "], least = [" least "], median = [" median "], most = [" most "];"
        print "plot median vs n as points(low = least, high = most, size = 0.7) with title = \"learned by hybrid, five seeds: least, median, largest\","
        print "x = log(0.8, 13), y = log(0.005, 0.2), x_label = \"number of vesicles\", y_label = \"KL(ψ‖π) (nats)\" -> \"vesicles.svg\"; }"
    }' "$work/vesicles.csv" >"$work/vesicles.crnl"
    "$CRNLC" run "$work/vesicles.crnl" --out-dir "$work"
}
part_vesicles() # KL against the number of vesicles, the least, median and largest of all seeds that have learned
{
    local n
    side_by_side learned $(for n in $counts; do seq -f "$n-%g" "$other_seeds"; done)
    echo "vesicles,least,median,largest,seeds" >"$work/vesicles.csv"
    for n in $counts; do
        cat $(find "$work" -maxdepth 1 -type f -name "learn-$n-*" | sort) | tee /dev/stderr |
            sed -n 's/^.*KL(psi||pi) \([^ ]*\).*/\1/p' | sort -g |
            awk -v n="$n" '{v[NR] = $1} END {print n "," v[1] "," v[int((NR + 1) / 2)] "," v[NR] "," NR}' >>"$work/vesicles.csv"
    done
    cat "$work/vesicles.csv"
    vesicles_picture
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
