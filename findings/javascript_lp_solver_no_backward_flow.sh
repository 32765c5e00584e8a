#!/bin/bash
# javascript-lp-solver: a network whose reversible reaction has to run backwards cannot grow, says the solver: feasible, bounded, result 0.
#
# Food becomes B (at most 10), A and B turn into each other, and A becomes growth. The reaction A -> B is one variable from -4 to 5,
# declared `unrestricted` as the page on the package says for variables that may be negative. The best flux is B -> A at 4, so growth is 4; by
# hand, and by the same package where the reaction is two variables that are not negative. The answer for one variable is a growth of 0 with
# `feasible: true` and `bounded: true`, an optimum by all it tells. 0.4.24 called the same model infeasible. Where the flux is
# positive in the optimum, one variable is right; bounds on it are not the cause.
#
# npm: javascript-lp-solver 1.0.3. Needs node 20. Seen, and checked below:
#   A -> B is one variable: feasible true, bounded true, growth 0, expected 4
#   A -> B is one variable without bounds: feasible true, bounded true, growth 0, expected 10
#   A -> B and B -> A are two: feasible true, bounded true, growth 4, expected 4
#   food makes A and growth takes B: feasible true, bounded true, growth 5, expected 5
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "fluxes", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" javascript-lp-solver@1.0.3
cat >fluxes.js <<'END'
const solver = require("javascript-lp-solver");

/* Each variable is a flux; the constraints A and B say that as much is made as is used. */
function show(title, expected, variables, unrestricted) {
    const constraints = { A: { equal: 0 }, B: { equal: 0 }, food: { max: 10 }, least: { min: -4 }, most: { max: 5 } };
    const found = solver.Solve({ optimize: "growth", opType: "max", constraints, variables, unrestricted });
    console.log(`${title}: feasible ${found.feasible}, bounded ${found.bounded}, growth ${found.result + 0}, expected ${expected}`);
}

const reversible = { A: -1, B: 1, least: 1, most: 1 };
show("A -> B is one variable", 4,
     { food: { B: 1, food: 1 }, turn: reversible, growth: { A: -1, growth: 1 } }, { turn: 1 });
show("A -> B is one variable without bounds", 10,
     { food: { B: 1, food: 1 }, turn: { A: -1, B: 1 }, growth: { A: -1, growth: 1 } }, { turn: 1 });
show("A -> B and B -> A are two", 4,
     { food: { B: 1, food: 1 }, forth: { A: -1, B: 1, most: 1 }, back: { A: 1, B: -1, least: -1 }, growth: { A: -1, growth: 1 } });
show("food makes A and growth takes B", 5,
     { food: { A: 1, food: 1 }, turn: reversible, growth: { B: -1, growth: 1 } }, { turn: 1 });
END
timeout 60 node fluxes.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
