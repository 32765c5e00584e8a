#!/bin/bash
# libsbml: its parser of Level 3 formulas reads a number beyond the range of doubles as its first digits with the rest as a unit.
#
# `1e400` is neither an error nor infinity but the integer 1 with the unit `e400`, and `2.5e310 * x` is 2.5 with the unit `e310`, times x: a
# model from such a formula runs with a constant that is wrong by hundreds of powers of ten, and only a check of units can tell, for which a unit of that
# name would have to be declared. A number too small, `1e-400`, stays a number, and MathML's own <cn type="e-notation"> holds either. The option
# that reads units behind numbers is on in SBML_parseL3Formula; with it off the formula is refused.
#
# Debian 12: libsbml5 and libsbml5-dev 5.19.7+dfsg-2 with libxml2, unpacked in a temporary folder. Needs gcc.
# Seen, and checked below:
#   1e300: 1e+300, unit none; without units in formulas 1e+300
#   1e400: 1, unit e400; without units in formulas refused
#   2.5e310: 2.5, unit e310; without units in formulas refused
#   1e-400: 0, unit none; without units in formulas 0
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libsbml5=5.19.7+dfsg-2 libsbml5-dev=5.19.7+dfsg-2 libxml2 libicu72
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >read.c <<'EOF'
#include <sbml/SBMLTypes.h>
#include <stdio.h>

int main(void)
{
    static const char *const formula[] = {"1e300", "1e400", "2.5e310", "1e-400"};
    L3ParserSettings_t *plain = L3ParserSettings_create();
    L3ParserSettings_setParseUnits(plain, 0);
    for (size_t i = 0; i < sizeof formula / sizeof *formula; i++) {
        ASTNode_t *node = SBML_parseL3Formula(formula[i]), *without = SBML_parseL3FormulaWithSettings(formula[i], plain);
        double value = ASTNode_isInteger(node) ? (double)ASTNode_getInteger(node) : ASTNode_getReal(node);
        printf("%s: %g, unit %s; without units in formulas ", formula[i], value, ASTNode_hasUnits(node) ? ASTNode_getUnits(node) : "none");
        if (without) {
            printf("%g\n", ASTNode_isInteger(without) ? (double)ASTNode_getInteger(without) : ASTNode_getReal(without));
        } else {
            printf("refused\n");
        }
        ASTNode_free(node);
        ASTNode_free(without);
    }
    L3ParserSettings_free(plain);
    return 0;
}
EOF
library=root/usr/lib/x86_64-linux-gnu
gcc -O1 -I root/usr/include read.c -o read -L $library -lsbml -Wl,--allow-shlib-undefined
LD_LIBRARY_PATH=$library ./read >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
