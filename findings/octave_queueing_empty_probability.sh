#!/bin/bash
# Octave's package queueing: the probability that one server with any service time is idle comes out as that of endless servers.
#
# Substrate comes at rate 2 to one molecule of enzyme that needs 1/3 on average. It is idle 1/3 of the time, whatever the law of that time is:
# what comes in per unit of time, times the mean time, is the part of the time that it works. qsmg1, the function for the M/G/1 queue, says 0.513,
# which is exp(-2/3), the law of M/G/infinity. Its own first result, the utilization, is 2/3, so the two add up to 1.18. With exponential times
# it is the M/M/1 queue, of which qsmm1 of the same package says 1/3, and of which all other results of qsmg1 agree with it. The
# text of qsmg1 calls the number "Probability that there is not any request at system". At 99 % of the capacity it says 0.37 where 0.01 is right. A
# birth and death chain up to 200 molecules, by ctmc of the same package, is the second opinion. Take 1 - U.
#
# Debian 12: octave-queueing 1.2.7-5, octave 7.3.0-2 and what they depend on, unpacked in a temporary folder. Seen, and checked below:
#   arrivals 2, any time of mean 1/3 (fixed): busy 0.667, idle 0.513
#   arrivals 2, any time of mean 1/3 (exponential): busy 0.667, idle 0.513, mean number 2.000
#   arrivals 2, M/M/1: busy 0.667, idle 0.333, mean number 2.000
#   arrivals 2, chain: busy 0.667, idle 0.333, mean number 2.000
#   arrivals 2.97, any time of mean 1/3 (fixed): busy 0.990, idle 0.372
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install octave-queueing=1.2.7-5 octave=7.3.0-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >idle.m <<'END'
1;
addpath("root/usr/share/octave/packages/queueing-1.2.7");
[busy, ~, ~, ~, idle] = qsmg1(2, 1 / 3, 1 / 9);
printf("arrivals 2, any time of mean 1/3 (fixed): busy %.3f, idle %.3f\n", busy, idle);
[busy, ~, number, ~, idle] = qsmg1(2, 1 / 3, 2 / 9);
printf("arrivals 2, any time of mean 1/3 (exponential): busy %.3f, idle %.3f, mean number %.3f\n", busy, idle, number);
[busy, ~, number, ~, idle] = qsmm1(2, 3);
printf("arrivals 2, M/M/1: busy %.3f, idle %.3f, mean number %.3f\n", busy, idle, number);
law = ctmc(ctmcbd(2 * ones(1, 200), 3 * ones(1, 200)));
printf("arrivals 2, chain: busy %.3f, idle %.3f, mean number %.3f\n", 1 - law(1), law(1), law * (0:200)');
[busy, ~, ~, ~, idle] = qsmg1(2.97, 1 / 3, 1 / 9);
printf("arrivals 2.97, any time of mean 1/3 (fixed): busy %.3f, idle %.3f\n", busy, idle);
END
library=$folder/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH=$library/octave/7.3.0:$library:$folder/root/usr/lib:$library/blas:$library/lapack:$folder/root/lib/x86_64-linux-gnu
OCTAVE_HOME=$folder/root/usr root/usr/bin/octave-cli --no-history --no-init-file --no-site-file --quiet idle.m >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
