#!/bin/bash
# js-quantities (npm): the enzyme unit is ten million times too small.
#
# One U of an enzyme turns over one micromole a minute, 1.6667e-8 katal. The package has it as 16.667e-16 katal, so 5 U convert to 5e-7 in
# place of 5 micromoles a minute, and 1 katal is 6e14 U in place of 6e7. Dimensions are right, nothing is raised: a maximal rate that was
# measured in U per litre becomes one of 1e-13 mol / (L min). The katal itself and its parts, and minutes and moles, are right. No page
# on the package tells how large its U is. Say `umol/min` in place of `U`.
#
# npm: js-quantities 1.8.0. Needs node 20. Seen, and checked below:
#   5 U: 5.000e-7 umol/min
#   5 umol/min: 5.000e+0 umol/min
#   1 U/l: 1.000e-13 M/min
#   1 umol/min: 1.667e+1 nkat
#   1 U: 1.667e-6 nkat
#   1 kat: 6.000e+14 U
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "unit", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" js-quantities@1.8.0
cat >unit.js <<'END'
const Qty = require("js-quantities");

for (const [from, to] of [["5 U", "umol/min"], ["5 umol/min", "umol/min"], ["1 U/l", "M/min"], ["1 umol/min", "nkat"], ["1 U", "nkat"],
                          ["1 kat", "U"]]) {
    console.log(`${from}: ${Qty(from).to(to).scalar.toExponential(3)} ${to}`);
}
END
node unit.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
