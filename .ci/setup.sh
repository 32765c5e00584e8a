# Sourced by ./demo and ./test: brings what the build needs and builds in a folder. Expects the root of the
# tree as the current directory.

packages="gcc libc6-dev make autoconf automake pkgconf flex bison llvm-19-dev libcmocka-dev libsundials-dev
libsuitesparse-dev librandom123-dev libzip-dev libpng-dev zlib1g-dev libjansson-dev libopenblas-dev
gnuplot-nox graphviz"

# Without libsbml5-dev crnlc has no SBML, without libyaml-dev no PEtab, without libxml2-dev no SED-ML.
# Without libnlopt0 there is no lbfgs, without libcminpack1 no levenberg_marquardt: loaded where a program needs them.
# Without these no test starts ranks of MPI (tests/cli/mpi.sh).
optional_packages="libsbml5-dev libyaml-dev libxml2-dev libnlopt0 libcminpack1 libopenmpi-dev openmpi-bin libmpich-dev mpich"

# What only tests need: half a minute to install, once. Without them their tests are left out.
test_packages="neovim python3-numpy python3-ipykernel python3-nbconvert python3-sphinx python3-myst-parser furo"

jobs=$(nproc 2>/dev/null || echo 2)

# install_packages NAME...: those of them that are not installed yet, by apt-get.
install_packages()
{
    local package missing=
    if ! command -v dpkg-query >/dev/null; then
        return 0        # not Debian: configure says what is missing
    fi
    for package in "$@"; do
        if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
            missing="$missing $package"
        fi
    done
    if [ -z "$missing" ]; then
        return 0
    fi
    local as_root=
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "These packages are missing, and to install them one must be root:"
            echo "  apt-get install$(echo "$missing" | tr '\n' ' ')"
            return 1
        fi
        as_root=sudo
    fi
    echo "Installing$missing"
    $as_root apt-get -o DPkg::Lock::Timeout=300 update -q </dev/null &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
            install -q -y --no-install-recommends $missing </dev/null
}

# configure_in FOLDER FLAGS...: makes or renews FOLDER/Makefile, and only then runs configure.
configure_in()
{
    local folder=$1
    shift
    bash tests/check_lists.sh --write || return
    if [ ! -f configure ] || [ ! -f Makefile.in ]; then
        ./autogen.sh || return
    fi
    mkdir -p "$folder" || return
    if [ ! -f "$folder/config.status" ] || [ "$(cat "$folder/.flags" 2>/dev/null)" != "$*" ]; then
        (cd "$folder" && ../configure -q "$@") || return
        echo "$*" >"$folder/.flags"
    fi
}
