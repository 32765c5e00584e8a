#!/bin/bash
# netcdfjs (npm): variables of shorts and bytes come with values that are not in them, the padding of the file.
#
# The classic format of netCDF fills each variable up to a multiple of four bytes, and so each record of a variable where there are
# several with records. netcdfjs takes the padded size for the number of values: five shorts come as six, and a course of three
# substances as rows of four, the last of them -32767. Amounts that are packed as shorts with a scale_factor of 0.001 thus get an amount of
# -32.767. Rows of bytes come as a list of lists. All is right where shorts are even in number and bytes a multiple of four, for ints,
# floats and doubles, and for a lone variable with records, which the format does not pad. The page on the package says that it
# reads netCDF 3. Take as many values as the dimensions say. ncdump of the same file shows what is in it.
#
# npm: netcdfjs 4.0.0. Debian 12: netcdf-bin 1:4.9.0-3+b1 (ncgen, ncdump) and what it depends on, unpacked in a temporary folder. Needs
# node 20. Seen, and checked below:
#   ncdump: fixed = 1, 2, 3, 4, 5 ;
#   ncdump: course = 10, 20, 30, 11, 21, 31 ;
#   ncdump: count = 7, 8 ;
#   netcdfjs: fixed [1,2,3,4,5,-32767]
#   netcdfjs: course [[10,20,30,-32767],[11,21,31,-32767]]
#   netcdfjs: count [7,8]
#   netcdfjs: dimensions [["substance",3],["point",5],["time",0]]
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install netcdf-bin=1:4.9.0-3+b1
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
echo '{ "name": "read", "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" netcdfjs@4.0.0
cat >course.cdl <<'END'
netcdf course {
dimensions:
    substance = 3 ;
    point = 5 ;
    time = UNLIMITED ;
variables:
    short fixed(point) ;
    short course(time, substance) ;
    int count(time) ;
data:
    fixed = 1, 2, 3, 4, 5 ;
    course = 10, 20, 30, 11, 21, 31 ;
    count = 7, 8 ;
}
END
cat >read.js <<'END'
import { readFileSync } from "fs";
import { NetCDFReader } from "netcdfjs";

const reader = new NetCDFReader(readFileSync("course.nc"));
for (const name of ["fixed", "course", "count"]) {
    console.log(`netcdfjs: ${name} ${JSON.stringify(reader.getDataVariable(name))}`);
}
console.log(`netcdfjs: dimensions ${JSON.stringify(reader.dimensions.map((d) => [d.name, d.size]))}`);
END
library=$folder/root/usr/lib/x86_64-linux-gnu
parts=$library:$folder/root/lib/x86_64-linux-gnu
run="root/lib64/ld-linux-x86-64.so.2 --library-path $parts"
{
    $run root/usr/bin/ncgen -k classic -o course.nc course.cdl
    $run root/usr/bin/ncdump course.nc | sed '1,/data:/d' | tr -s ' \n' ' ' | sed 's/; /;\n/g' | sed -n 's/^ *\([a-z]* = .*\)/ncdump: \1/p'
    node read.js
} >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
