# As root, with a network, for an hour or two: the packages are built in a clean chroot of Debian, lintian finds no errors, and they
# are installed and tried in an empty one. Without debootstrap or root it is left out.
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    echo "needs root and debootstrap"
    exit 77
fi
mirror=${MIRROR:-http://deb.debian.org/debian}
end() { umount build/proc try/proc 2>/dev/null || true; }
trap end EXIT
debootstrap --variant=minbase bookworm build "$mirror" >debootstrap.log
cp -a build try
for root in build try; do
    echo "deb $mirror bookworm-updates main" >>$root/etc/apt/sources.list
    mount -t proc proc $root/proc
    chroot $root apt-get -q update
done
mkdir -p build/source/crnlc
(cd "$SRC" && git archive HEAD) | tar -x -C build/source/crnlc
chroot build sh -ec '
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -q -y --no-install-recommends dpkg-dev devscripts equivs lintian
    cd /source/crnlc
    mk-build-deps --install --remove --tool "apt-get -q -y --no-install-recommends" debian/control
    dpkg-buildpackage -us -uc
    lintian --fail-on error ../*.changes'
mkdir try/packages
cp build/source/*.deb try/packages/
cp "$SRC/tests/long/package/try.sh" try/packages/
chroot try sh -e /packages/try.sh
