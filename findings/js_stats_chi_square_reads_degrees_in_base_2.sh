#!/bin/bash
# js-stats for JavaScript: the chi-squared law has one degree of freedom more or less wherever that number is even, and none at all for 1.
#
# A histogram of counts against its law in three classes has 2 degrees of freedom, where the upper tail at x is exp(-x/2): 0.050 at 5.99.
# The package says 0.014, the tail for 1; 4 has the tail for 5, 10 that for 11. For 1 degree all tails are 0, so any difference at all
# rejects. 3, 5, 7 and 9 are right. Whether the number is even is asked by parseInt(2 * (df / 2), 2) == df: the second argument is a base,
# so 1 counts as even and 2, which base 2 does not have, as odd. The page on the package names no restriction. Checked against the sums of
# exponentials that these tails are for even numbers, and the integral of the density for odd ones.
#
# npm: js-stats 1.0.5. Needs node 20. Seen, and checked below (upper tails):
#   df 1, x 3.84: js-stats 0.0000, expected 0.0500
#   df 2, x 5.99: js-stats 0.0144, expected 0.0500
#   df 3, x 7.81: js-stats 0.0501, expected 0.0501
#   df 4, x 9.49: js-stats 0.0910, expected 0.0500
#   df 9, x 16.92: js-stats 0.0500, expected 0.0500
#   df 10, x 18.31: js-stats 0.0747, expected 0.0500
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "check", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" js-stats@1.0.5
cat >check.js <<'END'
const { ChiSquareDistribution } = require("js-stats");

// The tail for odd numbers is 1 less the integral of the density, over r with x = r^2, where it has no pole, by Simpson's rule.
function tail(df, x) {
    if (df % 2 === 0) {
        let term = Math.exp(-x / 2), sum = term;
        for (let i = 1; i < df / 2; i++) {
            term *= x / 2 / i;
            sum += term;
        }
        return sum;
    }
    let norm = Math.sqrt(2 / Math.PI);
    for (let i = 1; i < df; i += 2) {
        norm /= i;
    }
    const density = (r) => norm * r ** (df - 1) * Math.exp(-r * r / 2);
    const n = 2000, h = Math.sqrt(x) / n;
    let sum = 0;
    for (let i = 0; i < n; i += 2) {
        sum += (density(i * h) + 4 * density((i + 1) * h) + density((i + 2) * h)) * h / 3;
    }
    return 1 - sum;
}

for (const [df, x] of [[1, 3.84], [2, 5.99], [3, 7.81], [4, 9.49], [9, 16.92], [10, 18.31]]) {
    const law = new ChiSquareDistribution(df);
    console.log(`df ${df}, x ${x}: js-stats ${(1 - law.cumulativeProbability(x)).toFixed(4)}, expected ${tail(df, x).toFixed(4)}`);
}
END
timeout 60 node check.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
