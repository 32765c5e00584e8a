#!/bin/bash
# Statistics::Normality for Perl: the Shapiro-Wilk test puts the data of its caller in order, and with 6 to 11 of them its p is another test's.
#
# Six cells, of which one stands out: 1 2 3 4 5 30. Of 20,000 sets of six normal numbers, less than one in a thousand has a W as low by
# the function itself, and 0.0008 is what Royston's formula for small sets gives. The function says 0.0042, as it takes the formula for 12
# and more for all sizes; for a set that looks normal it says 0.94 where 0.85 of the sets are below. The manual requires 6 points and
# warns of more than 5000 only. And after the call the array that was passed is sorted, so times no longer go with amounts, or one gene
# with another: the manual does not say so. The K-squared test of the module leaves its data alone.
#
# Debian 12: libstatistics-normality-perl 0.01-2, libstatistics-distributions-perl 1.02-1.1, unpacked in a temporary folder. Needs perl.
# Seen, and checked below (parts of 20,000 sets):
#   6 numbers: W 0.621, p 0.0042, part of normal sets with less 0.0007
#   7 numbers: W 0.964, p 0.94, part of normal sets with less 0.85
#   20 numbers: W 0.906, p 0.054, part of normal sets with less 0.051
#   9 7 5 4 3 2 1 after the test: 1 2 3 4 5 7 9
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libstatistics-normality-perl=0.01-2 libstatistics-distributions-perl=1.02-1.1
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >check.pl <<'END'
use strict;
use warnings;
use Statistics::Normality qw(shapiro_wilk_test dagostino_k_square_test);

sub normal { return map { sqrt(-2 * log(1 - rand)) * cos(6.283185307179586 * rand) } 1 .. shift }

srand 1;
for my $case ([1, 2, 3, 4, 5, 30], [3, 1, 2, 9, 4, 5, 7], [map { $_ ** 2 } 1 .. 20]) {
    my @data = @$case;
    my ($p, $w) = shapiro_wilk_test(\@data);
    my $n = @data;
    my $low = grep { (shapiro_wilk_test([normal($n)]))[1] <= $w } 1 .. 20_000;
    printf "%d numbers: W %.3f, p %.2g, part of normal sets with less %.2g\n", $n, $w, $p, $low / 20_000;
}
my @amounts = (9, 7, 5, 4, 3, 2, 1);
shapiro_wilk_test(\@amounts);
print "9 7 5 4 3 2 1 after the test: @amounts\n";
END
PERL5LIB=root/usr/share/perl5 timeout 60 perl check.pl >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
