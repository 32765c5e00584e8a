#!/bin/bash
# libsbml: its parser of Level 3 formulas does not let parentheses end a chain of comparisons, and its writer writes formulas that it reads back
# as others.
#
# `a < b == c` is a chain, (a < b) && (b == c), as its documentation says. But `(a < b) == c` is read as the same chain, with or without
# more parentheses, so a comparison of two truth values cannot be written: `(a < b) == (c < d)` becomes (a < b) && (b == (c < d)). With a = 1,
# b = 2, c = 1, d = 2 it is false, as 2 is not the truth of 1 < 2. The same formula in MathML, eq of two lt, is kept; written as text by
# SBML_formulaToL3String and read again it has become the other one. What takes part in a sum or in && instead keeps its parentheses.
#
# Debian 12: libsbml5 and libsbml5-dev 5.19.7+dfsg-2 with libxml2, unpacked in a temporary folder. Needs gcc.
# Seen, and checked below:
#   (a < b) == (c < d) is read as (a < b) && (b == (c < d))
#   (a < b) == c is read as (a < b) && (b == c)
#   ((a < b)) == c is read as (a < b) && (b == c)
#   (a < b) && c is read as (a < b) && c
#   eq of lt and lt in MathML is written as (a < b) == (c < d), which is read as (a < b) && (b == (c < d))
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
#include <stdlib.h>

static char *read_again(const char *formula)
{
    ASTNode_t *node = SBML_parseL3Formula(formula);
    char *text = node ? SBML_formulaToL3String(node) : NULL;
    ASTNode_free(node);
    return text;
}

int main(void)
{
    static const char *const formula[] = {"(a < b) == (c < d)", "(a < b) == c", "((a < b)) == c", "(a < b) && c"};
    for (size_t i = 0; i < sizeof formula / sizeof *formula; i++) {
        char *text = read_again(formula[i]);
        printf("%s is read as %s\n", formula[i], text);
        free(text);
    }
    ASTNode_t *node = readMathMLFromString(
        "<math xmlns='http://www.w3.org/1998/Math/MathML'><apply><eq/><apply><lt/><ci>a</ci><ci>b</ci></apply>"
        "<apply><lt/><ci>c</ci><ci>d</ci></apply></apply></math>");
    char *text = SBML_formulaToL3String(node), *again = read_again(text);
    printf("eq of lt and lt in MathML is written as %s, which is read as %s\n", text, again);
    free(text);
    free(again);
    ASTNode_free(node);
    return 0;
}
EOF
library=root/usr/lib/x86_64-linux-gnu
gcc -O1 -I root/usr/include read.c -o read -L $library -lsbml -Wl,--allow-shlib-undefined
LD_LIBRARY_PATH=$library ./read >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
