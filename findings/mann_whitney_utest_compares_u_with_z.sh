#!/bin/bash
# mann-whitney-utest for JavaScript: significant() compares U with the number of standard deviations, so nearly nothing is significant.
#
# Two sets of 30 runs, of which one is shifted by 15 ranks: U is 105, 5.1 standard deviations from its mean, and the chance of that is
# about 3e-7. significant() says false, as 105 is more than 5.1; it says true for U up to 6 only. With 4 and 4 it is true at U = 1, where
# the chance is 4 of 70 (two sides), and above 5 %. The page on the package says that this tests U against an approximate critical value;
# what criticalValue() gives is z, for which the bound is 1.96. The chance is counted over all divisions of 8 for the small case and taken
# from the normal law for the large one.
#
# npm: mann-whitney-utest 1.0.5. Needs node 20. Seen, and checked below:
#   30 and 30, U 105: criticalValue 5.1, significant false, chance 3e-7
#   30 and 30, U 5: criticalValue 6.6, significant true, chance 5e-11
#   30 and 30, U 7: criticalValue 6.5, significant false, chance 6e-11
#   4 and 4, U 1: criticalValue 2.0, significant true, chance 4 of 70
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "check", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" mann-whitney-utest@1.0.5
cat >check.js <<'END'
const { test, criticalValue, significant } = require("mann-whitney-utest");

// Two sets without ties in which `count` pairs have the number of the second set below that of the first.
function sets(n, count) {
    const first = Array.from({ length: n }, (_, i) => i), second = first.map((i) => i + n);
    const moved = Math.floor(count / n);
    for (let i = 0; i < moved; i++) {
        second[i] = -1 - i;
    }
    if (count % n > 0) {
        second[moved] = n - 0.5 - count % n;
    }
    return [first, second];
}

// The chance of a U as far from the middle, over all ways to choose the first n of 2 n ranks.
function counted(n, u) {
    let extreme = 0, all = 0;
    for (let set = 0; set < 1 << 2 * n; set++) {
        let chosen = 0, above = 0;
        for (let i = 0; i < 2 * n; i++) {
            if (set >> i & 1) {
                above += i - chosen++;
            }
        }
        if (chosen === n) {
            all++;
            extreme += Math.min(above, n * n - above) <= u;
        }
    }
    return `${extreme} of ${all}`;
}

// Twice the tail of the normal law beyond z, by its continued fraction.
function tails(z) {
    let below = z;
    for (let i = 60; i > 0; i--) {
        below = z + i / below;
    }
    return (2 * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) / below).toExponential(0);
}

for (const [n, count] of [[30, 105], [30, 5], [30, 7], [4, 1]]) {
    const both = sets(n, count), u = test(both), least = Math.min(...u);
    const z = (n * n / 2 - least) / Math.sqrt(n * n * (2 * n + 1) / 12);
    console.log(`${n} and ${n}, U ${least}: criticalValue ${criticalValue(u, both).toFixed(1)}, ` +
                `significant ${significant(u, both)}, chance ${n > 8 ? tails(z) : counted(n, least)}`);
}
END
timeout 60 node check.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
