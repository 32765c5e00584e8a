#!/bin/bash
# stdlib for JavaScript: a hypergeometric draw from about 160 molecules or more is the same number each time, the least or the most there can be.
#
# 160 molecules are shared out to two cells, 80 each, and 40 of them are A: the package gives the first cell 0 of A in each of 10,000
# draws, where 20 are expected. With 120 of A it gives it all 80, with 80 of A it is right. The probability of the first outcome is
# a quotient of products of factorials, which leaves the range of doubles, and an infinite probability ends the search at its start
# (lib/hin.js). With 100 molecules all is right. The page on the package asks for integers that are not negative, names no largest size, and
# says nothing of a result other than NaN for arguments that are out of range.
#
# npm: @stdlib/random-base-hypergeometric 0.2.2. Needs node 20. Seen, and checked below (mean, least and greatest of 10,000 draws):
#   N = 100, K = 25, n = 50: 12.5 from 4 to 20, expected 12.5
#   N = 160, K = 80, n = 80: 40.0 from 27 to 51, expected 40.0
#   N = 160, K = 40, n = 80: 0.0 from 0 to 0, expected 20.0
#   N = 160, K = 120, n = 80: 80.0 from 80 to 80, expected 60.0
#   N = 1000, K = 900, n = 500: 500.0 from 500 to 500, expected 450.0
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "draw", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" @stdlib/random-base-hypergeometric@0.2.2
cat >draw.js <<'END'
const hypergeometric = require("@stdlib/random-base-hypergeometric");

for (const [N, K, n] of [[100, 25, 50], [160, 80, 80], [160, 40, 80], [160, 120, 80], [1000, 900, 500]]) {
    const draw = hypergeometric.factory(N, K, n, { seed: 3 });
    const draws = 10000;
    let sum = 0, least = Infinity, greatest = -Infinity;
    for (let i = 0; i < draws; i++) {
        const count = draw();
        sum += count;
        least = Math.min(least, count);
        greatest = Math.max(greatest, count);
    }
    const mean = (sum / draws).toFixed(1);
    console.log(`N = ${N}, K = ${K}, n = ${n}: ${mean} from ${least} to ${greatest}, expected ${(n * K / N).toFixed(1)}`);
}
END
timeout 60 node draw.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
