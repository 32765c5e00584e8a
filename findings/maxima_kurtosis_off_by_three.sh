#!/bin/bash
# Maxima's package distrib: the kurtosis of a lognormal variable is 3 too large, and that of a Pareto variable 3 too small.
#
# kurtosis_normal is "always equal to 0" in the manual, which defines the kurtosis coefficient of data as a mean of fourth powers minus 3. So it is
# for the other variables of the package; the three here are examples. But kurtosis_lognormal(0, 0.5), which growth at an
# uncertain rate leads to, is 8.90, where the density of the same package, integrated, has 5.90, as has the closed form
# exp(4 s^2) + 2 exp(3 s^2) + 3 exp(2 s^2) - 6. With s = 0.1, nearly normal, it is 3.16 in place of 0.16. The formula for Pareto is that of
# the coefficient with 3 taken off, and the package takes 3 off again. Means, variances and skewnesses are right. A check of normality, or
# a closure of moments, that takes these numbers is off by the whole kurtosis of a normal variable.
#
# Debian 12: maxima and maxima-share 5.46.0-11 and what they depend on, unpacked in a temporary folder. Seen, and checked below:
#   normal(1, 2): said 0.000, from the density 0.000
#   gamma(2, 3): said 3.000, from the density 3.000
#   Weibull(2, 3): said 0.245, from the density 0.245
#   lognormal(0, 0.5): said 8.898, from the density 5.898
#   lognormal(0, 0.1): said 3.162, from the density 0.162
#   Pareto(12, 1): said 9.486, from the density 12.486
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install maxima=5.46.0-11 maxima-share=5.46.0-11
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >kurt.mac <<'END'
seen : openw("seen")$
load("distrib")$
load("stringproc")$
excess(pdf, low, high) := block([mean, moment],
  mean : first(quad_qags(x * pdf(x), x, low, high, 'epsrel = 1e-10)),
  moment(n) := first(quad_qags((x - mean)^n * pdf(x), x, low, high, 'epsrel = 1e-10)),
  moment(4) / moment(2)^2 - 3)$
show(title, said, found) := printf(seen, "~a: said ~,3f, from the density ~,3f~%", title, float(said), found)$
show("normal(1, 2)", kurtosis_normal(1, 2), excess(lambda([x], pdf_normal(x, 1, 2)), -30, 30))$
show("gamma(2, 3)", kurtosis_gamma(2, 3), excess(lambda([x], pdf_gamma(x, 2, 3)), 0, 200))$
show("Weibull(2, 3)", kurtosis_weibull(2, 3), excess(lambda([x], pdf_weibull(x, 2, 3)), 0, 60))$
show("lognormal(0, 0.5)", kurtosis_lognormal(0, 0.5), excess(lambda([x], pdf_lognormal(x, 0, 0.5)), 0, 60))$
show("lognormal(0, 0.1)", kurtosis_lognormal(0, 0.1), excess(lambda([x], pdf_lognormal(x, 0, 0.1)), 0, 5))$
show("Pareto(12, 1)", kurtosis_pareto(12, 1), excess(lambda([x], pdf_pareto(x, 12, 1)), 1, 200))$
close(seen)$
END
export LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu:root/lib/x86_64-linux-gnu
MAXIMA_PREFIX=$folder/root/usr MAXIMA_USERDIR=$folder root/usr/lib/maxima/5.46.0/binary-gcl/maxima \
    -eval '(cl-user::run)' -f -- --very-quiet --batch=kurt.mac >log 2>&1 || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
