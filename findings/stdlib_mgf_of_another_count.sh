#!/bin/bash
# stdlib for JavaScript: the moment-generating functions of negative binomial and geometric laws are those of other counts than their pmf.
#
# The slope of such a function at 0 is the mean. For bursts with r = 5 and p = 0.3 the package says that the mean is 11.67, which its
# probabilities and the closed form r (1 - p) / p have too, but the slope of its mgf is 7.14: the parts of p and 1 - p are exchanged, and there
# is one factor exp(t) too many for each of the r. The mgf of the geometric law is that of the tries, 1 more than the failures that its pmf
# counts. The pages on the two functions show these formulas; for them r is a number of failures, on the pages on pmf and mean a number of
# successes, and nothing says that the parts of the package count differently. Cumulants, or bounds on tails, from the mgf are those of
# another law. The Poisson law, and the binomial one, fit.
#
# npm, @stdlib/stats-base-dists-NAME: negative-binomial-mgf 0.2.3, -mean 0.3.1, -pmf 0.1.3, geometric-mgf 0.3.1,
# -mean 0.3.1, -pmf 0.3.1, poisson-mgf 0.3.1, -mean 0.3.1, -pmf 0.2.3. Needs node 20. Seen, and checked below:
#   poisson(7): mean 7.00, of the pmf 7.00, slope of the mgf 7.00
#   geometric(0.3): mean 2.33, of the pmf 2.33, slope of the mgf 3.33
#   negative-binomial(5,0.3): mean 11.67, of the pmf 11.67, slope of the mgf 7.14
#   negative-binomial(5,0.9): mean 0.56, of the pmf 0.56, slope of the mgf 50.00
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "laws", "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" \
    @stdlib/stats-base-dists-negative-binomial-mgf@0.2.3 @stdlib/stats-base-dists-negative-binomial-mean@0.3.1 @stdlib/stats-base-dists-negative-binomial-pmf@0.1.3 \
    @stdlib/stats-base-dists-geometric-mgf@0.3.1 @stdlib/stats-base-dists-geometric-mean@0.3.1 @stdlib/stats-base-dists-geometric-pmf@0.3.1 \
    @stdlib/stats-base-dists-poisson-mgf@0.3.1 @stdlib/stats-base-dists-poisson-mean@0.3.1 @stdlib/stats-base-dists-poisson-pmf@0.2.3
cat >laws.js <<'END'
function part(law, name) {
    return require(`@stdlib/stats-base-dists-${law}-${name}`);
}

for (const [law, ...args] of [["poisson", 7], ["geometric", 0.3], ["negative-binomial", 5, 0.3], ["negative-binomial", 5, 0.9]]) {
    const [mgf, mean, pmf] = ["mgf", "mean", "pmf"].map((name) => part(law, name));
    const h = 1e-4;
    let sum = 0;
    for (let count = 0; count < 500; count++) {
        sum += count * pmf(count, ...args);
    }
    const slope = (mgf(h, ...args) - mgf(-h, ...args)) / (2 * h);
    console.log(`${law}(${args}): mean ${mean(...args).toFixed(2)}, of the pmf ${sum.toFixed(2)}, slope of the mgf ${slope.toFixed(2)}`);
}
END
timeout 60 node laws.js >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
