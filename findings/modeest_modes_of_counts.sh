#!/bin/bash
# modeest for R: the most frequent count of a hypergeometric or geometric law is one too high at times, and some modes lie outside of the law.
#
# Draw 9 of 25 molecules, 20 of them marked: 7 marked ones are the most frequent, says dhyper; hyperMode says 8. Its formula has one
# molecule less in the denominator than (k + 1)(m + 1) / (m + n + 2). geomMode says 1 where R's geometric law, that of dgeom, begins and peaks
# at 0. A gamma law with shape 0.5, waiting times in bursts, peaks at 0 and has no part below; gammaMode says -0.25, and betaMode -1/3 of
# a law between 0 and 1. The manual says that the functions compute the mode of the distribution, and takes R's names and arguments for
# them. Binomial modes are right. Use which.max of the probabilities.
#
# Debian 12: r-cran-modeest 2.4.0-2, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below:
#   hypergeometric, 20 of 25, 9 drawn: hyperMode 8, dhyper 7
#   hypergeometric, 12 of 20, 9 drawn: hyperMode 6, dhyper 5
#   hypergeometric, 1 to 30 marked, 10 not, 1 to 9 drawn: 19 of 270 wrong
#   geometric, 0.3: geomMode 1, dgeom 0
#   binomial, 10, 0.35: binomMode 3, dbinom 3
#   gamma, shape 0.5, rate 2: gammaMode -0.25, part of the law below 0 0
#   beta, 0.5, 3: betaMode -0.333, part of the law below 0 0
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-modeest=2.4.0-2 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
suppressMessages(library(modeest))
peak <- function(p) which.max(p) - 1
cat(sprintf("hypergeometric, 20 of 25, 9 drawn: hyperMode %g, dhyper %d\n", hyperMode(20, 5, 9), peak(dhyper(0:9, 20, 5, 9))))
cat(sprintf("hypergeometric, 12 of 20, 9 drawn: hyperMode %g, dhyper %d\n", hyperMode(12, 8, 9), peak(dhyper(0:9, 12, 8, 9))))
wrong <- 0
for (m in 1:30) for (k in 1:9) {
  p <- dhyper(0:9, m, 10, k)
  wrong <- wrong + all(p[hyperMode(m, 10, k) + 1] < max(p) * (1 - 1e-9))
}
cat(sprintf("hypergeometric, 1 to 30 marked, 10 not, 1 to 9 drawn: %d of 270 wrong\n", wrong))
cat(sprintf("geometric, 0.3: geomMode %g, dgeom %d\n", geomMode(0.3), peak(dgeom(0:9, 0.3))))
cat(sprintf("binomial, 10, 0.35: binomMode %g, dbinom %d\n", binomMode(10, 0.35), peak(dbinom(0:10, 10, 0.35))))
cat(sprintf("gamma, shape 0.5, rate 2: gammaMode %g, part of the law below 0 %g\n", gammaMode(0.5, 2), pgamma(0, 0.5, 2)))
cat(sprintf("beta, 0.5, 3: betaMode %.3f, part of the law below 0 %g\n", betaMode(0.5, 3), pbeta(0, 0.5, 3)))
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
