#!/bin/bash
# Octave's ode45 and ode23: a mass matrix that is a matrix is read, checked and not used.
#
# Two compartments of volumes 2 and 1 exchange a substance, with the volumes as a constant mass matrix: [2 0; 0 1] c' = [c2 - c1; c1 - c2].
# From concentrations 1 and 0 both go to 2/3. ode45 and ode23 go to 1/2, as if both volumes were 1, and so a quarter of the substance is
# gone. No message comes. The same matrix as a function handle, @(t, c) [2 0; 0 1], is used, and so is the matrix by ode23s.
# odeset's text says "Mass matrix, specified as a constant matrix or a function of time and state". In ode45.m the constant
# one is put into a variable that nothing reads. The tests there use the unit matrix. A check of what is conserved shows it.
#
# Debian 12: octave 7.3.0-2 and what it depends on, unpacked in a temporary folder. Seen, and checked below:
#   ode45, matrix: 0.500 0.500, substance 1.500 of 2
#   ode45, function: 0.667 0.667, substance 2.000 of 2
#   ode23, matrix: 0.500 0.500, substance 1.500 of 2
#   ode23, function: 0.667 0.667, substance 2.000 of 2
#   ode23s, matrix: 0.667 0.667, substance 2.000 of 2
#   messages: 0
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
cat >volumes.m <<'END'
1;
function show(name, solver, mass)
  options = odeset("RelTol", 1e-7, "AbsTol", 1e-9, "Mass", mass);
  [t, c] = solver(@(t, c) [c(2) - c(1); c(1) - c(2)], [0 20], [1; 0], options);
  printf("%s: %.3f %.3f, substance %.3f of 2\n", name, c(end, :), c(end, :) * [2; 1]);
end
show("ode45, matrix", @ode45, [2 0; 0 1]);
show("ode45, function", @ode45, @(t, c) [2 0; 0 1]);
show("ode23, matrix", @ode23, [2 0; 0 1]);
show("ode23, function", @ode23, @(t, c) [2 0; 0 1]);
show("ode23s, matrix", @ode23s, [2 0; 0 1]);
printf("messages: %d\n", length(lastwarn()));
END
library=$folder/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH=$library/octave/7.3.0:$library:$folder/root/usr/lib:$library/blas:$library/lapack:$folder/root/lib/x86_64-linux-gnu
OCTAVE_HOME=$folder/root/usr root/usr/bin/octave-cli --no-history --no-init-file --no-site-file --quiet volumes.m >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
