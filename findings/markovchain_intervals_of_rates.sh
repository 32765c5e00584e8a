#!/bin/bash
# markovchain for R: the confidence intervals that ctmcFit gives for rates end at 1 or where they begin, whatever the data are.
#
# 50 stays in a of 1/3 each and 50 in b of 1 each: the estimated rates of leaving, 3 and 1, are right. The intervals of 95 % are said to be from
# 2.30 to 1.00 for a, and from 0.77 to 0.77 for b. The first ends before it begins, and neither has the estimate in it. The usual one for a rate from n
# stays, rate (1 +- 1.96 / sqrt(n)), is 2.17 to 3.83 and 0.72 to 1.28. With confidencelevel = 0.5 the lower ends are the estimates themselves, where
# the usual ones are 2.71 and 0.90: a quantile for one side is taken for both. Upper ends are the lower ends again, cut at 1 as if rates were
# probabilities. The page says "the confidence intervals" and "confidence level for the confidence
# interval". Those of the transition probabilities, in another part of the same result, do have the estimates in them.
#
# Debian 12: r-cran-markovchain 0.9.1-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder.
# Seen, and checked below:
#   rates 3.00 1.00
#   level 0.95: a 2.30 to 1.00, b 0.77 to 0.77
#   level 0.50: a 3.00 to 1.00, b 1.00 to 1.00
#   usual, 0.95: a 2.17 to 3.83, b 0.72 to 1.28
#   usual, 0.50: a 2.71 to 3.29, b 0.90 to 1.10
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-markovchain=0.9.1-1 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >intervals.R <<'END'
suppressWarnings(suppressMessages(library(markovchain)))
stays <- 50
data <- list(c(rep(c("a", "b"), stays), "a"), c(0, cumsum(rep(c(1 / 3, 1), stays))))
rates <- -diag(ctmcFit(data)$estimate@generator)
cat(sprintf("rates %.2f %.2f\n", rates[1], rates[2]))
show <- function(title, low, high)
  cat(sprintf("%s: a %.2f to %.2f, b %.2f to %.2f\n", title, low[1], high[1], low[2], high[2]))
levels <- c(0.95, 0.5)
for (level in levels) {
  found <- ctmcFit(data, confidencelevel = level)$errors$lambdaConfidenceInterval
  show(sprintf("level %.2f", level), found$lowerEndpointVector, found$upperEndpointVector)
}
for (level in levels) {
  width <- rates * qnorm((1 + level) / 2) / sqrt(stays)
  show(sprintf("usual, %.2f", level), rates - width, rates + width)
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
home/bin/exec/R --no-echo --no-restore --no-save --vanilla -f intervals.R >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
