#!/bin/bash
# netCDF4-python: an amount beyond the range of a packed variable is stored as another amount, where the C library of netCDF refuses it.
#
# A course packed as 16-bit integers with scale_factor = 0.001 (three decimals) has room up to 32.767. Amounts 10 ... 60 come back as 10, 20,
# 30, -25.536, -15.536, -5.536, with no warning even where warnings are errors: the package packs by a cast of NumPy, which drops the
# upper bits, so the library never sees a number out of range. nc_put_var_double with 40000 for the same variable returns NC_ERANGE, -60. The text
# on set_auto_scale speaks of packing with no word on range. h5py has both ways: HDF5 stores the nearest number that there is, 32767, for
# an array of doubles, but a list of the same numbers is cast first and wraps. A course that grows later than the scale was
# chosen goes negative. Compare with the limits before writing, or store floats.
#
# Debian 12: python3-netcdf4 1.6.2-1+b1, python3-h5py 3.7.0-8 and what they depend on, unpacked in a temporary folder. Needs gcc.
# Seen, and checked below:
#   netCDF4-python: [10.0, 20.0, 30.0, -25.536, -15.536, -5.536]
#   netCDF4-python, no scale: [30000, -25536]
#   h5py, from an array: [30000, 32767]
#   h5py, from a list: [30000, -25536]
#   C library: status -60
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install python3-netcdf4=1.6.2-1+b1 python3-h5py=3.7.0-8
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >pack.py <<'END'
import warnings
import h5py
import netCDF4
import numpy
warnings.simplefilter("error")
with netCDF4.Dataset("course.nc", "w") as data:
    data.createDimension("t", 6)
    data.createDimension("two", 2)
    packed = data.createVariable("A", "i2", ("t",))
    packed.scale_factor = 0.001
    packed[:] = numpy.array([10.0, 20.0, 30.0, 40.0, 50.0, 60.0])
    plain = data.createVariable("B", "i2", ("two",))
    plain[:] = numpy.array([30000.0, 40000.0])
with netCDF4.Dataset("course.nc") as data:
    print("netCDF4-python:", [round(float(v), 3) for v in data["A"][:]])
    print("netCDF4-python, no scale:", [int(v) for v in data["B"][:]])
with h5py.File("course.h5", "w") as data:
    stored = data.create_dataset("B", (2,), dtype="i2")
    stored[:] = numpy.array([30000.0, 40000.0])
    print("h5py, from an array:", [int(v) for v in stored[:]])
    stored[:] = [30000.0, 40000.0]
    print("h5py, from a list:", [int(v) for v in stored[:]])
END
cat >put.c <<'END'
#include <stdio.h>

/* From netcdf.h: NC_CLOBBER is 0 and NC_SHORT is 3. */
int nc_create(const char *path, int mode, int *file);
int nc_def_dim(int file, const char *name, size_t length, int *dimension);
int nc_def_var(int file, const char *name, int type, int dimensions, const int *dimension, int *variable);
int nc_enddef(int file);
int nc_put_var_double(int file, int variable, const double *values);
int nc_close(int file);

int main(void)
{
    int file, dimension, variable;
    double values[] = {30000, 40000};
    if (nc_create("c.nc", 0, &file) || nc_def_dim(file, "two", 2, &dimension) ||
        nc_def_var(file, "B", 3, 1, &dimension, &variable) || nc_enddef(file)) {
        return 1;
    }
    printf("C library: status %d\n", nc_put_var_double(file, variable, values));
    return nc_close(file);
}
END
library=$folder/root/usr/lib/x86_64-linux-gnu
gcc put.c -o put "$library/libnetcdf.so.19" -Wl,--allow-shlib-undefined
parts=$library:$library/blas:$library/lapack:$folder/root/lib/x86_64-linux-gnu
{
    PYTHONHOME=root/usr PYTHONPATH=root/usr/lib/python3/dist-packages root/lib64/ld-linux-x86-64.so.2 \
        --library-path "$parts" root/usr/bin/python3.11 pack.py
    root/lib64/ld-linux-x86-64.so.2 --library-path "$parts" ./put
} >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
