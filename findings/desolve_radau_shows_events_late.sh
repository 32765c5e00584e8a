#!/bin/bash
# deSolve: with method "radau" output soon after an event has the state before it, and so has the past that delay equations read.
#
# A decays and is set to 10 at t = 1; at t = 1.1 it is 9.05, and "lsoda", "daspk" and "ode45" say so. "radau" says 0.33, which is the old course
# continued: what lies within its first step behind the event comes from the polynomial of the step before. Here that reaches to 1.2, with
# rtol = 1e-10 not as far as 1.1. From the end of that step on all is right, so nothing looks broken but the peak. An event that is not among
# the output times is put there by the package, so a grid of step 0.1 with a dose at 0.55 has the amount at 0.6 wrong by all
# of it. In a delay equation it is more than output: y raised from 1 to 2 at t = 1 and w' = y(t - 1) give w = 4 at t = 3, and 3.8
# with "radau", even with rtol = 1e-10. There is no message about it.
#
# Debian 12: r-cran-desolve 1.34-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder.
# Seen, and checked below:
#   radau, rtol 1e-06: A at 0, 1, 1.1, 1.2, 1.5 is 1 0.368 0.333 0.301 6.07
#   radau, rtol 1e-10: A at 0, 1, 1.1, 1.2, 1.5 is 1 0.368 9.05 8.19 6.07
#   lsoda, rtol 1e-06: A at 0, 1, 1.1, 1.2, 1.5 is 1 0.368 9.05 8.19 6.07
#   daspk, rtol 1e-06: A at 0, 1, 1.1, 1.2, 1.5 is 1 0.368 9.05 8.19 6.07
#   ode45, rtol 1e-06: A at 0, 1, 1.1, 1.2, 1.5 is 1 0.368 9.05 8.19 6.07
#   radau, 1 more at 0.55: A at 0.5, 0.55, 0.6, 0.7 is 0.607 0.577 0.549 1.36
#   lsoda, 1 more at 0.55: A at 0.5, 0.55, 0.6, 0.7 is 0.607 0.577 1.5 1.36
#   radau, rtol 1e-06: w is 3.80
#   radau, rtol 1e-10: w is 3.80
#   lsoda, rtol 1e-06: w is 4.00
#   daspk, rtol 1e-06: w is 4.00
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-desolve=1.34-1 r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >late.R <<'END'
library(deSolve)
options(warn = -1)
decay <- function(t, y, p) list(-y)
dose <- data.frame(var = "A", time = 1, value = 10, method = "rep")
more <- data.frame(var = "A", time = 0.55, value = 1, method = "add")
jump <- data.frame(var = "y", time = 1, value = 1, method = "add")
delay <- function(t, y, p) list(c(0, if (t < 1) 1 else lagvalue(t - 1)[1]))
number <- function(x) paste(sprintf("%.3g", x), collapse = " ")
set <- function(m, rtol) {
  out <- ode(c(A = 1), c(0, 1, 1.1, 1.2, 1.5), decay, NULL, method = m, events = list(data = dose), rtol = rtol, atol = rtol)
  cat(sprintf("%s, rtol %g: A at 0, 1, 1.1, 1.2, 1.5 is %s\n", m, rtol, number(out[, 2])))
}
set("radau", 1e-6)
set("radau", 1e-10)
set("lsoda", 1e-6)
set("daspk", 1e-6)
set("ode45", 1e-6)
for (m in c("radau", "lsoda")) {
  out <- ode(c(A = 1), seq(0, 2, 0.1), decay, NULL, method = m, events = list(data = more))
  cat(sprintf("%s, 1 more at 0.55: A at 0.5, 0.55, 0.6, 0.7 is %s\n", m, number(out[6:9, 2])))
}
past <- function(m, rtol) {
  out <- dede(c(y = 1, w = 0), seq(0, 3, 0.5), delay, NULL, method = m, events = list(data = jump), rtol = rtol, atol = rtol)
  cat(sprintf("%s, rtol %g: w is %.2f\n", m, rtol, out[7, 3]))
}
past("radau", 1e-6)
past("radau", 1e-10)
past("lsoda", 1e-6)
past("daspk", 1e-6)
END
# R finds its parts by absolute paths of an installed system unless told where they are.
library=$folder/root/usr/lib/x86_64-linux-gnu
cp -a root/usr/lib/R home
rm home/etc/Renviron
touch home/etc/Renviron
export LD_LIBRARY_PATH=$folder/home/lib:$library:$library/blas:$library/lapack:$folder/root/lib/x86_64-linux-gnu
export R_HOME=$folder/home R_LIBS=$folder/root/usr/lib/R/site-library R_SHARE_DIR=$folder/root/usr/share/R/share
export R_DEFAULT_PACKAGES=methods,datasets,utils,grDevices,graphics,stats EDITOR=vi PAGER=cat TZ=UTC
home/bin/exec/R --no-echo --no-restore --no-save --vanilla -f late.R >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
