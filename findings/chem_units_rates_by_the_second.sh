#!/bin/bash
# chem-units for JavaScript: a reaction rate in mol/(L s) becomes 3600 times too small in mol/(L min).
#
# One mol per litre and second is 60 mol per litre and minute; the package makes 1/60 of it, and 60 mol/(L min), which is 1 mol/(L s), it makes
# 3600 mol/(L s). Numbers of the table of units are how many of the unit go into the first one of its kind, and the 60 at mol/(L s)
# is the inverse of that. Turnover numbers, the other kind with both s and min, are right. convert() rounds to 5 decimals unless told
# otherwise, as its page says: 0.01667 is 1/60.
#
# npm: chem-units 2.1.0. Needs node 20. Seen, and checked below:
#   1 mol/(L s) = 0.01667 mol/(L min), expected 60
#   60 mol/(L min) = 3600 mol/(L s), expected 1
#   turnover: 1 1/s = 60 1/min, expected 60
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "rates", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" chem-units@2.1.0
cat >rates.js <<'END'
const { convert } = require("chem-units");

const minutes = convert("reaction_rate", 1, "mol_lsec", "mol_lmin");
const seconds = convert("reaction_rate", 60, "mol_lmin", "mol_lsec");
console.log(`1 mol/(L s) = ${minutes} mol/(L min), expected 60`);
console.log(`60 mol/(L min) = ${seconds} mol/(L s), expected 1`);
console.log(`turnover: 1 1/s = ${convert("turnover_number", 1, "1_s", "1_m")} 1/min, expected 60`);
END
timeout 60 node rates.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
