#!/bin/bash
# Math::NumberCruncher for Perl: exp of a number below -0.5 leaves the whole part of it out, and so decays grow.
#
# What is left of a decay after 3.7 mean lifetimes, exp(-3.7), comes out as 1.35 in place of 0.025: it is exp(0.3), with the argument less
# its nearest whole number, and the power of e for that number is not divided by. Down to -0.5 all digits are right, and so are positive
# numbers. The manual calls exp a drop-in replacement for the built-in function, with 20 decimals where that one has 15 digits, and names
# no exception. The built-in function is the check, as is exp(x) exp(-x) = 1 by the package's own numbers.
#
# Debian 12: libmath-numbercruncher-perl 5.00-14, unpacked in a temporary folder. Needs perl. Seen, and checked below:
#   exp(3.7): 40.44730436, built-in 40.44730436
#   exp(-0.4): 0.67032005, built-in 0.67032005
#   exp(-0.8): 1.22140276, built-in 0.44932896
#   exp(-1): 1.00000000, built-in 0.36787944
#   exp(-3.7): 1.34985881, built-in 0.02472353
#   exp(3.7) exp(-3.7): 54.598
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libmath-numbercruncher-perl=5.00-14
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >check.pl <<'END'
use strict;
use warnings;
use Math::NumberCruncher;

sub decimals { return sprintf("%.8f", shift) }

for my $x (3.7, -0.4, -0.8, -1, -3.7) {
    print "exp($x): ", decimals(Math::NumberCruncher::exp($x)), ", built-in ", decimals(CORE::exp($x)), "\n";
}
printf "exp(3.7) exp(-3.7): %.3f\n", Math::NumberCruncher::exp(3.7) * Math::NumberCruncher::exp(-3.7);
END
PERL5LIB=root/usr/share/perl5 timeout 60 perl check.pl >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
