#!/bin/bash
# stabledist for R: random numbers of a skewed stable law with index 1 follow another law, while its probabilities are right.
#
# Waiting times and jumps with the heaviest tails are drawn from stable laws. With alpha = 1 and beta = 0.5 pstable says that 0.66 of the
# law lies below 1, and so do its characteristic function and numbers drawn with alpha = 1.0001; of numbers with alpha = 1 it is 0.86, and
# with beta = 1 it is 0.74 in place of 0.58. rstable has a formula for alpha = 1 with beta = 0 only, and the one for other indices takes
# the tangent of a right angle, which is 1.6e16. The manual has alpha in (0, 2] and beta in [-1, 1], says that pm = 0 is continuous in
# all parameters, and warns that results with alpha close to 1 may not be accurate, not of this. Draw with alpha = 1.0001.
#
# Debian 12: r-cran-stabledist 0.7-1-3, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (part of 100,000 numbers below x; probability; by the characteristic function):
#   beta 0.0, x -1: rstable 0.25; pstable 0.25; inverted 0.25; rstable with 1.0001 0.25
#   beta 0.0, x 1: rstable 0.75; pstable 0.75; inverted 0.75; rstable with 1.0001 0.75
#   beta 0.5, x -1: rstable 0.36; pstable 0.17; inverted 0.17; rstable with 1.0001 0.17
#   beta 0.5, x 1: rstable 0.86; pstable 0.66; inverted 0.66; rstable with 1.0001 0.66
#   beta 1.0, x -1: rstable 0.36; pstable 0.10; inverted 0.10; rstable with 1.0001 0.10
#   beta 1.0, x 1: rstable 0.74; pstable 0.58; inverted 0.58; rstable with 1.0001 0.57
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-stabledist=0.7-1-3 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
library(stabledist)
set.seed(1)
# The law of alpha = 1 by Gil-Pelaez' formula.
inverse <- function(x, beta) {
  part <- function(t) exp(-t) * sin(-x * t - beta * 2 / pi * t * log(t)) / t
  0.5 - integrate(part, 1e-12, 60, subdivisions = 2000)$value / pi
}
for (beta in c(0, 0.5, 1)) for (x in c(-1, 1)) {
  cat(sprintf("beta %.1f, x %d: rstable %.2f; pstable %.2f; inverted %.2f; rstable with 1.0001 %.2f\n", beta, x,
              mean(rstable(1e5, 1, beta) <= x), pstable(x, 1, beta), inverse(x, beta), mean(rstable(1e5, 1.0001, beta) <= x)))
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
