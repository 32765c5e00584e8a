#!/bin/bash
# Time of all passes on random sparse networks of 1,000 to 1,000,000 reactions: linear growth means that the last
# column stays; and of passes on the networks named on the command line, in text form.
. "$(dirname "$0")/lib.bash"
machine
LIST=canonical,merge_duplicates,unreachable,unobservable,lump_counts,lump_sums,dual_rail

# A chain of n species with branches, three of ten reactions bimolecular, rails at the end, one output.
network() {
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

measure() {
    "$CRNLC" opt --passes="$LIST" --time-passes "$1" 2>&1 >"$WORK/out.net" | awk -v name="$2" '
        / s  [0-9]+ species/ { total += $2; species = $4; reactions = $6; if (!first++) from = reactions }
        END { printf "%-22s %10.3f s %10.1f ns a reaction, %d reactions left\n", name, total, 1e9 * total / from, reactions }'
}

for n in 1000 10000 100000 1000000; do
    network "$n" >"$WORK/random.net"
    measure "$WORK/random.net" "$n reactions"
done
for file in "$@"; do
    measure "$file" "$(basename "$file")"
done
