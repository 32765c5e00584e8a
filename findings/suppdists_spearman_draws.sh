#!/bin/bash
# SuppDists for R: random values of Spearman's rank correlation are positive on average, from 7 measurements on.
#
# Between two independent rankings the correlation has the mean 0 and a symmetric law. Numbers by rSpearman have the mean 0.05 with 7
# measurements and 0.04 with 8, some thirty standard errors from 0, and 0.47 of them lie at or below 0 where pSpearman of the same
# package, exact there by its manual, and rankings by R's own sample() say 0.52. With 5 all is right. The manual says that rSpearman
# generates random numbers of this law. Draw rankings and correlate them.
#
# Debian 12: r-cran-suppdists 1.1-9.7-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (mean, and part at or below 0, of 100,000 numbers):
#   5: rSpearman mean 0.00, not above 0 0.52; rankings mean 0.00, not above 0 0.53; pSpearman(0) 0.53
#   7: rSpearman mean 0.05, not above 0 0.47; rankings mean 0.00, not above 0 0.52; pSpearman(0) 0.52
#   8: rSpearman mean 0.04, not above 0 0.48; rankings mean 0.00, not above 0 0.51; pSpearman(0) 0.51
#   10: rSpearman mean 0.02, not above 0 0.48; rankings mean 0.00, not above 0 0.50; pSpearman(0) 0.50
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-suppdists=1.1-9.7-1 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
library(SuppDists)
set.seed(1)
for (n in c(5, 7, 8, 10)) {
  drawn <- rSpearman(1e5, n)
  ranked <- replicate(1e5, cor(sample(n), 1:n))
  cat(sprintf("%d: rSpearman mean %.2f, not above 0 %.2f; rankings mean %.2f, not above 0 %.2f; pSpearman(0) %.2f\n", n,
              round(mean(drawn), 2) + 0, mean(drawn < 1e-9), round(mean(ranked), 2) + 0, mean(ranked < 1e-9), pSpearman(0, n)))
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
