#!/bin/bash
# Math::Symbolic for Perl: simplify() drops the number from a sum of a number and two other terms.
#
# Basal expression and two activators, 0.1 + A + B: its simplified form is A + B. The number is lost where it comes first or second; as the
# last of three terms it stays, and so does a letter in its place. The derivative of a logistic law x (1 - x / m) is right before simplify(),
# and behind it the 1 is missing: at x = 1.3 and m = 1.9 it is -1.37 in place of -0.37. The manual advises simplify() for a tree that is
# evaluated many times, calls it behind apply_derivatives() in its own example, and names no change of value. The expected numbers are the
# values of the tree before simplify(), and 1 - 2 x / m by hand. The order of the terms that are left differs from run to run, the loss does not.
#
# Debian 12: libmath-symbolic-perl 0.612-3, libparse-recdescent-perl 1.967015+dfsg-4, libparse-yapp-perl 1.21-3, unpacked in a temporary
# folder. Needs perl. A = 1, B = 2, x = 1.3, m = 1.9. Seen, and checked below:
#   0.1 + A + B: simplified 3, expected 3.1
#   A + 0.1 + B: simplified 3, expected 3.1
#   A + B + 0.1: simplified 3.1, expected 3.1
#   m + A + B: simplified 4.9, expected 4.9
#   1 + x + x: simplified 2.6, expected 3.6
#   derivative of x*(1-x/m): -0.3684, simplified -1.3684, expected -0.3684
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libmath-symbolic-perl=0.612-3 libparse-recdescent-perl=1.967015+dfsg-4 libparse-yapp-perl=1.21-3
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >sums.pl <<'END'
use strict;
use warnings;
use Math::Symbolic qw(parse_from_string);

my %value = (A => 1, B => 2, x => 1.3, m => 1.9);
for my $text ('0.1 + A + B', 'A + 0.1 + B', 'A + B + 0.1', 'm + A + B', '1 + x + x') {
    my $sum = parse_from_string($text);
    my $simple = $sum->simplify;
    printf "%s: simplified %.5g, expected %.5g\n", $text, $simple->value(%value), $sum->value(%value);
}
my $law = 'x*(1-x/m)';
my $slope = Math::Symbolic::Operator->new('partial_derivative', parse_from_string($law), 'x')->apply_derivatives;
my $expected = 1 - 2 * $value{x} / $value{m};
my @slopes = map { $_->value(%value) } $slope, $slope->simplify;
printf "derivative of %s: %.4f, simplified %.4f, expected %.4f\n", $law, @slopes, $expected;
END
PERL5LIB=root/usr/share/perl5 timeout 120 perl sums.pl >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
