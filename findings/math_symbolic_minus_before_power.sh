#!/bin/bash
# Math::Symbolic for Perl: its two parsers read -x^2 differently, and the usual one takes the square of -x.
#
# A profile exp(-x^2 / 2) grows with x instead of falling: 7.39 at x = 2 in place of 0.135. The parser that is used unless another is asked
# for, by Parse::RecDescent, makes (-x)^2 of -x^2; the one by Parse::Yapp, which comes with the package and is announced as the
# future one, makes -(x^2), as Perl itself and algebra do. For -2^2, a number, both give 4. With a term in front, k - x^2, both are as
# expected. The manual likens the texts to ordinary algebra (STRING FORMAT in the page on the parser) and names no order for the minus.
#
# Debian 12: libmath-symbolic-perl 0.612-3, libparse-recdescent-perl 1.967015+dfsg-4, libparse-yapp-perl 1.21-3, unpacked in a temporary
# folder. Needs perl. x = 2, k = 1. Seen, and checked below:
#   -x^2: RecDescent 4.000, Yapp -4.000, Perl -4.000
#   k*exp(-x^2/2): RecDescent 7.389, Yapp 0.135, Perl 0.135
#   -2^2: RecDescent 4.000, Yapp 4.000, Perl -4.000
#   k-x^2: RecDescent -3.000, Yapp -3.000, Perl -3.000
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
cat >minus.pl <<'END'
use strict;
use warnings;
use Math::Symbolic;

my ($x, $k) = (2, 1);
my @parsers = map { Math::Symbolic::Parser->new(implementation => $_) } 'RecDescent', 'Yapp';
my @perl = (-$x**2, $k * exp(-$x**2 / 2), -2**2, $k - $x**2);
for my $text ('-x^2', 'k*exp(-x^2/2)', '-2^2', 'k-x^2') {
    my @values = map { $_->parse($text)->value(x => $x, k => $k) } @parsers;
    printf "%s: RecDescent %.3f, Yapp %.3f, Perl %.3f\n", $text, @values, shift @perl;
}
END
PERL5LIB=root/usr/share/perl5 timeout 120 perl minus.pl >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
