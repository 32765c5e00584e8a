#!/bin/bash
# Integration for Ruby: romberg ends at the first estimate that is below the one before it, and gauss misplaces its points between integers.
#
# What a decay has made by t = 2, the integral of exp(-x) from 0, comes out as 0.86895 with the default tolerance of 1e-10, where it is
# 1 - exp(-2) = 0.86466; x^5 from 0 to 1 as 0.1875 in place of 1/6. romberg goes on while the last change is above the tolerance, and takes
# the change with its sign: one downwards ends it. The estimates of a convex curve come from above, so it is always the
# second that is returned. Those of -exp(-x) rise, and all digits are right. gauss takes half the distance of two bounds by
# the division of integers when they are integers: 0 from 0 to 1, where all its points fall on the middle (x^2 has 0.25 in place of 1/3), and 1 from
# 0 to 3. The text on the method calls the tolerance the "Maximum difference between real and calculated integral", and bounds may be
# any numbers. simpson, the default, is right, and so is gauss between 0.0 and 1.0.
#
# Debian 12: ruby-integration 0.1.0-1.1 and what it depends on (ruby3.1), unpacked in a temporary folder. Seen, and checked below:
#   exp(-x) from 0.0 to 2.0, romberg: 0.86895, error 4.3e-03
#   exp(-x) from 0.0 to 2.0, simpson: 0.86466, error below 1e-8
#   -exp(-x) from 0.0 to 2.0, romberg: -0.86466, error below 1e-8
#   x^5 from 0.0 to 1.0, romberg: 0.18750, error 2.1e-02
#   x^2 from 0 to 1, gauss: 0.25000, error -8.3e-02
#   x^2 from 0 to 3, gauss: 7.75000, error -1.2e+00
#   x^2 from 0.0 to 1.0, gauss: 0.33333, error below 1e-8
#   x^2 from 0 to 1, simpson: 0.33333, error below 1e-8
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install ruby-integration=0.1.0-1.1 ruby3.1
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >area.rb <<'END'
require "integration"

def show(name, low, high, exact, method, &f)
  area = Integration.integrate(low, high, { method: method }, &f)
  error = (area - exact).abs < 1e-8 ? "below 1e-8" : format("%.1e", area - exact)
  puts format("%s from %s to %s, %s: %.5f, error %s", name, low, high, method, area, error)
end

made = 1 - Math.exp(-2)
show("exp(-x)", 0.0, 2.0, made, :romberg) { |x| Math.exp(-x) }
show("exp(-x)", 0.0, 2.0, made, :simpson) { |x| Math.exp(-x) }
show("-exp(-x)", 0.0, 2.0, -made, :romberg) { |x| -Math.exp(-x) }
show("x^5", 0.0, 1.0, 1.0 / 6, :romberg) { |x| x**5 }
show("x^2", 0, 1, 1.0 / 3, :gauss) { |x| x**2 }
show("x^2", 0, 3, 9.0, :gauss) { |x| x**2 }
show("x^2", 0.0, 1.0, 1.0 / 3, :gauss) { |x| x**2 }
show("x^2", 0, 1, 1.0 / 3, :simpson) { |x| x**2 }
END
library=$folder/root/usr/lib
export LD_LIBRARY_PATH=$library/x86_64-linux-gnu:$folder/root/lib/x86_64-linux-gnu
export RUBYLIB=$library/ruby/vendor_ruby:$library/ruby/3.1.0:$library/x86_64-linux-gnu/ruby/3.1.0
root/usr/bin/ruby3.1 --disable-gems area.rb >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
