#!/bin/bash
# Math::Random::Free for Perl: exponential numbers take the rate where the module that it stands in for takes the mean.
#
# A reaction with a mean waiting time of 10: random_exponential(1, 10) has the mean 10 in Math::Random, whose manual calls the argument
# the mean; so has genexp(av) of the library below it. Here the mean is 0.1, and a program that is moved over runs a hundred times too
# fast. The manual calls the module a "drop-in replacement for this module" and lists the function by its name only. With a mean of 1, the
# default, nothing shows; normal numbers, whole numbers and uniform ones take the same arguments as there.
#
# Debian 12: libmath-random-free-perl 0.2.0-2, unpacked in a temporary folder. Needs perl. Seen, and checked below (means of 20,000
# draws):
#   random_exponential(20000, 1): mean 1, as a drop-in 1
#   random_exponential(20000, 10): mean 0.1, as a drop-in 10
#   random_exponential(20000, 0.5): mean 2, as a drop-in 0.5
#   random_normal(20000, 10, 2): mean 10
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libmath-random-free-perl=0.2.0-2
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >check.pl <<'END'
use strict;
use warnings;
use Math::Random::Free qw(random_exponential random_normal);

sub mean {
    my $sum = 0;
    $sum += $_ for @_;
    return $sum / @_;
}

srand 1;
for my $argument (1, 10, 0.5) {
    my $mean = mean(random_exponential(20_000, $argument));
    my ($near) = grep { abs($mean / $_ - 1) < 0.05 } $argument, 1 / $argument;
    print "random_exponential(20000, $argument): mean $near, as a drop-in $argument\n";
}
printf "random_normal(20000, 10, 2): mean %.0f\n", mean(random_normal(20_000, 10, 2));
END
PERL5LIB=root/usr/share/perl5 timeout 60 perl check.pl >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
