#!/bin/bash
# SuppDists for R: an unbounded Johnson law that is fitted to four moments has another mean, and its summary turns the skewness round.
#
# The example of the manual asks for mean 0, variance 1, third moment -0.5 and fourth moment 4. The law (of type SU) that it gets has the
# mean -0.56, as the integral of dJohnson and sJohnson both say; the other three moments are right. With the mirror image of those
# moments the mean is 0.56, while sJohnson says that the skewness is still -0.51. Symmetric laws are right, and the bounded law (SB) below
# is within 0.01. The manual warns that fits by moments often end with an error, but here none does. Subtract from xi what the mean is off,
# and the law has all four moments.
#
# Debian 12: r-cran-suppdists 1.1-9.7-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (the four moments asked for; those of the density; mean and skewness by the summary):
#   SU, asked 0.00 1.00 -0.50 4.00: density -0.56 1.00 -0.51 4.01; mean -0.56, skewness -0.51
#   SU, asked 0.00 1.00 0.50 4.00: density 0.56 1.00 0.51 4.01; mean 0.56, skewness -0.51
#   SU, xi moved: density 0.00 1.00 0.51 4.01
#   SU, asked 0.00 1.00 0.00 4.00: density 0.00 1.00 0.00 4.00; mean 0.00, skewness 0.00
#   SB, asked 0.00 1.00 -0.50 2.40: density -0.01 1.01 -0.51 2.43; mean -0.01, skewness -0.50
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
moments.of <- function(law) {
  ends <- if (law$type == "SB") law$xi + c(0, law$lambda) else c(-30, 30)
  moment <- function(k, m) integrate(function(x) (x - m)^k * dJohnson(x, law), ends[1], ends[2], subdivisions = 1000)$value
  mean <- moment(1, 0)
  c(mean, sapply(2:4, moment, mean))
}
text <- function(x) paste(sprintf("%.2f", round(x, 4) + 0), collapse = " ")
for (asked in list(c(0, 1, -0.5, 4), c(0, 1, 0.5, 4), c(0, 1, 0, 4), c(0, 1, -0.5, 2.4))) {
  law <- JohnsonFit(asked, moment = "use")
  s <- sJohnson(law)
  cat(sprintf("%s, asked %s: density %s; mean %.2f, skewness %.2f\n", law$type, text(asked), text(moments.of(law)),
              round(s$Mean, 4) + 0, round(s$"Skewness...sqrtB1", 4) + 0))
  if (asked[3] == 0.5) {
    law$xi <- law$xi - s$Mean
    cat(sprintf("%s, xi moved: density %s\n", law$type, text(moments.of(law))))
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
