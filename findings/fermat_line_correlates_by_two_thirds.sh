#!/bin/bash
# @mathigon/fermat for JavaScript: points on a straight line have the correlation 1 - 1/n, and a chi-squared tail comes from steps of width 1.
#
# Three amounts that double with those of another gene: correlation() says 0.667 where it is 1, and 0.9 for ten of them. The covariance is
# divided by n, the two deviations are those of n - 1, and the quotient of both has a factor (n - 1) / n left over, so no data can reach
# 1. chiCDF(3, 2), which gives the part above 3 in spite of its name, is exp(-3/2) = 0.223; the package says 0.013, and at 6, where 5 %
# are left, -0.21. It adds up the density at 0, 1, 2 ... with the width 1, which is what its integrate() does unless told otherwise; with
# 1 degree of freedom it is -Infinity, from the pole at 0. The texts on these functions say "Calculates the correlation between the
# numbers in two arrays" and "The chi CDF function". Closed forms are the check.
#
# npm: @mathigon/fermat 1.1.24. Needs node 20. Seen, and checked below:
#   line of 2: correlation 0.500, covariance 0.250, square of the deviation 0.500
#   line of 3: correlation 0.667, covariance 0.667, square of the deviation 1.000
#   line of 10: correlation 0.900, covariance 8.250, square of the deviation 9.167
#   chiCDF(1, 2) 0.500, expected 0.607
#   chiCDF(3, 2) 0.013, expected 0.223
#   chiCDF(6, 2) -0.207, expected 0.050
#   chiCDF(3, 4) 0.664, expected 0.558
#   chiCDF(9.5, 4) 0.070, expected 0.050
#   chiCDF(3.84, 1) -Infinity, expected 0.050
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "check", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" @mathigon/fermat@1.1.24
cat >check.js <<'END'
import("@mathigon/fermat").then(({ Random, correlation, covariance, stdDev }) => {
    for (const n of [2, 3, 10]) {
        const x = Array.from({ length: n }, (_, i) => i + 1), y = x.map((value) => 2 * value);
        console.log(`line of ${n}: correlation ${correlation(x, y).toFixed(3)}, covariance ${covariance(x, x).toFixed(3)}, ` +
                    `square of the deviation ${(stdDev(x) ** 2).toFixed(3)}`);
    }
    // Above x, for an even number of degrees of freedom: exp(-x / 2) times the first terms of its inverse's series.
    const above = { 2: (x) => Math.exp(-x / 2), 4: (x) => Math.exp(-x / 2) * (1 + x / 2) };
    for (const [x, df] of [[1, 2], [3, 2], [6, 2], [3, 4], [9.5, 4]]) {
        console.log(`chiCDF(${x}, ${df}) ${Random.chiCDF(x, df).toFixed(3)}, expected ${above[df](x).toFixed(3)}`);
    }
    console.log(`chiCDF(3.84, 1) ${Random.chiCDF(3.84, 1)}, expected 0.050`);
});
END
timeout 60 node check.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
