#!/bin/bash
# stdlib for JavaScript: its binomial numbers have a mean that is about half a unit off, and too small a variance, as soon as n p reaches 10.
#
# 20 molecules that each leave with probability 0.5 leave 10.54 on average, with a variance of 4.1 in place of 5; 100 of them 50.46. With
# p above 0.5 the mean is as much too low. While n p is below 10 the package adds up single trials, and is right. From 10 on it
# takes Hormann's rejection, in which the product that leads from the mode m to k begins with the factor for m itself, where it should begin
# with the next one (lib/sample2.js). A division of cells, or a step of binomial tau-leaping, thus makes half a
# molecule from nothing each time. The page on the package names that paper and no limits. The standard error of the means below is
# at most 0.016. The package for Poisson numbers is right.
#
# npm: @stdlib/random-base-binomial and @stdlib/random-base-poisson 0.2.2. Needs node 20. Seen, and checked below:
#   binomial, n = 19, p = 0.5: mean 9.5, variance 4.8
#   binomial, n = 20, p = 0.5: mean 10.5, variance 4.1
#   binomial, n = 40, p = 0.5: mean 20.5, variance 8.9
#   binomial, n = 40, p = 0.7: mean 27.5, variance 7.4
#   binomial, n = 100, p = 0.2: mean 20.5, variance 14.7
#   Poisson, 20: mean 20.0, variance 20.0
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "draw", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" @stdlib/random-base-binomial@0.2.2 \
    @stdlib/random-base-poisson@0.2.2
cat >draw.js <<'END'
const binomial = require("@stdlib/random-base-binomial");
const poisson = require("@stdlib/random-base-poisson");

function show(name, draw) {
    const draws = 100000;
    let sum = 0, squares = 0;
    for (let i = 0; i < draws; i++) {
        const count = draw();
        sum += count;
        squares += count * count;
    }
    const mean = sum / draws;
    console.log(`${name}: mean ${mean.toFixed(1)}, variance ${(squares / draws - mean * mean).toFixed(1)}`);
}

for (const [n, p] of [[19, 0.5], [20, 0.5], [40, 0.5], [40, 0.7], [100, 0.2]]) {
    show(`binomial, n = ${n}, p = ${p}`, binomial.factory(n, p, { seed: 1 }));
}
show("Poisson, 20", poisson.factory(20, { seed: 1 }));
END
node draw.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
