#!/bin/bash
# VGAM for R: random numbers of the slash law follow another law than its density, as soon as its middle is not 0.
#
# The slash law, normal numbers divided by uniform ones, stands for measurements with wild outliers. Density and probability in VGAM are
# symmetric around mu, so half of the law lies below it; of numbers by rslash with mu = 4 and sigma = 1 it is a tenth. rslash divides mu too:
# it returns (mu + sigma Z) / U, and the density is that of mu + sigma Z / U. The page on the family slash fits its law to numbers
# by rslash with mu = 4 as the example; with sigma = 1 the fit finds 7.6 and 2.3. That page speaks of the ratio of N(mu, sigma) and U(0, 1), and
# prints the symmetric density. With mu = 0 all is right. Add mu to numbers that are drawn with mu = 0.
#
# Debian 12: r-cran-vgam 1.1-7-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (part of 100,000 numbers at or below x, probability, integral of the density):
#   mu 0, x 0: rslash 0.50, pslash 0.50, dslash 0.50, mu + rslash(mu = 0) 0.50
#   mu 0, x 2: rslash 0.81, pslash 0.80, dslash 0.80, mu + rslash(mu = 0) 0.81
#   mu 4, x 4: rslash 0.10, pslash 0.50, dslash 0.50, mu + rslash(mu = 0) 0.50
#   mu 4, x 6: rslash 0.33, pslash 0.80, dslash 0.80, mu + rslash(mu = 0) 0.80
#   fit to rslash with mu = 4, sigma = 1: 7.6 2.3 
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
set.seed(1)
for (mu in c(0, 4)) {
  x <- rslash(1e5, mu, 1)
  for (q in mu + c(0, 2)) {
    cat(sprintf("mu %d, x %d: rslash %.2f, pslash %.2f, dslash %.2f, mu + rslash(mu = 0) %.2f\n", mu, q, mean(x <= q), pslash(q, mu, 1),
                0.5 + (q > mu) * integrate(dslash, mu + 1e-9, max(q, mu + 1), mu = mu)$value, mean(mu + rslash(1e5) <= q)))
  }
}
data <- data.frame(y = rslash(1000, mu = 4, sigma = 1))
cat("fit to rslash with mu = 4, sigma = 1:", sprintf("%.1f", Coef(vglm(y ~ 1, slash, data = data, maxit = 200))), "\n")
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
