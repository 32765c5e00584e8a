#!/bin/bash
# jerzy for JavaScript: quantiles of a normal law with a variance other than 1 are wrong, as the inverse multiplies by the variance.
#
# The normal approximation of a Poisson number with mean 100 has variance 100, and 95 % of it is between 80.4 and 119.6. The constructor takes a
# mean and a variance, and distr() agrees: it has 0.975 at 119.6. inverse(0.975) of the same object is 296, as if the standard deviation
# were 100, so the lower end of the interval is below 0. Variances below 1 err to the other side. The page on the package shows inverse() for
# variance 1 only.
#
# npm: jerzy 0.2.1. Needs node 20. Seen, and checked below (expected: mean + 1.959964 times the root of the variance):
#   mean 0, variance 1: inverse(0.975) 1.96, expected 1.96, distr(expected) 0.975
#   mean 100, variance 100: inverse(0.975) 296.00, expected 119.60, distr(expected) 0.975
#   mean 1, variance 0.01: inverse(0.975) 1.02, expected 1.20, distr(expected) 0.975
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "interval", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" jerzy@0.2.1
cat >interval.js <<'END'
const jerzy = require("jerzy");

for (const [mean, variance] of [[0, 1], [100, 100], [1, 0.01]]) {
    const law = new jerzy.Normal(mean, variance);
    const expected = mean + 1.959964 * Math.sqrt(variance);
    const high = law.inverse(0.975);
    console.log(`mean ${mean}, variance ${variance}: inverse(0.975) ${high.toFixed(2)}, expected ${expected.toFixed(2)}, ` +
                `distr(expected) ${law.distr(expected).toFixed(3)}`);
}
END
timeout 60 node interval.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
