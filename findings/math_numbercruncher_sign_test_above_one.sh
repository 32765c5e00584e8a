#!/bin/bash
# Math::NumberCruncher for Perl: the sign test adds up one probability as often as there are cases, and a sure event never happens as often as tried.
#
# Of ten pairs of cells, eight differ in the expected direction: by chance eight or more do so with 56 / 1024 = 0.055. SignSignificance
# says 0.132, which is three times the chance of exactly eight; of 5 in 10 it says 1.48, and a probability of more than 1 is no
# probability. The loop from hits to trials asks for the chance of the hits each time and not for that of its counter, so all hits but the
# last two come out too large. Binomial(5, 5, 1), five of five with a chance of 1 each, is false (an empty string), and Binomial(5, 3, 1)
# is 1: the answers for this case are exchanged. The manual calls the one the probability that the data is due to chance, the other that
# of k successes in n tries. Whole numbers are the check.
#
# Debian 12: libmath-numbercruncher-perl 5.00-14, unpacked in a temporary folder. Needs perl. Seen, and checked below:
#   10 of 10: SignSignificance 0.00098, counted 0.00098
#   9 of 10: SignSignificance 0.01953, counted 0.01074
#   8 of 10: SignSignificance 0.13184, counted 0.05469
#   5 of 10: SignSignificance 1.47656, counted 0.62305
#   5 of 5 with a chance of 1: 0, expected 1
#   3 of 5 with a chance of 1: 1, expected 0
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

# Of all 1024 outcomes of ten pairs, the part with as many hits or more.
sub counted {
    my $hits = shift;
    return grep({ sprintf("%b", $_) =~ tr/1// >= $hits } 0 .. 1023) / 1024;
}

for my $hits (10, 9, 8, 5) {
    printf "%d of 10: SignSignificance %.5f, counted %.5f\n", $hits, Math::NumberCruncher::SignSignificance(10, $hits, 0.5), counted($hits);
}
for my $hits (5, 3) {
    printf "%d of 5 with a chance of 1: %d, expected %d\n", $hits, Math::NumberCruncher::Binomial(5, $hits, 1) || 0, $hits == 5;
}
END
PERL5LIB=root/usr/share/perl5 timeout 60 perl check.pl >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
