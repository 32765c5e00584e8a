#!/bin/bash
# Maxima's package distrib: the probability of a count above about 168 is infinite, not a number, or the text 0.0*false.
#
# The number of proteins after 3 bursts with p = 0.02 has a mean of 147. pdf_negative_binomial with that p says 0.003858 for 168, infinite for 169 and
# NaN for 200, where the next values are 0.003826 and 0.002856: so say the same function with 2/100, an exact fraction, and
# the differences of cdf_negative_binomial. pdf_poisson with a mean of 150.0 or 200.0 gives 0.0*false at its mean, and with 150 or 200, integers,
# an expression that is right. pdf_binomial for half of 1030 is infinite. Factorials and powers are computed apart, in doubles,
# and leave their range. The manual names no largest count for any of them. Hand over integers and fractions, and
# round at the end. The cumulative functions are right.
#
# Debian 12: maxima and maxima-share 5.46.0-11 and what they depend on, unpacked in a temporary folder. Seen, and checked below:
#   negative binomial, 3 bursts, p = 0.02, at 100, 168, 169, 200: 0.005465 0.003858 infinite NaN
#   the same, p = 2/100: 0.005465 0.003858 0.003826 0.002856
#   the same, by differences of cdf_negative_binomial: 0.005465 0.003858 0.003826 0.002856
#   Poisson at the mean, 100.0, 150.0, 200.0: 0.039861 0.0*false 0.0*false
#   the same, means 100, 150, 200: 0.039861 0.032555 0.028198
#   binomial, p = 0.5, at half of 1000, 1030: 0.025225 infinite
#   the same, p = 1/2: 0.025225 0.024855
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
cat >counts.mac <<'END'
seen : openw("seen")$
load("distrib")$
load("stringproc")$
word(value) := block([text : sconcat(value)],
  if ssearch("inf", text) # false then "infinite"
  elseif ssearch("nan", text) # false then "NaN"
  elseif floatnump(value) then printf(false, "~,6f", value)
  else text)$
show(title, chances) := printf(seen, "~a: ~a~%", title, simplode(map(word, chances), " "))$
show("negative binomial, 3 bursts, p = 0.02, at 100, 168, 169, 200", makelist(pdf_negative_binomial(n, 3, 0.02), n, [100, 168, 169, 200]))$
show("the same, p = 2/100", float(makelist(pdf_negative_binomial(n, 3, 2 / 100), n, [100, 168, 169, 200])))$
show("the same, by differences of cdf_negative_binomial",
     makelist(cdf_negative_binomial(n, 3, 0.02) - cdf_negative_binomial(n - 1, 3, 0.02), n, [100, 168, 169, 200]))$
show("Poisson at the mean, 100.0, 150.0, 200.0", makelist(pdf_poisson(round(m), m), m, [100.0, 150.0, 200.0]))$
show("the same, means 100, 150, 200", makelist(float(bfloat(pdf_poisson(m, m))), m, [100, 150, 200]))$
show("binomial, p = 0.5, at half of 1000, 1030", makelist(pdf_binomial(n / 2, n, 0.5), n, [1000, 1030]))$
show("the same, p = 1/2", float(makelist(pdf_binomial(n / 2, n, 1 / 2), n, [1000, 1030])))$
close(seen)$
END
export LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu:root/lib/x86_64-linux-gnu
MAXIMA_PREFIX=$folder/root/usr MAXIMA_USERDIR=$folder root/usr/lib/maxima/5.46.0/binary-gcl/maxima \
    -eval '(cl-user::run)' -f -- --very-quiet --batch=counts.mac >log 2>&1 || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
