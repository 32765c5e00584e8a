#!/bin/bash
# UMFPACK: the stationary law of a symmetric switch by sparse LU is not symmetric, though every number that it reports says that all is well.
#
# Two genes that repress each other, with the same constants: the mean of A is that of B. The law is the null vector of the
# generator, by the usual way: its last equation is replaced by `all probabilities add up to 1`. UMFPACK returns UMFPACK_OK, a
# reciprocal condition number far above the rounding of doubles and backward errors of 1e-15 after iterative refinement. The more
# seldom the switch changes sides, the less of the law is right: at 60 made per unit of time the means came out as 12.7 and 47.3,
# where both are 30. Its estimate of the condition is the ratio of pivots, and these do not show that the two halves of the system
# are nearly apart. Elimination without subtractions (Grassmann, Taksar, Heyman 1985) has no such loss.
#
# Debian 12: libumfpack5 and libsuitesparse-dev 1:5.12.0+dfsg-2 with the reference BLAS 3.11.0-2, unpacked in a temporary folder. Needs gcc.
# Seen, and checked below:
#   12 made per unit of time: status 0, condition said to be above 1e-12: yes, backward error below 1e-13: yes, means are equal to 3 digits: yes
#   60 made per unit of time: status 0, condition said to be above 1e-12: yes, backward error below 1e-13: yes, means are equal to 3 digits: no
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
suite=1:5.12.0+dfsg-2
apt-get -q -q download libsuitesparse-dev=$suite libumfpack5=$suite libamd2=$suite libcamd2=$suite libcolamd2=$suite libccolamd2=$suite \
    libcholmod3=$suite libsuitesparseconfig5=$suite libblas3=3.11.0-2 liblapack3=3.11.0-2 libmetis5=5.1.0.dfsg-7 libgfortran5
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >switch.c <<'EOF'
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <suitesparse/umfpack.h>

enum { MOST = 120, STATES = (MOST + 1) * (MOST + 1), ENTRIES = 7 * STATES };
static int row[ENTRIES], column[ENTRIES], start[STATES + 1], index_of[ENTRIES], n_entries;
static double value[ENTRIES], matrix[ENTRIES], law[STATES], right[STATES];

static void entry(int i, int j, double v)
{
    if (i < STATES - 1) {
        row[n_entries] = i;
        column[n_entries] = j;
        value[n_entries++] = v;
    }
}

static double go(int from, int a, int b, double rate)
{
    if (a < 0 || b < 0 || a > MOST || b > MOST) {
        return 0;
    }
    entry(a * (MOST + 1) + b, from, rate);
    return rate;
}

static const char *yes(int condition)
{
    return condition ? "yes" : "no";
}

static void solve(double made)
{
    double info[UMFPACK_INFO], mean_a = 0, mean_b = 0;
    void *symbolic, *numeric;
    n_entries = 0;
    for (int a = 0; a <= MOST; a++) {
        for (int b = 0; b <= MOST; b++) {
            int s = a * (MOST + 1) + b;
            double out = go(s, a + 1, b, made / (1 + pow(b / 2.0, 4))) + go(s, a, b + 1, made / (1 + pow(a / 2.0, 4)));
            out += go(s, a - 1, b, a) + go(s, a, b - 1, b);
            entry(s, s, -out);
            row[n_entries] = STATES - 1;
            column[n_entries] = s;
            value[n_entries++] = 1;
        }
    }
    right[STATES - 1] = 1;
    umfpack_di_triplet_to_col(STATES, STATES, n_entries, row, column, value, start, index_of, matrix, NULL);
    umfpack_di_symbolic(STATES, STATES, start, index_of, matrix, &symbolic, NULL, info);
    umfpack_di_numeric(start, index_of, matrix, symbolic, &numeric, NULL, info);
    double condition = info[UMFPACK_RCOND];
    int status = umfpack_di_solve(UMFPACK_A, start, index_of, matrix, law, right, numeric, NULL, info);
    for (int s = 0; s < STATES; s++) {
        mean_a += s / (MOST + 1) * law[s];
        mean_b += s % (MOST + 1) * law[s];
    }
    printf("%g made per unit of time: status %d, condition said to be above 1e-12: %s, backward error below 1e-13: %s, means are equal "
           "to 3 digits: %s\n",
           made, status, yes(condition > 1e-12), yes(info[UMFPACK_OMEGA1] + info[UMFPACK_OMEGA2] < 1e-13),
           yes(fabs(mean_a - mean_b) < 1e-3 * mean_a));
    fprintf(stderr, "means %g and %g, reciprocal condition %.1e\n", mean_a, mean_b, condition);
    umfpack_di_free_symbolic(&symbolic);
    umfpack_di_free_numeric(&numeric);
}

int main(void)
{
    solve(12);
    solve(60);
    return 0;
}
EOF
library=root/usr/lib/x86_64-linux-gnu
gcc -O1 -I root/usr/include switch.c -o switch -L $library -L $library/blas -lumfpack -lm -Wl,--allow-shlib-undefined
LD_LIBRARY_PATH=$library:$library/blas:$library/lapack ./switch >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
