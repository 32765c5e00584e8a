#!/bin/bash
# truncdist for R: probabilities of truncated counts add up to more than 1, as the lower end is in the probabilities and not in their sum.
#
# Poisson counts with the mean 3 that are known to be between 1 and 4: dtrunc gives the four counts 1.24 in all, 0.24 of it to the count
# 1, which ptrunc gives 0 and rtrunc never draws. dtrunc divides the probabilities of all counts from a to b by the part of the law above a.
# The manual calls them density and cumulative probability of the same truncated random variable, truncated by a lower and an
# upper bound, with any law of R by its name. Laws without steps are right. Take a bound below the lowest
# count, 0.5 here: then all three agree.
#
# Debian 12: r-cran-truncdist 1.0-2-4, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (counts 1 to 4):
#   from 1: dtrunc 0.24 0.36 0.36 0.27, sum 1.24
#   from 1: steps of ptrunc 0.00 0.36 0.36 0.27
#   from 1: rtrunc 0.00 0.36 0.36 0.27
#   from 0.5: dtrunc 0.20 0.29 0.29 0.22, sum 1.00
#   from 0.5: steps of ptrunc 0.20 0.29 0.29 0.22
#   from 0.5: rtrunc 0.20 0.29 0.29 0.22
#   right, from 1: 0.20 0.29 0.29 0.22 
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-truncdist=1.0-2-4 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
suppressMessages(library(truncdist))
set.seed(1)
text <- function(p) paste(sprintf("%.2f", p), collapse = " ")
for (a in c(1, 0.5)) {
  p <- dtrunc(1:4, "pois", a, 4, lambda = 3)
  cat(sprintf("from %s: dtrunc %s, sum %.2f\n", a, text(p), sum(p)))
  cat(sprintf("from %s: steps of ptrunc %s\n", a, text(diff(ptrunc(0:4, "pois", a, 4, lambda = 3)))))
  x <- rtrunc(1e5, "pois", a, 4, lambda = 3)
  cat(sprintf("from %s: rtrunc %s\n", a, text(tabulate(x, 4) / 1e5)))
}
cat("right, from 1:", text(dpois(1:4, 3) / sum(dpois(1:4, 3))), "\n")
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
