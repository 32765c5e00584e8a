#!/bin/bash
# Math::Calculus::Differentiate for Perl: the derivative of a product, a quotient or a power of constants is the constant itself, not 0.
#
# k e - d x, made at a constant rate and degraded: its derivative is given as k e - d. Of m^2 + x^2, the denominator of a Hill law, it is
# m^2 + 2 x, and so the slope of v x^2 / (m^2 + x^2) at x = 1.3, m = 1.9, v = 0.7 is 0.082 in place of 0.234. A letter alone, or a function of
# letters, has the derivative 0; x (the only name that addVariable was told of) is the variable of differentiation in each line.
# differentiate() returns success and getError is empty. The manual lists + - * / and ^ as supported and names no exception. The same
# derivative is what Math::Calculus::NewtonRaphson divides by.
#
# Debian 12: libmath-calculus-differentiate-perl 0.3-4, libmath-calculus-expression-perl 0.2.2.ds-4, unpacked in a temporary folder. Needs perl.
# The values are at x = 1.3, m = 1.9, v = 0.7, k = 3, e = 2, d = 0.5; the expected ones are differences of the expression's own values.
# Seen, and checked below:
#   k + x: 1 = 1.000, expected 1.000
#   k*e: k*e = 6.000, expected 0.000
#   k*e - d*x: k*e - d = 5.500, expected -0.500
#   k/e + x: k/e + 1 = 2.500, expected 1.000
#   m^2 + x^2: m^2 + 2*x = 6.210, expected 2.600
#   v*x^2/(m^2 + x^2): v*(2*x*(m^2 + x^2) - (m^2 + 2*x)*x^2)/(m^2 + x^2)^2 = 0.082, expected 0.234
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libmath-calculus-differentiate-perl=0.3-4 libmath-calculus-expression-perl=0.2.2.ds-4
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >slopes.pl <<'END'
use strict;
use warnings;
use Math::Calculus::Differentiate;

my %value = (m => 1.9, v => 0.7, k => 3, e => 2, d => 0.5);
for my $text ('k + x', 'k*e', 'k*e - d*x', 'k/e + x', 'm^2 + x^2', 'v*x^2/(m^2 + x^2)') {
    my $law = Math::Calculus::Differentiate->new;
    $law->addVariable('x');
    $law->setExpression($text) or die $law->getError;
    my $expected = ($law->evaluate(%value, x => 1.301) - $law->evaluate(%value, x => 1.299)) / 0.002;
    $law->differentiate('x') or die $law->getError;
    $law->simplify or die $law->getError;
    printf "%s: %s = %.3f, expected %.3f\n", $text, $law->getExpression, $law->evaluate(%value, x => 1.3), $expected;
}
END
PERL5LIB=root/usr/share/perl5 timeout 60 perl slopes.pl >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
