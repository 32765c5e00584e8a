#!/bin/bash
# extraDistr for R: cumulative probabilities of the discrete Laplace law go below 0 and above 1 when it is not centred at 0.
#
# The difference of two geometric counts, such as bursts of two genes with the same law, follows it, with a location for what is there
# already. Around 10 with p = 0.6, pdlaplace says that 7 or less has the probability -0.74; it is 0.135, as the sum of the package's own
# ddlaplace says, and that part of 100,000 numbers by rdlaplace lies there. Around -3 the probability of -1 or less is 1.74. Where the law
# turns is asked by x < 0 in place of x below the location, so all between 0 and the location is wrong, and with a location of 0 or 1 all
# is right. The manual prints the same formula, next to a probability mass with other sums and to the definition as a difference, without
# a location. There is no message.
#
# Debian 12: r-cran-extradistr 1.9.1-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (cumulative probability, sum of probabilities, part of 100,000 draws):
#   around 0, up to 2: 0.86, sum 0.86, drawn 0.87
#   around 10, up to 7: -0.74, sum 0.13, drawn 0.14
#   around 10, up to 5: -3.82, sum 0.05, drawn 0.05
#   around 10, up to 10: 0.62, sum 0.62, drawn 0.62
#   around -3, up to -1: 1.74, sum 0.86, drawn 0.87
#   around -3, up to -5: 0.22, sum 0.22, drawn 0.22
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-extradistr=1.9.1-1 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
library(extraDistr)
set.seed(1)
for (case in list(c(0, 2), c(10, 7), c(10, 5), c(10, 10), c(-3, -1), c(-3, -5))) {
  location <- case[1]
  x <- case[2]
  draws <- mean(rdlaplace(1e5, location, 0.6) <= x)
  cat(sprintf("around %d, up to %d: %.2f, sum %.2f, drawn %.2f\n", location, x, pdlaplace(x, location, 0.6),
              sum(ddlaplace((location - 200):x, location, 0.6)), draws))
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
