#!/bin/bash
# Octave's ode45: the times of events come from a straight line through the two ends of a step, whatever the tolerance.
#
# A = exp(-t) is stopped where it is 1/2, at t = log 2 = 0.693147. With RelTol = AbsTol = 1e-6 ode45 says 0.69950, and ends its course there with
# A = 0.5: 0.0064 off, thousands of times the tolerance, and ten times worse than with 1e-3, as the error is that of whichever step holds the event.
# The course itself is right to the tolerance, so its last row alone is wrong. ode23 does the same. The help of ode45 says that te is the time
# when the event function was 0. A fine grid of times does help (0:0.001:10 gives 0.6931), since the ends are then those of its
# intervals.
#
# Debian 12: octave 7.3.0-2 and what it depends on (170 MB), unpacked in a temporary folder. Seen, and checked below:
#   ode45, tolerance 0.001: half at 0.6938
#   ode45, tolerance 1e-06: half at 0.6995, the row before right to 1e-5: yes
#   ode23, tolerance 0.001: half at 0.6971
#   ode45, tolerance 1e-06, times 0:0.001:10: half at 0.6931
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install octave=7.3.0-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >half.m <<'END'
warning("off", "all");
function [value, stop, direction] = at_half(t, y)
  value = y - 0.5; stop = 1; direction = 0;
end
function [t, y] = run(solver, tolerance, times)
  options = odeset("RelTol", tolerance, "AbsTol", tolerance, "Events", @at_half);
  [t, y] = solver(@(t, y) -y, times, 1, options);
end
[t, y] = run(@ode45, 1e-3, [0 10]);
printf("ode45, tolerance 0.001: half at %.4f\n", t(end));
[t, y] = run(@ode45, 1e-6, [0 10]);
word = {"no", "yes"}{1 + (abs(y(end - 1) - exp(-t(end - 1))) < 1e-5)};
printf("ode45, tolerance 1e-06: half at %.4f, the row before right to 1e-5: %s\n", t(end), word);
[t, y] = run(@ode23, 1e-3, [0 10]);
printf("ode23, tolerance 0.001: half at %.4f\n", t(end));
[t, y] = run(@ode45, 1e-6, 0:0.001:10);
printf("ode45, tolerance 1e-06, times 0:0.001:10: half at %.4f\n", t(end));
END
library=$folder/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH=$library/octave/7.3.0:$library:$folder/root/usr/lib:$library/blas:$library/lapack:$folder/root/lib/x86_64-linux-gnu
OCTAVE_HOME=$folder/root/usr root/usr/bin/octave-cli --no-history --no-init-file --no-site-file --quiet half.m >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
