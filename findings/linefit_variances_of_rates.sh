#!/bin/bash
# Statistics::LineFit for Perl: the variance of a slope is not that of its own t statistic, and with weights it can be below 0.
#
# The rate of a decay is the slope of the logarithm of amounts over time. varianceOfEstimates() refers to equation 15.2.9 of Numerical Recipes,
# which wants the variance of each measurement; the module puts the square of each residual there, so a point near the line counts as
# measured nearly without error. Without weights the variance of the slope is a seventh of sigma^2 / SUM((x - mean)^2), which the
# tStatistics() of the same fit have, as (slope / t)^2. With weights they are left out of one of the three sums, and the variance of the
# slope below is negative: its root, the error of the rate, is no number. The manual promises weighted variances.
#
# Debian 12: libstatistics-linefit-perl 0.07-3, unpacked in a temporary folder. Needs perl. Seen, and checked below:
#   no weights: variance of the slope 3.02e-06, by the t statistic 2.08e-05, by hand 2.08e-05
#   weights as amounts: variance of the slope 2.73e-06, by the t statistic 1.72e-05, by hand 1.72e-05
#   first point 10 times as sure: variance of the slope 6.18e-06, by the t statistic 9.16e-06, by hand 9.16e-06
#   last point 10 times as sure: variance of the slope -4.96e-08, by the t statistic 1.21e-05, by hand 1.21e-05
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libstatistics-linefit-perl=0.07-3
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >rate.pl <<'END'
use strict;
use warnings;
use Statistics::LineFit;

my @times = (0, 1, 2, 3, 4, 5);
my @amounts = (100, 75, 54, 41, 31, 22);
my @logs = map { log } @amounts;
for my $case (['no weights', (1) x 6], ['weights as amounts', @amounts], ['first point 10 times as sure', 10, (1) x 5],
    ['last point 10 times as sure', (1) x 5, 10]) {
    my ($title, @weights) = @$case;
    my $fit = Statistics::LineFit->new;
    $fit->setData(\@times, \@logs, $title eq 'no weights' ? () : \@weights) or die;
    my ($intercept, $slope) = $fit->coefficients;
    my ($sum, $mean, $squares, $errors) = (0, 0, 0, 0);
    $sum += $_ for @weights;
    $mean += $weights[$_] * $times[$_] / $sum for 0 .. 5;
    for (0 .. 5) {
        my $weight = $weights[$_] * 6 / $sum;
        $squares += $weight * ($times[$_] - $mean)**2;
        $errors += $weight * ($logs[$_] - $intercept - $slope * $times[$_])**2;
    }
    my @said = (($fit->varianceOfEstimates)[1], ($slope / ($fit->tStatistics)[1])**2, $errors / 4 / $squares);
    printf "%s: variance of the slope %.2e, by the t statistic %.2e, by hand %.2e\n", $title, @said;
}
END
PERL5LIB=root/usr/share/perl5 timeout 60 perl rate.pl >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
