#!/bin/bash
# poweRlaw for R: upper tails of discrete laws hold the point itself, so that they and the lower tails add up to more than 1.
#
# Counts from 2 on by a power law with exponent 2.5: 0.518 are equal to 2. ppldis(2) says 0.518, and with lower.tail = FALSE 1, in
# place of the 0.482 above 2. The manual says, "probabilities are P[X <= x], otherwise, P[X > x]", as for R's own laws; what comes
# is P[X >= x]. Below the lowest count the upper tail is 0 in place of 1. dist_cdf does the same for the discrete power law, Poisson,
# exponential and lognormal laws, while the continuous ones are as promised. Take 1 - P.
#
# Debian 12: r-cran-powerlaw 0.70.6-2, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (lower tail, upper tail; for the classes the sum of both at 3):
#   ppldis, 1: 0.000, 0.000
#   ppldis, 2: 0.518, 1.000
#   ppldis, 3: 0.706, 0.482
#   ppldis, 4: 0.797, 0.294
#   rpldis: 0.52 at or below 2, 0.48 above
#   displ: 0.706 + 0.482 = 1.188
#   dispois: 0.234 + 0.840 = 1.074
#   disexp: 0.451 + 0.741 = 1.192
#   dislnorm: 0.552 + 0.656 = 1.208
#   conpl: 0.456 + 0.544 = 1.000
#   conexp: 0.259 + 0.741 = 1.000
#   conlnorm: 0.337 + 0.663 = 1.000
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-powerlaw=0.70.6-2 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
library(poweRlaw)
for (x in 1:4) cat(sprintf("ppldis, %d: %.3f, %.3f\n", x, ppldis(x, 2, 2.5), ppldis(x, 2, 2.5, lower.tail = FALSE)))
set.seed(1)
x <- rpldis(1e5, 2, 2.5)
cat(sprintf("rpldis: %.2f at or below 2, %.2f above\n", mean(x <= 2), mean(x > 2)))
parameters <- list(displ = 2.5, dispois = 5, disexp = 0.3, dislnorm = c(1, 0.7), conpl = 2.5, conexp = 0.3, conlnorm = c(1, 0.7))
for (name in names(parameters)) {
  m <- get(name)$new(1:20)
  m$setXmin(2)
  m$setPars(parameters[[name]])
  both <- c(dist_cdf(m, 3), dist_cdf(m, 3, lower_tail = FALSE), dist_pdf(m, 3))
  cat(sprintf("%s: %.3f + %.3f = %.3f\n", name, both[1], both[2], both[1] + both[2]))
}
END
# R finds its parts by absolute paths of an installed system unless told where they are.
library=$folder/root/usr/lib/x86_64-linux-gnu
cp -a root/usr/lib/R home
rm home/etc/Renviron
touch home/etc/Renviron
export LD_LIBRARY_PATH=$folder/home/lib:$library:$library/blas:$library/lapack:$folder/root/lib/x86_64-linux-gnu
export R_HOME=$folder/home R_LIBS=$folder/root/usr/lib/R/site-library R_SHARE_DIR=$folder/root/usr/share/R/share
export R_DEFAULT_PACKAGES=methods,datasets,utils,grDevices,graphics,stats EDITOR=vi PAGER=cat TZ=UTC
home/bin/exec/R --no-echo --no-restore --no-save --vanilla -f check.R >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
