#!/bin/bash
# statistics.js: from 4.5 standard deviations on, the probabilities of the normal law fall again, so that the clearest differences are not significant.
#
# Two sets of 60 cells without any overlap: U is 0 and z is -9.4, and two sides together have 3e-21. mannWhitneyU() says p = 0.999. With
# 10 cells each, less evidence, it says 0.00016, which is right. The normal law comes from 25 terms of a series for the part between 0 and
# z, which needs more terms the larger z is: normalCumulativeValue(5) is 0.99959 and that of 8 is 0.55224. Student's t has the like for
# many degrees of freedom: the probability below 2 with 200 of them is 1.103. The page on the package says that the number of terms
# "should be suitable for most cases". With 300 terms (zTableIterations) the normal values are right.
#
# npm: statistics.js 1.0.0. Needs node 20. Seen, and checked below (the expected values by Simpson's rule):
#   normal law below 3: 0.99865, expected 0.99865
#   normal law below 5: 0.99959, expected 1.00000
#   normal law below 8: 0.55224, expected 1.00000, 300 terms: 1.00000
#   Student's law of 20 below 2: 0.970, expected 0.970
#   Student's law of 200 below 2: 1.103, expected 0.977
#   10 and 10 apart: U 0, z -3.8, p 0.00016
#   60 and 60 apart: U 0, z -9.4, p 0.99926
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "check", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" statistics.js@1.0.0
cat >check.js <<'END'
const Statistics = require("statistics.js");

function area(density, low, high) {
    const n = 20000, h = (high - low) / n;
    let sum = 0;
    for (let i = 0; i < n; i += 2) {
        sum += (density(low + i * h) + 4 * density(low + (i + 1) * h) + density(low + (i + 2) * h)) * h / 3;
    }
    return sum;
}

function cells(n, settings) {
    const rows = Array.from({ length: 2 * n }, (_, i) => ({ group: i < n ? "a" : "b", amount: i }));
    return new Statistics(rows, { group: "nominal", amount: "metric" }, settings);
}

const bell = (x) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
for (const z of [3, 5, 8]) {
    const more = z < 8 ? "" : `, 300 terms: ${cells(3, { zTableIterations: 300 }).normalCumulativeValue(z).toFixed(5)}`;
    console.log(`normal law below ${z}: ${cells(3).normalCumulativeValue(z).toFixed(5)}, ` +
                `expected ${(0.5 + area(bell, 0, z)).toFixed(5)}${more}`);
}
for (const df of [20, 200]) {
    const shape = (t) => (1 + t * t / df) ** (-(df + 1) / 2), whole = 2 * area(shape, 0, 200);
    console.log(`Student's law of ${df} below 2: ${cells(3).studentsTCumulativeValue(2, df).toFixed(3)}, ` +
                `expected ${(0.5 + area(shape, 0, 2) / whole).toFixed(3)}`);
}
for (const n of [10, 60]) {
    const { MannWhitneyU, zScore, pTwoTailed } = cells(n).mannWhitneyU("group", "amount");
    console.log(`${n} and ${n} apart: U ${MannWhitneyU}, z ${zScore.toFixed(1)}, p ${Number(pTwoTailed.toFixed(5))}`);
}
END
timeout 60 node check.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
