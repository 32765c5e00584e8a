#!/bin/bash
# SuppDists for R: the kurtosis of Friedman's statistic and of Kendall's tau is not theirs, and for Friedman's it is one that no law can have.
#
# sFriedman(3, 4) says -2.4 where the 6^4 orders that there are give 0.75. No law has a kurtosis below its squared skewness less 2, here
# -0.67, and none at all one below -2. For Kendall's tau with 8 measurements it is -1.09 in place of -0.27, which the numbers of orders
# give exactly, and still -0.97 in place of -0.18 with 12. "FourthCentralMoment" is wrong in the same way; the third moment is right.
# The manual calls these numbers, without a reserve, the moments and the kurtosis of the law, and says that the
# probabilities for these sizes are exact. Take the moments of the probabilities, or of all orders.
#
# Debian 12: r-cran-suppdists 1.1-9.7-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (skewness and kurtosis less 3, by the summary and by all orders that there are):
#   Friedman, 3 treatments, 4 rows: skewness 1.15, kurtosis -2.40; right: 1.15, 0.75
#   Kendall, 4: skewness 0.00, kurtosis -1.29; right: 0.00, -0.62
#   Kendall, 8: skewness 0.00, kurtosis -1.09; right: 0.00, -0.27
#   Kendall, 12: skewness 0.00, kurtosis -0.97; right: 0.00, -0.18
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-suppdists=1.1-9.7-1 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
library(SuppDists)
shape <- function(values, weights = rep(1, length(values))) {
  p <- weights / sum(weights)
  x <- values - sum(values * p)
  v <- sum(x^2 * p)
  c(sum(x^3 * p) / v^1.5, sum(x^4 * p) / v^2 - 3)
}
show <- function(name, s, exact, digits = 2) {
  f <- sprintf("%%s: skewness %%.%df, kurtosis %%.%df; right: %%.%df, %%.%df\n", digits, digits, digits, digits)
  cat(sprintf(f, name, s$"Skewness...sqrtB1" + 0, s$"Kurtosis...B2.minus.3", round(exact[1], 6) + 0, exact[2]))
}
orders <- rbind(1:3, c(1, 3, 2), c(2, 1, 3), c(2, 3, 1), c(3, 1, 2), 3:1)
sums <- apply(as.matrix(expand.grid(1:6, 1:6, 1:6, 1:6)), 1, function(i) sum(colSums(orders[i, ])^2))
show("Friedman, 3 treatments, 4 rows", sFriedman(3, 4), shape(sums / 4 - 48))
for (n in c(4, 8, 12)) {
  counts <- 1
  for (k in 2:n) counts <- convolve(counts, rep(1, k), type = "open")
  show(sprintf("Kendall, %d", n), sKendall(n), abs(shape(seq_along(counts), counts)) * c(1, -1))
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
