#!/bin/bash
# VGAM for R: three laws answer with other numbers when logarithms are asked for, two of them with probabilities above 1.
#
# phuber, the law of measurements with outliers, says that 2 or less has the probability 0.90, and with log.p = TRUE one whose exp() is 1.10:
# beyond the middle it takes the logarithm of one plus the tail instead of one less it, for the upper tail too. pyules, the Yule-Simon law, takes no
# logarithm at all: what it returns is the probability, and exp() of that 2.04. dzoibetabinom, beta-binomial counts with more nones
# and more alls than that law has, forgets those with log = TRUE: 0.16 for a count of 0 in place of 0.24, and a likelihood by it fits
# another law. The manual says "Same meaning as in pnorm" of these arguments. Take log() of the plain ones.
#
# Debian 12: r-cran-vgam 1.1-7-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (plain, exp() of the logarithm):
#   phuber -2: 0.10, 0.10
#   phuber 0: 0.50, 0.50
#   phuber 2: 0.90, 1.10
#   phuber, upper tail -2: 0.90, 1.10
#   phuber, upper tail 2: 0.10, 0.10
#   pyules 1: 0.71, 2.04
#   pyules 2: 0.87, 2.39
#   dzoibetabinom 0: 0.24, 0.16
#   dzoibetabinom 1: 0.14, 0.14
#   dzoibetabinom 8: 0.21, 0.01
#   sum of dzoibetabinom: 1.00, 0.72
#   phuber(2) by the integral of dhuber: 0.90
#   pyules(2) by the sum of dyules: 0.87
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-vgam=1.1-7-1 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
suppressMessages(library(VGAM))
show <- function(name, plain, logarithm) cat(sprintf("%s: %.2f, %.2f\n", name, plain, exp(logarithm)), sep = "")
for (x in c(-2, 0, 2)) show(paste("phuber", x), phuber(x), phuber(x, log.p = TRUE))
for (x in c(-2, 2)) show(paste("phuber, upper tail", x), phuber(x, lower.tail = FALSE), phuber(x, lower.tail = FALSE, log.p = TRUE))
for (x in c(1, 2)) show(paste("pyules", x), pyules(x, 2.5), pyules(x, 2.5, log.p = TRUE))
d <- function(...) dzoibetabinom(0:8, 8, 0.3, 0.2, pstr0 = 0.1, pstrsize = 0.2, ...)
for (x in c(0, 1, 8)) show(paste("dzoibetabinom", x), d()[x + 1], d(log = TRUE)[x + 1])
cat(sprintf("sum of dzoibetabinom: %.2f, %.2f\n", sum(d()), sum(exp(d(log = TRUE)))))
cat(sprintf("phuber(2) by the integral of dhuber: %.2f\n", integrate(dhuber, -Inf, 2)$value))
cat(sprintf("pyules(2) by the sum of dyules: %.2f\n", sum(dyules(1:2, 2.5))))
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
