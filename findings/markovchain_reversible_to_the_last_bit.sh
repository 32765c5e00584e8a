#!/bin/bash
# markovchain for R: a reversible chain is said not to be, as soon as the last bit of its stationary probabilities is rounded.
#
# States in a row, or in any tree, make a chain in continuous time that is reversible whatever the rates are (Kolmogorov's criterion: there is no
# cycle). is.TimeReversible says FALSE for a, b, c in a row with the rates 3, 1, 1 and 4, and for arrivals and departures of up to 11
# molecules, whose stationary law comes out as the truncated law of Poisson to 12 digits. It compares the flows there and back of each pair of
# states, which are products with computed probabilities, by "not equal". Its page promises "a boolean
# value stating whether ctmc object is time reversible", with an example of two states, for which it is TRUE. A test of detailed balance of a
# network with it can thus say no where there is one. Compare the flows with a tolerance.
#
# Debian 12: r-cran-markovchain 0.9.1-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder.
# Seen, and checked below:
#   example of the page: reversible TRUE, flows equal to 1e-13 of the largest: TRUE
#   three in a row: reversible FALSE, flows equal to 1e-13 of the largest: TRUE
#   0 to 11 molecules: reversible FALSE, flows equal to 1e-13 of the largest: TRUE
#   cycle one way: reversible FALSE, flows equal to 1e-13 of the largest: FALSE
#   0 to 11 molecules: truncated law of Poisson to 1e-12: TRUE
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
cat >reversible.R <<'END'
suppressWarnings(suppressMessages(library(markovchain)))
show <- function(title, generator) {
  s <- as.character(seq_len(nrow(generator)))
  dimnames(generator) <- list(s, s)
  model <- new("ctmc", states = s, generator = generator, name = "chain")
  law <- Re(as.vector(steadyStates(model)))
  flow <- law * generator
  diag(flow) <- 0
  near <- max(abs(flow - t(flow))) < 1e-13 * max(flow)
  cat(sprintf("%s: reversible %s, flows equal to 1e-13 of the largest: %s\n", title, is.TimeReversible(model), near))
  law
}
one <- show("example of the page", matrix(c(-3, 3, 1, -1), 2, byrow = TRUE))
three <- show("three in a row", matrix(c(-3, 3, 0, 1, -2, 1, 0, 4, -4), 3, byrow = TRUE))
molecules <- matrix(0, 12, 12)
for (n in 1:11) {
  molecules[n, n + 1] <- 2
  molecules[n + 1, n] <- n
}
diag(molecules) <- -rowSums(molecules)
law <- show("0 to 11 molecules", molecules)
cycle <- show("cycle one way", matrix(c(-1, 1, 0, 0, -1, 1, 1, 0, -1), 3, byrow = TRUE))
near <- max(abs(law - dpois(0:11, 2) / ppois(11, 2))) < 1e-12
cat("0 to 11 molecules: truncated law of Poisson to 1e-12: ", near, "\n", sep = "")
END
# R finds its parts by absolute paths of an installed system unless told where they are.
library=$folder/root/usr/lib/x86_64-linux-gnu
cp -a root/usr/lib/R home
rm home/etc/Renviron
touch home/etc/Renviron
export LD_LIBRARY_PATH=$folder/home/lib:$library:$library/blas:$library/lapack:$folder/root/lib/x86_64-linux-gnu
export R_HOME=$folder/home R_LIBS=$folder/root/usr/lib/R/site-library R_SHARE_DIR=$folder/root/usr/share/R/share
export R_DEFAULT_PACKAGES=methods,datasets,utils,grDevices,graphics,stats EDITOR=vi PAGER=cat TZ=UTC
home/bin/exec/R --no-echo --no-restore --no-save --vanilla -f reversible.R >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
