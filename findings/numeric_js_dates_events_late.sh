#!/bin/bash
# numeric (npm), the dopri solver: with two event functions an event at a given time has the end of the solver's step as its time.
#
# y' = -y until t = 2, say until the next dose. With the event function t - 2 alone the run ends at 2 with exp(-2). With the two functions
# t - 2 and 0.01 - y in an array it ends at "2.349" with tol = 1e-3, and at "2.084" with 1e-6, while y there is still exp(-2): the amounts
# are of one time and the time of another, and a course that goes on from there is shifted. `events` says rightly which function it was. The
# secant hits 2 exactly, where the function is 0 and no longer negative, so nothing is left that changes its sign, and the right end of the
# step becomes the time. Functions whose zero is not hit exactly, like 0.25 - y, are right in an array too. Compare the time with the one
# that was asked for, or integrate up to each known time by a call of its own.
#
# npm: numeric 1.2.6. Needs node 20. Seen, and checked below:
#   one function, tol = 1e-3: time 2.000, y = exp(-2.000)
#   two functions, tol = 1e-3: time 2.349, y = exp(-2.000), events true false
#   one function, tol = 1e-6: time 2.000, y = exp(-2.000)
#   two functions, tol = 1e-6: time 2.084, y = exp(-2.000), events true false
#   two functions, level 0.25: time 1.386, y = exp(-1.386), events true false
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "dose", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" numeric@1.2.6
cat >dose.js <<'END'
const numeric = require("numeric");

function show(name, tol, event) {
    const run = numeric.dopri(0, 10, [1], (t, y) => [-y[0]], tol, 1000, event);
    const time = run.x[run.x.length - 1].toFixed(3);
    const [amount] = run.y[run.y.length - 1];
    const which = Array.isArray(run.events) ? `, events ${run.events.join(" ")}` : "";
    console.log(`${name}: time ${time}, y = exp(${Math.log(amount).toFixed(3)})${which}`);
}

for (const tol of ["1e-3", "1e-6"]) {
    show(`one function, tol = ${tol}`, Number(tol), (t) => t - 2);
    show(`two functions, tol = ${tol}`, Number(tol), (t, y) => [t - 2, 0.01 - y[0]]);
}
show("two functions, level 0.25", 1e-6, (t, y) => [0.25 - y[0], t - 20]);
END
node dose.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
