#!/bin/bash
# lib-r-math.js: some binomial probabilities are wrong in their fourth digit, and so are those of the beta and F laws they come from.
#
# One of 5 molecules or fewer in a part that each is in with a chance of 0.3: 0.52769, where the sum of its own dbinom() is 0.52822, as are the
# closed form and R's library of these functions in C. One of 3 at most with 0.5, exactly 0.5, is 0.49944. The package is that library written anew in JavaScript,
# says its page, and names no difference in digits. Most values are right to all digits, the wrong ones lie near the middle of a law; the
# incomplete beta function with its arguments there is off by the same amount: pbeta(0.8, 5, 2) is 0.65497 in place of 0.65536. A test of
# random numbers against such a law, or an interval for a chance, rests on them.
#
# npm: lib-r-math.js 2.0.3. Debian 12: r-mathlib 4.2.2.20221110-2, unpacked in a temporary folder. Needs node 20 and gcc.
# Seen, and checked below:
#   1 of 3, p = 0.5: pbinom 0.4994, sum of dbinom 0.5000, R 0.5000
#   1 of 5, p = 0.3: pbinom 0.5277, sum of dbinom 0.5282, R 0.5282
#   2 of 5, p = 0.3: pbinom 0.8369, sum of dbinom 0.8369, R 0.8369
#   1 of 8, p = 0.2: pbinom 0.5028, sum of dbinom 0.5033, R 0.5033
#   1 of 20, p = 0.05: pbinom 0.7355, sum of dbinom 0.7358, R 0.7358
#   pbeta(0.8, 5, 2): 0.6550, R 0.6554
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
echo '{ "name": "chances", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" lib-r-math.js@2.0.3
apt-get -q -q download r-mathlib=4.2.2.20221110-2
dpkg-deb -x r-mathlib_*.deb root
cat >chances.c <<'END'
#define MATHLIB_STANDALONE 1
#include <Rmath.h>
#include <stdio.h>

int main(void)
{
    printf("[%.17g, %.17g, %.17g, %.17g, %.17g, %.17g]\n", pbinom(1, 3, 0.5, 1, 0), pbinom(1, 5, 0.3, 1, 0),
           pbinom(2, 5, 0.3, 1, 0), pbinom(1, 8, 0.2, 1, 0), pbinom(1, 20, 0.05, 1, 0), pbeta(0.8, 5, 2, 1, 0));
    return 0;
}
END
gcc -I root/usr/include chances.c -o chances root/usr/lib/libRmath.a -lm
./chances >chances.json
cat >chances.js <<'END'
const { readFileSync } = require("fs");
const { pbinom, dbinom, pbeta } = require("lib-r-math.js");

const inR = JSON.parse(readFileSync("chances.json", "utf8"));
[[1, 3, 0.5], [1, 5, 0.3], [2, 5, 0.3], [1, 8, 0.2], [1, 20, 0.05]].forEach(([k, n, p], index) => {
    let sum = 0;
    for (let i = 0; i <= k; i++) {
        sum += dbinom(i, n, p);
    }
    const numbers = [pbinom(k, n, p), sum, inR[index]].map((value) => value.toFixed(4));
    console.log(`${k} of ${n}, p = ${p}: pbinom ${numbers[0]}, sum of dbinom ${numbers[1]}, R ${numbers[2]}`);
});
console.log(`pbeta(0.8, 5, 2): ${pbeta(0.8, 5, 2).toFixed(4)}, R ${inR[5].toFixed(4)}`);
END
timeout 60 node chances.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
