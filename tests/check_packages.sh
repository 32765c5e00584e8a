#!/bin/bash
# The lists of Debian packages agree: what builds here, what builds the packages, what a container has.
set -u
cd "$(dirname "$0")/.." || exit
. .ci/setup.sh
status=0
complain()
{
    echo "$*"
    status=1
}
field() # NAME PACKAGE: the packages of a field of debian/control, of a binary package or of the source
{
    awk -v name="$1:" -v package="$2" '
        /^(Source|Package):/ { here = $2 == package; inside = 0 }
        /^[A-Z]/ { inside = here && $1 == name; sub(/^[^:]*:/, "") }
        inside' debian/control | tr ',' '\n' | sed 's/[(<$].*//; s/ //g' | grep .
}
building=$(field Build-Depends crnlc)
# The compiler, make and the autotools come with debhelper and dpkg-dev.
for package in $packages $optional_packages; do
    case $package in
    gcc | libc6-dev | make | autoconf | automake) ;;
    libnlopt0 | libcminpack1) # loaded by programs
        field Recommends crnlc | grep -qx "$package" || complain "debian/control does not recommend $package" ;;
    *mpi*) ;; # for tests that start ranks
    *) echo "$building" | grep -qx "$package" || complain "debian/control does not build with $package" ;;
    esac
done
for package in $building; do
    case $package in
    debhelper-compat | dh-python | python3 | python3-numpy) continue ;;
    esac
    echo " $packages $optional_packages " | tr '\n' ' ' | grep -q " $package " || complain ".ci/setup.sh does not have $package"
done
# What a container has for executables is what the package recommends for them.
recommended=$(field Recommends crnlc)
container=$(sed -n '/^FROM.*slim$/,$p' Containerfile | tr -d '\\' | tr '\n' ' ' | sed 's/.*\/packages\/\*\.deb//; s/ && .*//')
[ "$(echo $container | wc -w)" -ge 5 ] || complain "Containerfile: no list of packages was found"
for package in $container; do
    echo "$recommended" | grep -qx "$package" || complain "Containerfile installs $package, which debian/control does not recommend"
done
grep -q 'mk-build-deps .* debian/control' Containerfile || complain "Containerfile does not build with the packages of debian/control"
exit $status
