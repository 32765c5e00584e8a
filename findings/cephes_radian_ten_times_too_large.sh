#!/bin/bash
# cephes for JavaScript: an angle in degrees, minutes and seconds comes back as ten times as many radians.
#
# radian(90, 0, 0) is 15.7 where half of pi, 1.57, is right. The package lists radian(d, m, s) as "Degrees, minutes, seconds to
# radians". Its own sindg and cosdg, which take degrees, do not agree with its sin and cos of that angle: at 30 degrees 0.5 and -0.87. A
# factor hides behind periods: at 0, and at 40 degrees, where 9 times 40 are a full turn, both sines are the same. Math::Cephes for Perl,
# built from the same C library, has 1.57. Phases of oscillations and angles of bonds are what it is for here; multiply degrees by pi / 180.
#
# npm: cephes 3.3.3. Debian 12: libmath-cephes-perl 0.5305-6+b1, unpacked in a temporary folder. Needs node 20, perl and
# more than 8 GB of addresses, which WebAssembly reserves. Seen, and checked below:
#   cephes: radian(90, 0, 0) = 15.7080, radian(0, 30, 0) = 0.0873, radian(0, 0, 36) = 0.0017
#   cephes: sindg(30) = 0.5000, sin(radian(30, 0, 0)) = -0.8660
#   cephes: sindg(40) = 0.6428, sin(radian(40, 0, 0)) = 0.6428
#   Math::Cephes: radian(90, 0, 0) = 1.5708, radian(0, 30, 0) = 0.0087, radian(0, 0, 36) = 0.0002
#   pi / 2 = 1.5708
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libmath-cephes-perl=0.5305-6+b1
dpkg-deb -x *.deb root
echo '{ "name": "angle", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" cephes@3.3.3
cat >angle.js <<'END'
const cephes = require("cephes");

const angles = [[90, 0, 0], [0, 30, 0], [0, 0, 36]];
console.log("cephes:", angles.map((a) => `radian(${a.join(", ")}) = ${cephes.radian(...a).toFixed(4)}`).join(", "));
for (const degrees of [30, 40]) {
    const sine = cephes.sin(cephes.radian(degrees, 0, 0)).toFixed(4);
    console.log(`cephes: sindg(${degrees}) = ${cephes.sindg(degrees).toFixed(4)}, sin(radian(${degrees}, 0, 0)) = ${sine}`);
}
END
cat >angle.pl <<'END'
use strict;
use warnings;
use Math::Cephes qw(radian);

print "Math::Cephes: ",
    join(", ", map { sprintf("radian(%d, %d, %d) = %.4f", @$_, radian(@$_)) } [90, 0, 0], [0, 30, 0], [0, 0, 36]), "\n";
printf "pi / 2 = %.4f\n", 2 * atan2(1, 1);
END
{
    timeout 60 node angle.js
    PERL5LIB=$(echo root/usr/lib/x86_64-linux-gnu/perl5/*) timeout 60 perl angle.pl
} >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
