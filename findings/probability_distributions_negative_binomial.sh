#!/bin/bash
# probability-distributions for JavaScript: negative binomial draws are too large by the number of hits less one, also where a mean is asked for.
#
# rnbinom(n, size, p, mu) takes its arguments as R does, whose draws are the failures before the hit of number `size`: proteins of 20 bursts
# with 10 of them on average come out with a mean of 29, and with 5 bursts of 14. The package counts all tries and takes off 1, which is
# the number of failures for a size of 1 and of nothing else. Variances are right, so Fano factors are too small: 0.5 where it is
# 1.5 for 20 bursts, less than Poisson noise, which no negative binomial law has. mu is called `optional way to specify hit probability`; the
# p it leads to is size / (size + mu), as in R, which has the mean mu for the failures. The page on the package says nothing of other counts.
#
# npm: probability-distributions 0.9.1. Needs node 20. Seen, and checked below (means of 20,000 draws, rounded to integers; those of R
# are size (1 - p) / p and mu):
#   size 1, p 0.5: mean 1, in R 1
#   size 5, p 0.5: mean 9, in R 5
#   size 20, p 0.5: mean 39, in R 20
#   size 1, mu 10: mean 10, in R 10
#   size 5, mu 10: mean 14, in R 10
#   size 20, mu 10: mean 29, in R 10
#   Fano factor for size 20, mu 10: below 1, in R 1.5
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "bursts", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" probability-distributions@0.9.1
cat >bursts.js <<'END'
const distributions = require("probability-distributions");

function moments(draws) {
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    return { mean, variance: draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (draws.length - 1) };
}

const draws = 20000;
for (const size of [1, 5, 20]) {
    console.log(`size ${size}, p 0.5: mean ${Math.round(moments(distributions.rnbinom(draws, size, 0.5)).mean)}, in R ${size}`);
}
for (const size of [1, 5, 20]) {
    console.log(`size ${size}, mu 10: mean ${Math.round(moments(distributions.rnbinom(draws, size, undefined, 10)).mean)}, in R 10`);
}
const { mean, variance } = moments(distributions.rnbinom(draws, 20, undefined, 10));
console.log(`Fano factor for size 20, mu 10: ${variance / mean < 1 ? "below 1" : "1 or more"}, in R 1.5`);
END
timeout 120 node bursts.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
