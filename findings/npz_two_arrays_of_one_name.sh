#!/bin/bash
# Where NumPy's .npz and libzip meet: an archive that holds two arrays under one name.
#
# NumPy 1.24.2 reads the last of them and lists the name twice. libzip 1.7.3 finds the first of them by name. Neither says
# a word: the same file holds other numbers for a C program than for the script that wrote it. Such files are written
# by appending (zipfile's mode "a", where Python warns and goes on). Only when it opens with ZIP_CHECKCONS does libzip
# refuse, with ZIP_ER_EXISTS.
#
# Debian 12: libzip4 and libzip-dev 1.7.3-1+b1, python3-numpy 1:1.24.2-1+deb12u1, unpacked in a temporary folder. Needs gcc
# and python3.11. Seen, and checked below:
#   numpy 2.0 x,x
#   libzip 1.0
#   with the check of consistency: refused, error 10
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download libzip4=1.7.3-1+b1 libzip-dev=1.7.3-1+b1 python3-numpy=1:1.24.2-1+deb12u1 libblas3 liblapack3 libgfortran5 libquadmath0
for package in *.deb; do
    dpkg-deb -x "$package" root
done
libraries=$(find "$folder/root/usr/lib" -name '*.so.*' -exec dirname {} + | sort -u | paste -s -d :)

cat >write.py <<'END'
import io, warnings, zipfile
import numpy
warnings.simplefilter("ignore")
for value in (1.0, 2.0):
    entry = io.BytesIO()
    numpy.save(entry, numpy.array([value]))
    with zipfile.ZipFile("two.npz", "a") as archive:
        archive.writestr("x.npy", entry.getvalue())
archive = numpy.load("two.npz")
print("numpy", archive["x"][0], ",".join(archive.files))
END
cat >read.c <<'END'
#include <stdio.h>
#include <string.h>
#include <zip.h>

int main(void)
{
    int error;
    char entry[256];
    double value;
    zip_t *archive = zip_open("two.npz", ZIP_RDONLY, &error);
    zip_file_t *file = zip_fopen_index(archive, (zip_uint64_t)zip_name_locate(archive, "x.npy", 0), 0);
    zip_int64_t n = zip_fread(file, entry, sizeof entry);
    memcpy(&value, entry + n - sizeof value, sizeof value);
    printf("libzip %.1f\n", value);
    zip_fclose(file);
    zip_discard(archive);
    archive = zip_open("two.npz", ZIP_RDONLY | ZIP_CHECKCONS, &error);
    printf("with the check of consistency: %s, error %d\n", archive ? "opened" : "refused", error);
    return 0;
}
END
export LD_LIBRARY_PATH=$libraries
PYTHONPATH=$folder/root/usr/lib/python3/dist-packages /usr/bin/python3 write.py >seen
gcc -I root/usr/include -I root/usr/include/x86_64-linux-gnu read.c -o read \
    "$(find root -name 'libzip.so.4' | head -1)"
./read >>seen
cat seen
cat >wanted <<'END'
numpy 2.0 x,x
libzip 1.0
with the check of consistency: refused, error 10
END
cmp seen wanted
