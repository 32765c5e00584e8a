#!/bin/bash
# statly for JavaScript: the p of its Mann-Whitney test is a tail of a binomial law of the smaller set's size, and says little for small sets.
#
# Six runs that are all below six others: one division of 924 has that, 0.0011, and two count both ways. uTest() says 0.0156, which is
# 1/64, the chance of six heads. In general it is the lower tail at n auc of n throws of a coin, with the size of the smaller set as n.
# One run below nine others is one order in ten; the package says 0.5. So differences are missed that the test by this name finds, most of
# all for sets of unequal size, and its p can not fall when the larger set grows. The page calls it a Mann-Whitney U test and p the
# probability that both sets could come from the same population. auc is right. All divisions are counted below.
#
# npm: statly 0.0.1. Needs node 20. Seen, and checked below:
#   3 below 3: auc 0, p 0.1250, of all divisions 0.0500
#   6 below 6: auc 0, p 0.0156, of all divisions 0.0011
#   3 below 12: auc 0, p 0.1250, of all divisions 0.0022
#   1 below 9: auc 0, p 0.5000, of all divisions 0.1000
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "check", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" statly@0.0.1
cat >check.js <<'END'
const { uTest } = require("statly");

// The part of the ways to choose n of the ranks 0 to n + m - 1 in which as few pairs as in the data are the other way round.
function counted(n, m, most) {
    let extreme = 0, all = 0;
    for (let set = 0; set < 1 << n + m; set++) {
        let chosen = 0, above = 0;
        for (let i = 0; i < n + m; i++) {
            if (set >> i & 1) {
                above += i - chosen++;
            }
        }
        if (chosen === n) {
            all++;
            extreme += above <= most;
        }
    }
    return extreme / all;
}

for (const [n, m] of [[3, 3], [6, 6], [3, 12], [1, 9]]) {
    const low = Array.from({ length: n }, (_, i) => i), high = Array.from({ length: m }, (_, i) => 100 + i);
    const { auc, p } = uTest(low, high);
    console.log(`${n} below ${m}: auc ${auc}, p ${p.toFixed(4)}, of all divisions ${counted(n, m, auc * n * m).toFixed(4)}`);
}
END
timeout 60 node check.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
