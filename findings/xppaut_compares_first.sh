#!/bin/bash
# XPPAUT: comparisons bind more tightly than arithmetic, so `if(x+y>10)` asks for x + (y > 10).
#
# With x = 3 and y = 4, `x+y>10` is 3, which `if` takes as true, and `2*x>5` is 2 * (3 > 5) = 0, false. Every language that such formulas come
# from, C, Fortran, MathML written as text, has it the other way round, and so has the rest of XPPAUT's own grammar (* before +).
# The file is valid to XPPAUT, the log says "All formulas are valid!!" and the status is 0; its documentation lists the operators with no
# word on their order. A switch of a rate at a total amount is always on, or never. Only a power is taken before a comparison. Sums and
# products on either side of one need parentheses.
#
# Debian 12: xppaut 6.11b+1.dfsg-1.1, unpacked in a temporary folder with the X libraries that it is linked with. Seen, and checked below:
#   if(x+y>10)then(1)else(0) is 1
#   if((x+y)>10)then(1)else(0) is 0
#   if(2*x>5)then(1)else(0) is 0
#   if((2*x)>5)then(1)else(0) is 1
#   x+y==7 is 3
#   10<x+y is 4
#   x^2>8 is 1
#   x^2>10 is 0
#   1+2*3 is 7
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download xppaut=6.11b+1.dfsg-1.1 libx11-6 libxcb1 libxau6 libxdmcp6 libbsd0 libmd0
for package in *.deb; do
    dpkg-deb -x "$package" root
done
sed -n 's/^#   \(.*\) is .*/\1/p' "$script" >formulas
{
    printf "x'=0\ny'=0\ninit x=3,y=4\n"
    awk '{ printf "aux out%d=%s\n", NR, $0 }' formulas
    printf '@ total=0.1,dt=0.1\ndone\n'
} >order.ode
LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu root/usr/bin/xppaut order.ode -silent >log 2>&1
grep -q 'All formulas are valid' log
head -1 output.dat | tr -s ' ' '\n' | sed 1,3d | paste -d ' ' formulas - | sed 's/ \([^ ]*\)$/ is \1/; s/  *is/ is/; /^ *is *$/d' >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
