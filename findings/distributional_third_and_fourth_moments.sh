#!/bin/bash
# distributional for R: skewness and kurtosis of the negative binomial, Weibull, beta and hypergeometric laws are not those of their densities.
#
# Waiting times by Weibull's law with shape 2 lean to the right: the integral of (x - mean)^3 over the package's own density gives a
# skewness of 0.63. skewness() says -0.55, and kurtosis(), which goes by it, 9.27 for 0.25. A term that should be cubed has its base and
# exponent exchanged. That of beta(2, 3) multiplies by the root that it should divide by, the excess kurtosis of the hypergeometric law is
# a denominator without its numerator, and those of the negative binomial law have one probability in place of the other. Mean and
# variance are right for all of them. Gamma, Poisson and binomial laws are right. The manual calls these functions stable.
#
# Debian 12: r-cran-distributional 0.3.1-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen,
# and checked below:
#   negative binomial: skewness 1.061, of the density 0.909; kurtosis 1.229, of the density 1.226
#   Weibull: skewness -0.548, of the density 0.631; kurtosis 9.265, of the density 0.245
#   beta: skewness 1.714, of the density 0.286; kurtosis -0.643, of the density -0.643
#   hypergeometric: skewness 0.144, of the density 0.144; kurtosis 0.000, of the density -0.158
#   gamma: skewness 1.155, of the density 1.155; kurtosis 2.000, of the density 2.000
#   Poisson: skewness 0.500, of the density 0.500; kurtosis 0.250, of the density 0.250
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-distributional=0.3.1-1 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
suppressPackageStartupMessages(library(distributional))

# Sums over counts, integrals otherwise, of the density as the package has it.
show <- function(name, law, average) {
  mean <- average(function(x) x)
  deviation <- sqrt(average(function(x) (x - mean)^2))
  third <- average(function(x) ((x - mean) / deviation)^3)
  fourth <- average(function(x) ((x - mean) / deviation)^4) - 3
  cat(sprintf("%s: skewness %.3f, of the density %.3f; kurtosis %.3f, of the density %.3f
", name, skewness(law), third,
              kurtosis(law), fourth))
}
counts <- function(name, law, most) show(name, law, function(f) sum(f(0:most) * density(law, 0:most)[[1]]))
real <- function(name, law, end)
  show(name, law, function(f) integrate(function(x) f(x) * density(law, x)[[1]], 0, end, rel.tol = 1e-8)$value)

counts("negative binomial", dist_negative_binomial(5, 0.3), 1000)
real("Weibull", dist_weibull(2, 3), Inf)
real("beta", dist_beta(2, 3), 1)
counts("hypergeometric", dist_hypergeometric(10, 20, 8), 8)
real("gamma", dist_gamma(3, 2), Inf)
counts("Poisson", dist_poisson(4), 100)
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
