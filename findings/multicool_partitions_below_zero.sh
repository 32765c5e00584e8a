#!/bin/bash
# multicool for R: numbers of partitions of 26 objects and more are negative, or far too small.
#
# Moments of Poisson counts are sums of Stirling numbers of the second kind: E(N^n) is the sum of S(n, k) m^k, and with the mean 1 the Bell
# number of n. Bell(26) is -5.7e18 where 4.96e19 is right, and Stirling2(26, 10) is -5.2e18 instead of 1.3e19; others come out positive,
# like S(28, 10), 200 times too small. The integers of 64 bits that count inside run over, while the doubles that come back would hold the
# leading digits of each. The manual asks for positive integers and names no limit. The recurrence that it prints, in doubles, is right,
# and gives the moments that sums over dpois give.
#
# Debian 12: r-cran-multicool 0.1-12-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below:
#   S(20, 10): Stirling2 5.918e+12, recurrence 5.918e+12
#   S(25, 10): Stirling2 1.203e+18, recurrence 1.203e+18
#   S(26, 10): Stirling2 -5.247e+18, recurrence 1.32e+19
#   S(28, 10): Stirling2 7.454e+18, recurrence 1.539e+21
#   20: Bell 5.172e+13, recurrence 5.172e+13, moment of Poisson counts 5.172e+13
#   25: Bell 4.639e+18, recurrence 4.639e+18, moment of Poisson counts 4.639e+18
#   26: Bell -5.709e+18, recurrence 4.963e+19, moment of Poisson counts 4.963e+19
#   30: Bell 2.501e+19, recurrence 8.467e+23, moment of Poisson counts 8.467e+23
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-multicool=0.1-12-1 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
suppressMessages(library(multicool))
# Row n of the triangle by the recurrence of the manual: S(n, 1) ... S(n, n).
row <- function(n) {
  s <- 1
  for (i in seq_len(n - 1)) s <- c(s, 0) * seq_len(i + 1) + c(0, s)
  s
}
for (n in c(20, 25, 26, 28)) cat(sprintf("S(%d, 10): Stirling2 %.4g, recurrence %.4g\n", n, Stirling2(n, 10), row(n)[10]))
for (n in c(20, 25, 26, 30)) {
  cat(sprintf("%d: Bell %.4g, recurrence %.4g, moment of Poisson counts %.4g\n", n, Bell(n), sum(row(n)), sum((0:150)^n * dpois(0:150, 1))))
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
