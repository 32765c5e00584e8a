# What `make install DESTDIR=` lays down works where it lies: the program finds its runtime library.
unset MAKEFLAGS MFLAGS MAKELEVEL
make -s -C "$BUILD" install DESTDIR="$PWD/dest" >/dev/null
crnlc=$(find "$PWD/dest" -type f -path '*/bin/crnlc')
find "$PWD/dest" -path '*/man1/crnlc.1' | xargs grep -q 'crnlc doctor'
find "$PWD/dest" -path '*/bash-completion/completions/crnlc' | xargs grep -q '_crnlc'
find "$PWD/dest" -path '*/zsh/site-functions/_crnlc' | xargs grep -q '^#compdef crnlc'
find "$PWD/dest" -path '*/fish/vendor_completions.d/crnlc.fish' | xargs grep -q '^complete -c crnlc'
# The manual lies beside what its links name, and the examples run where they lie.
manual=$(find "$PWD/dest" -path '*/doc/language.md')
[ -s "${manual%language.md}diag/E0201.md" ] && [ -s "${manual%language.md}tutorial/README.md" ] || exit 1
"$crnlc" check "${manual%/doc/language.md}"/examples/*.crnl 2>/dev/null
cat >decay.crnl <<'END'
network decay(k = 1) {
  species A = 100;
  A ->{k} 0;
}

experiment main {
  run decay for 1 every 0.5 by ssa -> "decay.csv";
}
END
"$crnlc" build decay.crnl -o decay
mkdir out
./decay --seed 1 --out-dir out
test -s out/decay.csv
# They name no folder of the build, nor where crnlc lies.
for made in decay libdecay.so; do
    "$crnlc" build --emit $([ $made = decay ] && echo exe || echo shared) decay.crnl -o $made 2>/dev/null
    if readelf -d $made | grep -iE 'rpath|runpath'; then exit 1; fi
    if strings -a $made | grep -F -e "$BUILD" -e "$SRC" -e "$PWD"; then exit 1; fi
done
if readelf -d "$crnlc" | grep -iE 'rpath|runpath'; then exit 1; fi

# Programs in C and in Python find the library. Sanitized ones cannot be loaded by others.
if [ "$SANITIZED" = yes ]; then
    exit 0
fi
library=$(find "$PWD/dest" -name libcrnl.so.1)
export PKG_CONFIG_PATH=${library%/*}/pkgconfig PKG_CONFIG_SYSROOT_DIR=$PWD/dest
pkg-config --modversion crnl | grep -q '^[0-9.]*$'
find "$PWD/dest" -path '*/man3/crnl.3' | xargs grep -q 'int crnlc_run_execute(crnlc_run \*run'
cat >use.c <<'END'
#include <crnlc/crnl.h>
#include <crnlc/crnl_rt.h>
int main(void)
{
    return crnlc_abi() != CRNLC_ABI;
}
END
${CC:-cc} -std=c11 -Wall -Wextra -Werror use.c $(pkg-config --cflags --libs crnl) -o use
LD_LIBRARY_PATH=${library%/*} ./use
if "$PYTHON" -c 'import numpy' 2>/dev/null; then
    unset CRNL_LIBRARY
    export PYTHONPATH=$(find "$PWD/dest" -type d -name dist-packages)
    "$PYTHON" -c 'import crnl; assert abs(crnl.load("decay.crnl")["decay"].run(1).final("A") - 36.788) < 0.01'
fi

# The packages of Debian have all of it: where the files lie is in debian/*.install, there with a folder for each machine.
sed 's|usr/lib/\*/|usr/lib/|' "$SRC"/debian/*.install >parts
prefix=$(dirname "$(dirname "$(find dest -path '*/bin/crnlc')")")
(cd "$prefix" && find . \( -type f -o -type l \) | sed 's|^\./|usr/|') >installed
[ "$(wc -l <installed)" -gt 20 ]
while read -r file; do
    while read -r part; do
        case $file in "$part" | "$part"/*) continue 2 ;; esac
    done <parts
    echo "no package has $file"
    exit 1
done <installed
