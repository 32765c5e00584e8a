#!/bin/bash
# cubic-hermite-spline (npm): slopes between times that are not one apart come multiplied by the length of the interval.
#
# A course through given amounts with given rates at given times (knots): the amounts are right, and asked for the tangent at a time at
# which one was given, it returns another. With x = t^2 at 0, 2, 3 and 10 and the rates 0, 4, 6 and 20 it says 8 at 2 and 140 at 10: the
# rate per interval, not per unit of time. Where knots are one apart all is right. The README says of the argument `derivative`, "if
# true return the tangeant at `t` instead of the position", and calls the given rates "tangents at provided points". A quotient of
# differences of its own positions has the true rates. Divide by the length of the interval that t is in.
#
# npm: cubic-hermite-spline 1.0.1. Needs node 20. Seen, and checked below (position, tangent, quotient of differences of positions; 2 t is right):
#   t = 0: 0.00, 0.00, 0.00
#   t = 1: 1.00, 4.00, 2.00
#   t = 2: 4.00, 8.00, 4.00
#   t = 2.5: 6.25, 5.00, 5.00
#   t = 5: 25.00, 70.00, 10.00
#   t = 10: 100.00, 140.00, 20.00
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "slopes", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" cubic-hermite-spline@1.0.1
cat >slopes.js <<'END'
const hermite = require("cubic-hermite-spline");

const knots = [0, 2, 3, 10];
const points = knots.map((t) => [t * t]);
const tangents = knots.map((t) => [2 * t]);
const position = (t) => hermite(t, points, tangents, knots)[0];
for (const t of [0, 1, 2, 2.5, 5, 10]) {
    const [tangent] = hermite(t, points, tangents, knots, true);
    const [before, after] = [Math.max(t - 1e-6, 0), Math.min(t + 1e-6, 10)];
    const quotient = (position(after) - position(before)) / (after - before);
    console.log(`t = ${t}: ${[position(t), tangent, quotient].map((x) => x.toFixed(2)).join(", ")}`);
}
END
timeout 60 node slopes.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
