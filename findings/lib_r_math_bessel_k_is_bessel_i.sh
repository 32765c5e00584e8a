#!/bin/bash
# lib-r-math.js: BesselK, the function that falls, is BesselI, the one that grows.
#
# The steady profile of what a thread releases, which diffuses and decays, goes with K0(r / length) away from it; this
# package lets it grow with the distance: 1.27, 2.28, 11.3 at 1, 2 and 4 lengths, where K0 is 0.421, 0.114 and 0.0112. Both names are the
# same function object; K with order 1/2 has the closed form sqrt(pi / (2 x)) exp(-x). The table of its page tells the two apart, as
# functions of the first and of the third kind, and BesselI itself is right.
#
# npm: lib-r-math.js 2.0.3. Debian 12: r-mathlib 4.2.2.20221110-2, unpacked in a temporary folder. Needs node 20 and gcc.
# Seen, and checked below:
#   K0(1): BesselK 1.266, BesselI 1.266, K in R 0.4210
#   K0(2): BesselK 2.280, BesselI 2.280, K in R 0.1139
#   K0(4): BesselK 11.30, BesselI 11.30, K in R 0.01116
#   K0.5(1): BesselK 0.9377, BesselI 0.9377, K in R 0.4611
#   closed form of K0.5(1): 0.4611
#   the same function: true
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
echo '{ "name": "profile", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" lib-r-math.js@2.0.3
apt-get -q -q download r-mathlib=4.2.2.20221110-2
dpkg-deb -x r-mathlib_*.deb root
cat >profile.c <<'END'
#define MATHLIB_STANDALONE 1
#include <Rmath.h>
#include <stdio.h>

int main(void)
{
    printf("[%.17g, %.17g, %.17g, %.17g]\n", bessel_k(1, 0, 1), bessel_k(2, 0, 1), bessel_k(4, 0, 1), bessel_k(1, 0.5, 1));
    return 0;
}
END
gcc -I root/usr/include profile.c -o profile root/usr/lib/libRmath.a -lm
./profile >profile.json
cat >profile.js <<'END'
const { readFileSync } = require("fs");
const { BesselI, BesselK } = require("lib-r-math.js");

const inR = JSON.parse(readFileSync("profile.json", "utf8"));
[[1, 0], [2, 0], [4, 0], [1, 0.5]].forEach(([x, order], index) => {
    const [k, i, r] = [BesselK(x, order), BesselI(x, order), inR[index]].map((value) => value.toPrecision(4));
    console.log(`K${order}(${x}): BesselK ${k}, BesselI ${i}, K in R ${r}`);
});
console.log(`closed form of K0.5(1): ${(Math.sqrt(Math.PI / 2) * Math.exp(-1)).toPrecision(4)}`);
console.log(`the same function: ${BesselK === BesselI}`);
END
timeout 60 node profile.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
