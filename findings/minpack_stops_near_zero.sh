#!/bin/bash
# MINPACK's Levenberg-Marquardt (cminpack): a fit that starts at 1e-12 ends there, and reports success; from 0 and from 1e-9 it is right.
#
# lmder bounds its first step by factor = 100 times the length of the scaled start, and takes the bound factor itself where that is
# 0. From a start of 1e-12 the first step changes a sum of squares of order 1 by some 1e-11 of it, which is less than ftol: info 1,
# 'both actual and predicted relative reductions are at most ftol', after two evaluations and with an answer of 1e-10 in place of 3.
# Rate constants and concentrations in mol/L are that small in units that chemists use. The fit here is a straight line without noise,
# with the exact derivative, ftol = xtol = 1e-8, gtol = 0, mode 1 and factor 100, as the easy driver lmder1 has it.
#
# Debian 12: libcminpack1 and libcminpack-dev 1.3.6-5, unpacked in a temporary folder. Needs gcc. Seen, and checked below:
#   from 0: 3, info 2, 3 evaluations
#   from 0.001: 3, info 4, 6 evaluations
#   from 1e-09: 3, info 4, 26 evaluations
#   from 1e-12: 1.01e-10, info 1, 2 evaluations
#   from 1e-17: 1.01e-15, info 1, 2 evaluations
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libcminpack1=1.3.6-5 libcminpack-dev=1.3.6-5
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >line.c <<'END'
#include <cminpack.h>
#include <stdio.h>

/* Residuals of y = x t through (1, 3), (2, 6), (3, 9). */
static int line(void *p, int m, int n, const double *x, double *f, double *jac, int ld, int flag)
{
    (void)p, (void)n, (void)ld;
    for (int i = 0; i < m; i++) {
        if (flag == 1) {
            f[i] = (x[0] - 3) * (i + 1);
        } else {
            jac[i] = i + 1;
        }
    }
    return 0;
}

static void from(double start)
{
    double x[1] = {start}, f[3], jac[3], diag[1], qtf[1], a[1], b[1], c[1], d[3];
    int pivot[1], evaluations, jacobians;
    int info = lmder(line, 0, 3, 1, x, f, jac, 3, 1e-8, 1e-8, 0, 100, diag, 1, 100, 0, &evaluations, &jacobians,
                     pivot, qtf, a, b, c, d);
    printf("from %g: %g, info %d, %d evaluations\n", start, x[0], info, evaluations);
}

int main(void)
{
    double start[] = {0, 1e-3, 1e-9, 1e-12, 1e-17};
    for (int i = 0; i < 5; i++) {
        from(start[i]);
    }
    return 0;
}
END
library=root/usr/lib/x86_64-linux-gnu
gcc -I root/usr/include/cminpack-1 line.c -o line -L $library -lcminpack
LD_LIBRARY_PATH=$library ./line >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
