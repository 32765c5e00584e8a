#!/bin/bash
# rmutil for R: quantiles of the gamma count law are rounded to the nearest count, so that random counts are half a molecule too few.
#
# The law of a number of events whose waiting times are gamma distributed; with s = 1 these are exponential, and it is that of Poisson.
# Its mean is then m = 6, and draws of rgammacount have 5.50 on average. The median is 6, and qgammacount says 5, though pgammacount(5) is
# 0.446. The quantile is found as a real number at which the cumulative probability, without its steps, is p, and is rounded; the next
# count above it is the right one. The variance is right, so nothing else looks odd. The manual says that the functions give the quantiles
# and random numbers of this law. Right: the first count at which the sum of the package's own probabilities reaches p, and for s = 1
# qpois.
#
# Debian 12: r-cran-rmutil 1.1.10-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (means of 20,000 draws with one decimal):
#   s = 1: qgammacount 2 4 5 7 9, by sums 3 5 6 7 9, qpois 3 5 6 7 9
#   s = 1: mean of draws 5.5, by sums 6.0
#   s = 2: qgammacount 3 4 5 6 8, by sums 4 5 6 7 8
#   s = 2: mean of draws 5.2, by sums 5.8
#   s = 0.5: qgammacount 2 4 6 8 11, by sums 2 4 6 8 11
#   s = 0.5: mean of draws 6.0, by sums 6.5
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-rmutil=1.1.10-1 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
suppressPackageStartupMessages(library(rmutil))
set.seed(1)
p <- c(0.1, 0.3, 0.5, 0.7, 0.9)
for (s in c(1, 2, 0.5)) {
  sums <- cumsum(dgammacount(0:100, 6, s))
  right <- sapply(p, function(level) which(sums >= level)[1] - 1)
  poisson <- if (s == 1) paste(", qpois", paste(qpois(p, 6), collapse = " ")) else ""
  cat(sprintf("s = %g: qgammacount %s, by sums %s%s\n", s, paste(qgammacount(p, 6, s), collapse = " "), paste(right, collapse = " "), poisson))
  cat(sprintf("s = %g: mean of draws %.1f, by sums %.1f\n", s, mean(rgammacount(20000, 6, s)), sum(0:100 * dgammacount(0:100, 6, s))))
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
