#!/bin/bash
# everpolate for JavaScript: a step function at its last point has the value of the point before; a little later it has the last one.
#
# Counts of a molecule with jumps at 0, 1, 2 and 3. At 0, 1 and 2 step() gives the count from that time on, and so it does behind 3, but at 3
# itself the one from 2. A run that ends with its last event, as trajectories of Gillespie's method do, loses that event where it is
# read at its end: the extinct come out alive. The page on the package names no exception. A loop gives 0 there, and so does interp1 with
# 'previous'.
#
# npm: everpolate 0.0.3, interp1 1.0.20. Needs node 20. Seen, and checked below:
#   everpolate at 0 0.5 1 1.5 2 2.5 3 3.5: 3 3 2 2 1 1 1 0
#   interp1 at 0 0.5 1 1.5 2 2.5 3: 3 3 2 2 1 1 0
#   a loop at 0 0.5 1 1.5 2 2.5 3 3.5: 3 3 2 2 1 1 0 0
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "steps", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" everpolate@0.0.3 interp1@1.0.20
cat >steps.js <<'END'
const { step } = require("everpolate");
const interp1 = require("interp1");

const times = [0, 1, 2, 3], counts = [3, 2, 1, 0];
const asked = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5], inside = asked.slice(0, -1);
const previous = (interp1.default ?? interp1)(times, counts, inside, "previous");
const loop = asked.map((time) => counts[times.filter((jump) => jump <= time).length - 1]);
console.log(`everpolate at ${asked.join(" ")}: ${step(asked, times, counts).join(" ")}`);
console.log(`interp1 at ${inside.join(" ")}: ${previous.join(" ")}`);
console.log(`a loop at ${asked.join(" ")}: ${loop.join(" ")}`);
END
timeout 60 node steps.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
