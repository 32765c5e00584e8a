#!/bin/bash
# XPPAUT in batch: a run whose amounts are above 100 ends at once with status 0; what it writes is of single precision.
#
# XPPAUT stops where a variable leaves its bounds, 100 unless the file says otherwise: few for molecules. A run that starts at 150 and
# falls has one row. The log has a line "out of bounds", then "Run complete ..." as after a whole run, and the status is 0, so
# a script sees nothing. Rows have 24 bits whatever the tolerance (0.3 comes out as 0.30000001): courses cannot be compared below
# 1e-7. Files for XPPAUT should hold `bounds=`.
#
# Debian 12: xppaut 6.11b+1.dfsg-1.1, unpacked in a temporary folder with the X libraries that it is linked with. Seen, and checked below:
#   from 150: status 0, 1 row, says out of bounds
#   from 0 at 50 a unit: status 0, 4 rows, says out of bounds
#   from 150 with bounds=1e9: status 0, 11 rows, third time 0.30000001
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
run() # FILE: the status; rows are in output.dat, messages in log
{
    rm -f output.dat
    status=0
    LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu root/usr/bin/xppaut "$1" -silent >log 2>&1 || status=$?
    grep -q 'Run complete' log
}
printf "x'=-x/10\ninit x=150\n@ total=1,dt=0.1\ndone\n" >start.ode
printf "x'=50\ninit x=0\n@ total=10,dt=0.5\ndone\n" >way.ode
printf "x'=-x/10\ninit x=150\n@ total=1,dt=0.1,bounds=1e9\ndone\n" >wide.ode
run start.ode
grep -q -i bounds log && said='says out of bounds' || said='nothing about bounds'
echo "from 150: status $status, $(grep -c . output.dat) row, $said" >seen
run way.ode
grep -q -i bounds log && said='says out of bounds' || said='nothing about bounds'
echo "from 0 at 50 a unit: status $status, $(grep -c . output.dat) rows, $said" >>seen
run wide.ode
echo "from 150 with bounds=1e9: status $status, $(grep -c . output.dat) rows, third time $(awk 'NR == 4 { print $1 }' output.dat)" >>seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
