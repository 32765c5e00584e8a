#!/bin/bash
# Math::Derivative for Perl: second derivatives come with ends that are free, where the manual says that their first derivatives are 0.
#
# Amounts x^2 at 0 to 4 have the second derivative 2 throughout. Derivative2 gives 0 at both ends and 2.57, 1.71, 2.57 between: a natural
# spline, of which the second derivatives are 0 at the ends. The manual: "You may optionally give values to use as the first derivatives
# at the start and end points of the data. If you don't, first derivative values will be assumed to be zero." With zeros given, the result
# is another one, and with the true slopes 0 and 8 it is 2 everywhere. Math::Spline draws its curves with it and offers no ends: a course
# that starts at rest is drawn with a slope. The equations of both splines are solved by hand as a check.
#
# Debian 12: libmath-derivative-perl 1.01-3, libmath-spline-perl 0.02-4, unpacked in a temporary folder. Needs perl. Seen, and checked
# below:
#   no slopes given: 0.00 2.57 1.71 2.57 0.00, by hand with free ends: 0.00 2.57 1.71 2.57 0.00
#   slopes 0 and 0: 1.71 2.57 0.00 9.43 -25.71, by hand: 1.71 2.57 0.00 9.43 -25.71
#   slopes 0 and 8: 2.00 2.00 2.00 2.00 2.00, by hand: 2.00 2.00 2.00 2.00 2.00
#   slope of the curve at the start: 0.57
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libmath-derivative-perl=1.01-3 libmath-spline-perl=0.02-4
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >check.pl <<'END'
use strict;
use warnings;
use Math::Derivative qw(Derivative2);
use Math::Spline;

# Second derivatives of the spline with steps of 1, by elimination; with slopes at the ends, or free where there are none.
sub by_hand {
    my ($y, @slopes) = @_;
    my $n = $#$y;
    my @m = map { [map({ 0 } 0 .. $n), 0] } 0 .. $n;
    for my $i (1 .. $n - 1) {
        @{$m[$i]}[$i - 1, $i, $i + 1, $n + 1] = (1, 4, 1, 6 * ($y->[$i + 1] - 2 * $y->[$i] + $y->[$i - 1]));
    }
    if (@slopes) {
        @{$m[0]}[0, 1, $n + 1] = (2, 1, 6 * ($y->[1] - $y->[0] - $slopes[0]));
        @{$m[$n]}[$n - 1, $n, $n + 1] = (1, 2, 6 * ($slopes[1] - $y->[$n] + $y->[$n - 1]));
    } else {
        $m[0][0] = $m[$n][$n] = 1;
    }
    for my $i (0 .. $n) {
        for my $j (grep { $_ != $i } 0 .. $n) {
            my $factor = $m[$j][$i] / $m[$i][$i];
            $m[$j][$_] -= $factor * $m[$i][$_] for 0 .. $n + 1;
        }
    }
    return map { $m[$_][$n + 1] / $m[$_][$_] } 0 .. $n;
}

sub row { return join " ", map { sprintf "%.2f", $_ + 1e-9 } @_ }

my @x = (0 .. 4);
my @y = map { $_ ** 2 } @x;
print "no slopes given: ", row(Derivative2(\@x, \@y)), ", by hand with free ends: ", row(by_hand(\@y)), "\n";
print "slopes 0 and 0: ", row(Derivative2(\@x, \@y, 0, 0)), ", by hand: ", row(by_hand(\@y, 0, 0)), "\n";
print "slopes 0 and 8: ", row(Derivative2(\@x, \@y, 0, 8)), ", by hand: ", row(by_hand(\@y, 0, 8)), "\n";
my $spline = Math::Spline->new(\@x, \@y);
printf "slope of the curve at the start: %.2f\n", ($spline->evaluate(1e-4) - $spline->evaluate(0)) / 1e-4;
END
PERL5LIB=root/usr/share/perl5 timeout 60 perl check.pl >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
