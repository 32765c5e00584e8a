#!/bin/bash
# XPPAUT reads the value of a parameter, and of an initial amount, up to where the number ends, and drops the rest without a word.
#
# `par k=1/3` makes k 1, `init x=2*3` makes x 2, `x(0)=k*2` makes x 0: the log says "All formulas are valid!!" and the status is 0.
# Formulas are allowed nearly everywhere else in the file, so a network exported with its parameters as they were written (1/3, 2*pi)
# runs with others. A `!name=formula` (derived parameter) is computed: that is the form to write.
#
# Debian 12: xppaut 6.11b+1.dfsg-1.1, unpacked in a temporary folder with the X libraries that it is linked with. Seen, and checked below:
#   0 2 1 0 0.33333334
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
cat >numbers.ode <<'EOF'
par k=1/3
!j=1/3
x'=0
y'=0
init x=2*3
y(0)=k*2
aux kay=k
aux why=y
aux jay=j
@ total=0.1,dt=0.1
done
EOF
LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu root/usr/bin/xppaut numbers.ode -silent >log 2>&1
grep -q 'All formulas are valid' log
awk 'NR == 1 { print $1, $2, $4, $5, $6 }' output.dat >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
