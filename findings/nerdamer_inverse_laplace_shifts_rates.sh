#!/bin/bash
# nerdamer (npm): its inverse Laplace transform of two decays in a row has other rate constants than its argument, unless they are integers.
#
# 1 / ((s + 0.1) (s + 0.3)) is the second of three substances in a row with the rate constants 0.1 and 0.3. The answer is
# (exp(-0.1 t) - exp(-0.3 t)) / 0.2, and ilt() gives 0.5 exp(-0.01 t) - 0.5 exp(-0.03 t): at t = 1 it is 0.0098 in place of 0.8201. Fractions
# for the decimals change nothing. With 0.5 and 2 the amount is complex. With letters a and b the answer has exponents like
# (a^2 - a b) t, and with a = 1, b = 2 it is 36.6 in place of 0.465, and 6 at t = 0, where there is none. With integers all is well, so an
# example from a book comes out right. The partial fractions of the same term, by partfrac(), are right for decimals, and so the fault is in
# what makes exponentials of them. No message comes. Compare a value at some t with a numerical solution.
#
# npm: nerdamer 1.1.13. Needs node 20. Seen, and checked below (both at t = 1):
#   1/((s+1)*(s+2)): 0.2325, right is 0.2325
#   1/((s+2)*(s+5)): 0.0429, right is 0.0429
#   1/((s+0.1)*(s+0.3)): 0.0098, right is 0.8201
#   1/((s+1/10)*(s+3/10)): 0.0098, right is 0.8201
#   1/((s+0.5)*(s+2)): -0.2866 + 0.8625 i, right is 0.3141
#   a*b/((s+a)*(s+b)), a = 1, b = 2: 36.5855, right is 0.4651
#   partial fractions of 1/((s+0.1)*(s+0.3)) at s = 1: 0.6993, right is 0.6993
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "transform", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" nerdamer@1.1.13
cat >transform.js <<'END'
const nerdamer = require("nerdamer/all");

function text(value) {
    const [real, imaginary] = value.split("+");
    return Number(real).toFixed(4) + (imaginary ? ` + ${parseFloat(imaginary).toFixed(4)} i` : "");
}

function row(k, l) {
    return (Math.exp(-k) - Math.exp(-l)) / (l - k);
}

function show(term, k, l) {
    const amount = nerdamer(`ilt(${term},s,t)`).evaluate({ t: 1 }).text();
    console.log(`${term}: ${text(amount)}, right is ${row(k, l).toFixed(4)}`);
}

show("1/((s+1)*(s+2))", 1, 2);
show("1/((s+2)*(s+5))", 2, 5);
show("1/((s+0.1)*(s+0.3))", 0.1, 0.3);
show("1/((s+1/10)*(s+3/10))", 0.1, 0.3);
show("1/((s+0.5)*(s+2))", 0.5, 2);
const amount = nerdamer("ilt(a*b/((s+a)*(s+b)),s,t)").evaluate({ a: 1, b: 2, t: 1 }).text();
console.log(`a*b/((s+a)*(s+b)), a = 1, b = 2: ${text(amount)}, right is ${(2 * row(1, 2)).toFixed(4)}`);
const parts = nerdamer("partfrac(1/((s+0.1)*(s+0.3)),s)").evaluate({ s: 1 }).text();
console.log(`partial fractions of 1/((s+0.1)*(s+0.3)) at s = 1: ${text(parts)}, right is ${(1 / 1.1 / 1.3).toFixed(4)}`);
END
node transform.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
