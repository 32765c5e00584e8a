#!/bin/bash
# Statistics::Distributions for Perl: points of the F law with 2 degrees of freedom below are off by up to five times, also against its own fprob.
#
# fdistr(2, 2, 0.95), what 95 % of all ratios of two such variances exceed: 0.0653, where fprob(2, 2, 0.0653) of the same module is 0.939
# and 1 / 0.95 - 1 = 0.0526 is right, as the tail is 1 / (1 + x). At 0.999 it is 0.0055 for 0.0010. With 2 as the second number a series
# is evaluated once and not improved against fprob, as it is for all others. In the tail that tests use it is right. udistr(1e-8) is
# 5.797, and uprob of that 3.4e-9; 5.612 is right. The manual says of all of these "5 significant digits". Inverses by fprob and uprob of
# the same module, by bisection, are the check.
#
# Debian 12: libstatistics-distributions-perl 1.02-1.1, unpacked in a temporary folder. Needs perl. Seen, and checked below:
#   fdistr(2, 2, 0.999): 0.0055, fprob of it 0.9945, by bisection 0.0010
#   fdistr(2, 2, 0.95): 0.0653, fprob of it 0.9387, by bisection 0.0526
#   fdistr(3, 2, 0.95): 0.1114, fprob of it 0.9458, by bisection 0.1047
#   fdistr(5, 2, 0.95): 0.1747, fprob of it 0.9490, by bisection 0.1728
#   fdistr(2, 3, 0.95): 0.0522, fprob of it 0.9500, by bisection 0.0522
#   fdistr(2, 2, 0.05): 19.0000, fprob of it 0.0500, by bisection 18.9998
#   udistr(0.001): 3.090, uprob of it 0.001, by bisection 3.090
#   udistr(1e-08): 5.797, uprob of it 3.4e-09, by bisection 5.612
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libstatistics-distributions-perl=1.02-1.1
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >check.pl <<'END'
use strict;
use warnings;
use Statistics::Distributions;

# Where a falling function of the module is p.
sub where {
    my ($f, $p) = @_;
    my ($low, $high) = (0, 100);
    for (1 .. 60) {
        my $middle = ($low + $high) / 2;
        $f->($middle) > $p ? ($low = $middle) : ($high = $middle);
    }
    return $low;
}

for my $case ([2, 2, 0.999], [2, 2, 0.95], [3, 2, 0.95], [5, 2, 0.95], [2, 3, 0.95], [2, 2, 0.05]) {
    my ($n, $m, $p) = @$case;
    my $point = Statistics::Distributions::fdistr($n, $m, $p);
    printf "fdistr(%d, %d, %g): %.4f, fprob of it %.4f, by bisection %.4f\n", $n, $m, $p, $point, Statistics::Distributions::fprob($n, $m, $point),
        where(sub { Statistics::Distributions::fprob($n, $m, shift) }, $p);
}
for my $p (0.001, 1e-8) {
    my $point = Statistics::Distributions::udistr($p);
    printf "udistr(%g): %.3f, uprob of it %.2g, by bisection %.3f\n", $p, $point, Statistics::Distributions::uprob($point),
        where(sub { Statistics::Distributions::uprob(shift) }, $p);
}
END
PERL5LIB=root/usr/share/perl5 timeout 60 perl check.pl >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
