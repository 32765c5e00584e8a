#!/bin/bash
# markovchain for R: a chain in continuous time whose generator is given by columns is simulated as if it were by rows, so a cycle turns backwards.
#
# Three states of an enzyme follow one another at rate 1 each: a to b, b to c, c to a. Written by columns, with byrow = FALSE, the object is
# accepted, and steadyStates and ExpectedTime read it rightly (a to c takes 2). rctmc runs it a, c, b, a, the steps that have rate 0. By rows the
# same chain runs a, b, c, a. In a chain of a, b and c in a row, with rates 1 from b to either side, 3 from a and 4 from c, half of the steps from
# b go to a; by columns 3 of 7 do, as these are the rates into b. The class says that byrow tells whether the matrix is "stochastic by rows
# or by columns", and that of rctmc names no exception. ctmcFit with byrow = FALSE estimates a generator that is neither: neither its rows
# nor its columns add up to 0. There are no messages. Hand over the transposed generator with byrow = TRUE. In 10,000 steps from
# b the standard error is 0.005.
#
# Debian 12: r-cran-markovchain 0.9.1-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder.
# Seen, and checked below:
#   cycle by rows: a b c a b c a, expected time from a to c 2
#   cycle by columns: a c b a c b a, expected time from a to c 2
#   row of three by rows: from b to a 0.50, to c 0.50
#   row of three by columns: from b to a 0.42, to c 0.58
#   fit by rows: all rows add up to 0 yes
#   fit by columns: all rows add up to 0 no, all columns no
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
cat >columns.R <<'END'
suppressWarnings(suppressMessages(library(markovchain)))
s <- c("a", "b", "c")
chain <- function(generator, byrow) {
  dimnames(generator) <- list(s, s)
  if (!byrow) generator <- t(generator)
  new("ctmc", states = s, byrow = byrow, generator = generator, name = "enzyme")
}
cycle <- matrix(c(-1, 1, 0, 0, -1, 1, 1, 0, -1), 3, byrow = TRUE)
row <- matrix(c(-3, 3, 0, 1, -2, 1, 0, 4, -4), 3, byrow = TRUE)
for (byrow in c(TRUE, FALSE)) {
  model <- chain(cycle, byrow)
  course <- rctmc(6, model, c(1, 0, 0))[[1]]
  cat(sprintf("cycle by %s: %s, expected time from a to c %g\n", if (byrow) "rows" else "columns", paste(course, collapse = " "),
              ExpectedTime(model, 1, 3)))
}
set.seed(1)
for (byrow in c(TRUE, FALSE)) {
  course <- rctmc(20000, chain(row, byrow), c(1, 0, 0))[[1]]
  after <- course[-1][course[-20001] == "b"]
  cat(sprintf("row of three by %s: from b to a %.2f, to c %.2f\n", if (byrow) "rows" else "columns", mean(after == "a"), mean(after == "c")))
}
data <- list(c("a", "b", "c", "a", "b", "a", "c", "b", "c"), c(0, 0.8, 2.1, 2.4, 4, 5, 5.9, 8.2, 9))
zero <- function(sums) if (all(abs(sums) < 1e-12)) "yes" else "no"
fit <- ctmcFit(data)$estimate@generator
cat("fit by rows: all rows add up to 0 ", zero(rowSums(fit)), "\n", sep = "")
fit <- ctmcFit(data, byrow = FALSE)$estimate@generator
cat("fit by columns: all rows add up to 0 ", zero(rowSums(fit)), ", all columns ", zero(colSums(fit)), "\n", sep = "")
END
# R finds its parts by absolute paths of an installed system unless told where they are.
library=$folder/root/usr/lib/x86_64-linux-gnu
cp -a root/usr/lib/R home
rm home/etc/Renviron
touch home/etc/Renviron
export LD_LIBRARY_PATH=$folder/home/lib:$library:$library/blas:$library/lapack:$folder/root/lib/x86_64-linux-gnu
export R_HOME=$folder/home R_LIBS=$folder/root/usr/lib/R/site-library R_SHARE_DIR=$folder/root/usr/share/R/share
export R_DEFAULT_PACKAGES=methods,datasets,utils,grDevices,graphics,stats EDITOR=vi PAGER=cat TZ=UTC
home/bin/exec/R --no-echo --no-restore --no-save --vanilla -f columns.R >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
