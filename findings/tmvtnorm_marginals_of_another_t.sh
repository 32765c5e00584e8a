#!/bin/bash
# tmvtnorm for R: marginal probabilities of a truncated t law are those of another law, unless its middle is 0.
#
# Two rates with a joint t law around (0.5, 0), cut to a rectangle: the part with the first at or below 0.2 is 0.46, by ptmvt of the same
# package, by rtmvt, and by integrals over the density. ptmvt.marginal says 0.48. It hands the middle to mvtnorm's pmvt as "delta", the
# noncentrality parameter, where a law that is moved is meant (type = "shifted" there). With the middle at 0 all agree. The manual says that
# the function is the integral of the truncated density over the other variables, and calls the argument the mean vector. Take
# ptmvt with the other bounds left as they are.
#
# Debian 12: r-cran-tmvtnorm 1.5-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (probability that the first is at or below x):
#   around (0.5, 0), x 0.2: ptmvt.marginal 0.48, ptmvt 0.46, integral 0.46, rtmvt 0.46
#   around (0.5, 0), x 0.6: ptmvt.marginal 0.75, ptmvt 0.73, integral 0.73, rtmvt 0.73
#   around (0, 0), x 0.2: ptmvt.marginal 0.60, ptmvt 0.60, integral 0.60, rtmvt 0.61
#   around (0, 0), x 0.6: ptmvt.marginal 0.83, ptmvt 0.83, integral 0.83, rtmvt 0.83
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-tmvtnorm=1.5-1 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
suppressMessages(library(tmvtnorm))
set.seed(1)
scale <- matrix(c(1, 0.5, 0.5, 2), 2)
lower <- c(-1, -1)
upper <- c(1, 2)
for (middle in list(c(0.5, 0), c(0, 0))) {
  density <- function(x, y) (1 + rowSums((cbind(x - middle[1], y - middle[2]) %*% solve(scale)) * cbind(x - middle[1], y - middle[2])) / 4)^-3
  inner <- function(x) sapply(x, function(u) integrate(function(y) density(rep(u, length(y)), y), lower[2], upper[2])$value)
  whole <- integrate(inner, lower[1], upper[1])$value
  drawn <- rtmvt(1e5, middle, scale, 4, lower, upper)[, 1]
  for (x in c(0.2, 0.6)) {
    cat(sprintf("around (%g, 0), x %g: ptmvt.marginal %.2f, ptmvt %.2f, integral %.2f, rtmvt %.2f\n", middle[1], x,
                ptmvt.marginal(x, 1, middle, scale, 4, lower, upper),
                ptmvt(lower, c(x, upper[2]), middle, scale, 4, lower, upper), integrate(inner, lower[1], x)$value / whole, mean(drawn <= x)))
  }
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
