#!/bin/bash
# rmutil for R: the probabilities of the multiplicative binomial law add up to 0.65 or 2.77 instead of 1, and the cumulative ones are of another law.
#
# Five sites that bind with a chance of 0.3 each and hinder each other, s = 0.9: the law is the binomial one times s^(y (n - y)), divided
# by the sum of all, says the manual. At 0 that is 0.255; both functions say 0.324. pmultbinom has y^2 (n - y) as the exponent, and
# dmultbinom y (n - y)^2, divided by the sum of what pmultbinom adds up. Random numbers and quantiles go by pmultbinom. For s = 1 all is
# right. The law with a power variance function by the same package stands one count too late: ppvfpois(0) is 0 where dpvfpois(0) is
# 0.007, and its quantiles are one too large. There is no message.
#
# Debian 12: r-cran-rmutil 1.1.10-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below:
#   s = 1: dmultbinom 0.168 0.360 0.309 0.132 0.028 0.002, sum 1.000
#   s = 1: pmultbinom 0.168 0.528 0.837 0.969 0.998 1.000
#   s = 1: manual 0.168 0.360 0.309 0.132 0.028 0.002, cumulative 0.168 0.528 0.837 0.969 0.998 1.000
#   s = 0.9: dmultbinom 0.324 0.129 0.089 0.072 0.036 0.005, sum 0.654
#   s = 0.9: pmultbinom 0.324 0.779 0.947 0.985 0.995 1.000
#   s = 0.9: manual 0.255 0.358 0.249 0.107 0.028 0.004, cumulative 0.255 0.613 0.862 0.968 0.996 1.000
#   s = 1.5: dmultbinom 0.001 0.923 1.781 0.067 0.001 0.000, sum 2.772
#   s = 1.5: pmultbinom 0.001 0.008 0.164 0.927 1.000 1.000
#   s = 1.5: manual 0.023 0.255 0.491 0.210 0.020 0.000, cumulative 0.023 0.278 0.769 0.980 1.000 1.000
#   with the exponents above: TRUE
#   ppvfpois: 0.000 0.007 0.036 0.101 0.205 0.336, sums of dpvfpois 0.007 0.036 0.101 0.205 0.336 0.477
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
row <- function(values) paste(sprintf("%.3f", values), collapse = " ")
y <- 0:5
n <- 5
same <- TRUE
for (s in c(1, 0.9, 1.5)) {
  weights <- function(exponent) choose(n, y) * 0.3^y * 0.7^(n - y) * s^exponent
  d <- dmultbinom(y, n, 0.3, s)
  p <- pmultbinom(y, n, 0.3, s)
  law <- weights(y * (n - y)) / sum(weights(y * (n - y)))
  cat(sprintf("s = %g: dmultbinom %s, sum %.3f
", s, row(d), sum(d)))
  cat(sprintf("s = %g: pmultbinom %s
", s, row(p)))
  cat(sprintf("s = %g: manual %s, cumulative %s
", s, row(law), row(cumsum(law))))
  other <- weights(y^2 * (n - y))
  same <- same && max(abs(cumsum(other) / sum(other) - p)) < 1e-9 && max(abs(weights(y * (n - y)^2) / sum(other) - d)) < 1e-9
}
cat(sprintf("with the exponents above: %s
", same))
cat(sprintf("ppvfpois: %s, sums of dpvfpois %s
", row(ppvfpois(0:5, 6, 1.5, 0.3)), row(cumsum(dpvfpois(0:5, 6, 1.5, 0.3)))))
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
