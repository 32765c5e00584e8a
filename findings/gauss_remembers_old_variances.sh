#!/bin/bash
# gauss for JavaScript: a variance that was asked for before an element changed is given again afterwards, if the sum was asked for in between.
#
# A vector of four amounts, of which one is corrected from 4 to 40. variance() alone is right after it. With sum() or mean() asked first,
# it is the variance from before the correction, and so are stdev() and product(): each of them is kept with one common copy of the
# elements, and whichever comes first brings that copy up to date, so the others take what they have for new. sample.variance() is the
# same after push(), which renews the variance, the sum and the copy, but not it. The page on the package says that these objects can be
# used like any array. A second vector of the same numbers is the check.
#
# npm: gauss 0.2.12. Needs node 20. Seen, and checked below:
#   as it was: variance 1.25, product 24
#   corrected: variance 1.25 (a new vector: 271.25), product 24 (240), mean 11.5 (11.5)
#   corrected, variance first: variance 271.25 (271.25)
#   pushed: variance 10 (10), sample variance 1.67 (12.50)
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "check", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" gauss@0.2.12
cat >check.js <<'END'
const { Vector } = require("gauss");

let amounts = new Vector([1, 2, 3, 4]);
console.log(`as it was: variance ${amounts.variance()}, product ${amounts.product()}`);
amounts[3] = 40;
const mean = amounts.mean();
const fresh = new Vector([1, 2, 3, 40]);
console.log(`corrected: variance ${amounts.variance()} (a new vector: ${fresh.variance()}), ` +
            `product ${amounts.product()} (${fresh.product()}), mean ${mean} (${fresh.mean()})`);
amounts = new Vector([1, 2, 3, 4]);
amounts[3] = 40;
console.log(`corrected, variance first: variance ${amounts.variance()} (${fresh.variance()})`);
amounts = new Vector([1, 2, 3, 4]);
amounts.sample.variance();
amounts.push(10);
const longer = new Vector([1, 2, 3, 4, 10]);
console.log(`pushed: variance ${amounts.variance()} (${longer.variance()}), ` +
            `sample variance ${amounts.sample.variance().toFixed(2)} (${longer.sample.variance().toFixed(2)})`);
END
timeout 60 node check.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
