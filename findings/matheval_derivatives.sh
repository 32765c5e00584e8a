#!/bin/bash
# GNU libmatheval: the derivative of a Hill law whose exponent has a name is no number at amount 0, and the text of a formula has six digits.
#
# The derivative of x^n is written x^n * (0 * log(x) + n * (1 / x)) when n is a name, so a Jacobian made by
# evaluator_derivative is NaN where a species is 0, as most are at the start; with a number for n it is 2 * x, and right.
# evaluator_get_string, the only way to hand a derivative on, rounds constants to six digits: 123456789 * x becomes 1.23457e+08 * x,
# without a warning.
#
# Debian 12: libmatheval1 and libmatheval-dev 1.1.11+dfsg-5, unpacked in a temporary folder. Needs gcc. Seen, and checked below:
#   x^2/(K+x^2) at 0: 0
#   x^n/(K+x^n) at 0, n = 2: nan
#   x^n/(K+x^n) at 1, n = 2: 0.5
#   123456789*x: (1.23457e+08*x)
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libmatheval1=1.1.11+dfsg-5 libmatheval-dev=1.1.11+dfsg-5
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >derivative.c <<'EOF'
#include <math.h>
#include <matheval.h>
#include <stdio.h>

static void at(char *law, const char *where, double x)
{
    char *name[] = {"x", "n", "K"};
    double value[] = {x, 2, 1};
    void *f = evaluator_create(law), *d = evaluator_derivative(f, "x");
    double v = evaluator_evaluate(d, 3, name, value);
    printf("%s at %s: ", law, where);
    printf(isnan(v) ? "nan\n" : "%g\n", v);
}

int main(void)
{
    at("x^2/(K+x^2)", "0", 0);
    at("x^n/(K+x^n)", "0, n = 2", 0);
    at("x^n/(K+x^n)", "1, n = 2", 1);
    printf("123456789*x: %s\n", evaluator_get_string(evaluator_create("123456789*x")));
    return 0;
}
EOF
library=root/usr/lib/x86_64-linux-gnu
gcc -I root/usr/include derivative.c -o derivative -L $library -lmatheval -lm
LD_LIBRARY_PATH=$library ./derivative >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
