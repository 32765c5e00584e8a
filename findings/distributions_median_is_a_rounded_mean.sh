#!/bin/bash
# distributions for JavaScript: the median of a binomial law is its mean, rounded, and can be one molecule off.
#
# Ten molecules, each bound with a chance of 0.15: 1 or fewer are bound with a chance of 0.544, says cdf(1) of the same object, so the
# median is 1. median() says 2. A median lies between the mean rounded down and rounded up, and which of the two it is depends on the law:
# of the 99 laws of 10 molecules with chances of 0.01 to 0.99 the nine below have a wrong one. The page on the package says that all
# functions are compared with MATLAB, Maple or R. The sums of probabilities by hand are the check; the right median is the first number
# with a sum of 0.5 or more.
#
# npm: distributions 2.2.0. Needs node 20. Seen, and checked below:
#   p 0.05: median 1, by hand 0, cdf(0) 0.599
#   p 0.06: median 1, by hand 0, cdf(0) 0.539
#   p 0.15: median 2, by hand 1, cdf(1) 0.544
#   p 0.16: median 2, by hand 1, cdf(1) 0.508
#   p 0.25: median 3, by hand 2, cdf(2) 0.526
#   p 0.35: median 4, by hand 3, cdf(3) 0.514
#   p 0.45: median 5, by hand 4, cdf(4) 0.504
#   p 0.84: median 8, by hand 9, cdf(8) 0.492
#   p 0.94: median 9, by hand 10, cdf(9) 0.461
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "check", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" distributions@2.2.0
cat >check.js <<'END'
const { Binomial } = require("distributions");

for (let percent = 1; percent < 100; percent++) {
    const p = percent / 100, law = Binomial(p, 10), median = law.median();
    let term = (1 - p) ** 10, sum = term, right = 0;
    while (sum < 0.5) {
        term *= (10 - right) / (right + 1) * p / (1 - p);
        sum += term;
        right++;
    }
    if (median !== right) {
        const k = Math.min(median, right);
        console.log(`p ${p}: median ${median}, by hand ${right}, cdf(${k}) ${law.cdf(k).toFixed(3)}`);
    }
}
END
timeout 60 node check.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
