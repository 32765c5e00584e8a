#!/bin/bash
# Time of the general passes on 1,000 to 1,000,000 reactions: linear growth means that the times of a reaction stay, but for
# what no longer fits into caches. And on the largest network of BioNetGen that simulators are compared by, if it is there.
. "$(dirname "$0")/lib.bash"
machine
LIST=canonical,merge_duplicates,unreachable,unobservable,lump_counts,lump_sums,lump_equal,conservation,dual_rail
DATA=${DATA:-$SRC/../shared/data}

# A chain of n species with branches, three of ten reactions bimolecular, rails at the end, one output: nothing can be lumped.
random() # reactions
{
    awk -v n="$1" 'BEGIN {
        srand(1)
        print "network \"random\" {\n  param k = 1"
        for (i = 0; i < n; i++) printf "  species S%d = %d\n", i, i % 3
        print "  species y.p\n  species y.n"
        for (i = 0; i < n; i++) {
            j = (i + 1 + int(rand() * 7)) % n
            if (i % 10 < 3) printf "  S%d + S%d ->{k} S%d + 2 y.p + y.n\n", i, j, (j + 1) % n
            else printf "  S%d ->{%d*k} S%d\n", i, i % 3 + 1, j
        }
        print "  symbol dual y output = y.p - y.n\n}"
    }'
}

# Replicas of a cycle of three, catalysed by a common species: they become one.
replicas() # reactions
{
    awk -v n="$1" 'BEGIN {
        print "network \"replicas\" {\n  param k = 1\n  species U = 10\n  species E = 2"
        for (i = 0; i < n / 4; i++) printf "  species P%d\n  species Q%d = 1\n", i, i
        for (i = 0; i < n / 4; i++) {
            printf "  U ->{k} P%d\n  P%d + E ->{k} Q%d + E\n  P%d ->{2*k} U\n  Q%d ->{3*k} U\n", i, i, i, i, i
        }
        print "  symbol species U output\n}"
    }'
}

# The medians of five runs: all passes in ms; of all and of each by itself the ns for a reaction of the canonical form.
measure() # NAME FILE
{
    local run
    for run in 1 2 3 4 5; do
        "$CRNLC" opt --passes="$LIST" --time-passes "$2" 2>&1 >"$WORK/out.net" | grep ' s  [0-9]* species' >"$WORK/times.$run"
    done
    awk -v name="$1" '
        { time[$1, ++n[$1]] = $2; total[FILENAME] += $2; if (n[$1] == 1) order[++n_passes] = $1; left = $4 " species, " $6 }
        NR == 1 { from = $6 }
        function median(list, n,    i, j, v) {
            for (i = 2; i <= n; i++) {
                v = list[i]
                for (j = i; j > 1 && list[j - 1] > v; j--) list[j] = list[j - 1]
                list[j] = v
            }
            return list[int((n + 1) / 2)]
        }
        END {
            for (f in total) sums[++k] = total[f]
            all = median(sums, k)
            printf "%-18s %9.2f ms %7.0f ns:", name, 1e3 * all, 1e9 * all / from
            for (p = 1; p <= n_passes; p++) {
                for (i = 1; i <= n[order[p]]; i++) one[i] = time[order[p], i]
                printf " %s %.0f", order[p], 1e9 * median(one, n[order[p]]) / from
            }
            printf "; %s reactions left\n", left
        }' "$WORK"/times.*
}

for family in random replicas; do
    for n in 1000 10000 100000 1000000; do
        $family "$n" >"$WORK/network.net"
        measure "$family $n" "$WORK/network.net"
    done
done
if [ -d "$DATA/net" ]; then
    gunzip -c "$DATA/net/fceri_gamma2_no_obs.net.gz" |
        awk -f "$SRC/tests/suites/groups.awk" -v groups='free_lyn=^Lyn[(][^.]*$' >"$WORK/fceri_gamma2.net"
    measure fceri_gamma2 "$WORK/fceri_gamma2.net"
else
    echo "fceri_gamma2 is not at $DATA/net"
fi
