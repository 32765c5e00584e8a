#!/bin/bash
# truncnorm for R: beyond about 7 standard deviations the mean and the variance of a truncated normal law are those of a uniform one.
#
# etruncnorm(8, 9) is 8.5, the middle of the interval, and the variance 1/12, where the law crowds at its lower end: mean 8.121, by an
# integral and by numbers from rtruncnorm of the same package. From [6, 7] to [7, 8] the answers go from right to these. Without
# an upper end the mean is right everywhere, but the variance is 4.2 from 8 on in place of 0.014, and -Inf from 9 on. The density on
# [9, 10] is 1 where 9 in 10 of the law's numbers lie in the lowest quarter, and probabilities turn to steps before. No warning comes, and the
# manual has no limit on the bounds. Amounts have to be positive, so such laws come from means far below 0. Shift: above a the law is nearly
# exponential with rate a.
#
# Debian 12: r-cran-truncnorm 1.0-8-3, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (by etruncnorm and vtruncnorm; by integrals; mean of 100,000 numbers of rtruncnorm):
#   6 to 7: mean 6.157, variance 0.023; right 6.157, 0.023; drawn 6.16
#   7 to 8: mean 7.500, variance 0.083; right 7.137, 0.018; drawn 7.14
#   8 to 9: mean 8.500, variance 0.083; right 8.121, 0.014; drawn 8.12
#   6 to Inf: mean 6.158, variance 0.024; right 6.158, 0.024; drawn 6.16
#   8 to Inf: mean 8.121, variance 4.152; right 8.121, 0.014; drawn 8.12
#   9 to Inf: mean 9.109, variance -Inf; right 9.109, 0.012; drawn 9.11
#   8.2 to 9.2, below 8.25: ptruncnorm 0.00, drawn 0.34
#   8.2 to 9.2, below 8.30: ptruncnorm 1.00, drawn 0.57
#   8.2 to 9.2, below 8.40: ptruncnorm 1.00, drawn 0.82
#   9 to 10, at 9.01: dtruncnorm 1.0, drawn 8.3
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-truncnorm=1.0-8-3 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
library(truncnorm)
set.seed(1)
# The density less the constant exp(-a^2 / 2), so that nothing underflows.
exact <- function(a, b) {
  moment <- function(k) integrate(function(x) x^k * exp(-x * (x + 2 * a) / 2), 0, min(b - a, 3))$value
  mean <- moment(1) / moment(0)
  c(a + mean, moment(2) / moment(0) - mean^2)
}
for (ends in list(c(6, 7), c(7, 8), c(8, 9), c(6, Inf), c(8, Inf), c(9, Inf))) {
  e <- exact(ends[1], ends[2])
  x <- rtruncnorm(1e5, ends[1], ends[2])
  cat(sprintf("%d to %s: mean %.3f, variance %.3f; right %.3f, %.3f; drawn %.2f\n", ends[1], ends[2], etruncnorm(ends[1], ends[2]),
              vtruncnorm(ends[1], ends[2]), e[1], e[2], mean(x)))
}
x <- rtruncnorm(1e5, 8.2, 9.2)
for (q in c(8.25, 8.3, 8.4)) cat(sprintf("8.2 to 9.2, below %.2f: ptruncnorm %.2f, drawn %.2f\n", q, ptruncnorm(q, 8.2, 9.2), mean(x < q)))
cat(sprintf("9 to 10, at 9.01: dtruncnorm %.1f, drawn %.1f\n", dtruncnorm(9.01, 9, 10), mean(rtruncnorm(1e5, 9, 10) < 9.02) / 0.02))
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
