#!/bin/bash
# statistics.js: the significance of Kendall's tau depends on the unit of the measurements, once two of them are equal.
#
# Eight pairs of amounts with a few equal ones. Tau-b is 0.902, by hand as well, and its z by Kendall's variance with ties is 2.96: 0.003
# for both sides. The package says p = 0.53, and 0.999 when all amounts are ten times as large, which no statistic of ranks can notice.
# Its sums over groups of equal values run over the keys of a table, which are the values themselves, in place of how many there are of
# each. The number of groups also stands where tau-b needs the number of equal pairs: with three equal values in one group tau-b itself is
# wrong. The page says that tau-b accounts for tied values, and calls tau the more robust measure where scales are very different.
#
# npm: statistics.js 1.0.0. Needs node 20. Seen, and checked below:
#   amounts: tau-b 0.902, by hand 0.902, z 0.623, by hand 2.956
#   ten times as large: tau-b 0.902, by hand 0.902, z 0.001, by hand 2.956
#   three equal: tau-b 0.772, by hand 0.745, z 1.913, by hand 2.013
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "check", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" statistics.js@1.0.0
cat >check.js <<'END'
const Statistics = require("statistics.js");

function sizes(values) {
    return [...new Set(values)].map((value) => values.filter((other) => other === value).length);
}

// Tau-b and its z, with the variance of the numerator under independence that holds with ties.
function byHand(x, y) {
    const n = x.length;
    let score = 0, apartX = 0, apartY = 0;
    for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) {
            score += Math.sign(x[i] - x[j]) * Math.sign(y[i] - y[j]);
            apartX += x[i] !== x[j];
            apartY += y[i] !== y[j];
        }
    }
    const sum = (values, f) => sizes(values).reduce((total, t) => total + f(t), 0);
    const cubes = (t) => t * (t - 1) * (2 * t + 5), pairs = (t) => t * (t - 1), triples = (t) => t * (t - 1) * (t - 2);
    const variance = (cubes(n) - sum(x, cubes) - sum(y, cubes)) / 18 + sum(x, pairs) * sum(y, pairs) / (2 * n * (n - 1)) +
                     sum(x, triples) * sum(y, triples) / (9 * n * (n - 1) * (n - 2));
    return [score / Math.sqrt(apartX * apartY), score / Math.sqrt(variance)];
}

for (const [text, x, y] of [["amounts", [1, 1, 2, 2, 3, 4, 4, 5], [1, 2, 2, 3, 3, 5, 4, 6]],
                            ["ten times as large", [10, 10, 20, 20, 30, 40, 40, 50], [10, 20, 20, 30, 30, 50, 40, 60]],
                            ["three equal", [1, 1, 1, 2, 3, 4], [2, 1, 3, 4, 6, 5]]]) {
    const data = new Statistics(x.map((value, i) => ({ x: value, y: y[i] })), { x: "metric", y: "metric" });
    const { tauB, z } = data.kendallsTau("x", "y").b, [tau, zHand] = byHand(x, y);
    console.log(`${text}: tau-b ${tauB.toFixed(3)}, by hand ${tau.toFixed(3)}, z ${z.toFixed(3)}, by hand ${zHand.toFixed(3)}`);
}
END
timeout 60 node check.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
