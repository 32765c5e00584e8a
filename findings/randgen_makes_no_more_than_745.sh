#!/bin/bash
# randgen for JavaScript: Poisson numbers with a mean above 745 have the mean 745.
#
# A leap of a simulation with 1000 expected events draws about 745 of them, and so does one with 2000. The method multiplies random
# numbers until the product is at most exp(-mean), which is 0 as a double from 746 on; the product becomes 0 after some 745 factors
# whatever the mean is. Nothing is raised. Means up to 700 are right. The page on the package names Poisson among the supported
# distributions, and no bound. The package random, which has another method for large means, is the second opinion.
#
# npm: randgen 0.1.0, random 5.5.1. Needs node 20. Seen, and checked below (means of 20,000 draws, rounded to a multiple of 5; those of
# the right law are within 1.3 of the true mean with 4 standard errors):
#   mean 100: randgen 100, random 100
#   mean 700: randgen 700, random 700
#   mean 1000: randgen 745, random 1000
#   mean 2000: randgen 745, random 2000
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "check", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" randgen@0.1.0 random@5.5.1
cat >check.js <<'END'
const { rpoisson } = require("randgen");
const second = import("random");

function mean(draw) {
    let sum = 0;
    for (let i = 0; i < 20000; i++) {
        sum += draw();
    }
    return 5 * Math.round(sum / 20000 / 5);
}

second.then(({ default: random }) => {
    for (const lambda of [100, 700, 1000, 2000]) {
        console.log(`mean ${lambda}: randgen ${mean(() => rpoisson(lambda))}, random ${mean(random.poisson(lambda))}`);
    }
});
END
timeout 60 node check.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
