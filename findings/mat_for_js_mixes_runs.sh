#!/bin/bash
# mat-for-js (npm): a MATLAB array of three dimensions comes with other numbers in its second and further layers.
#
# Amounts by substance, time and run, 2 x 3 x 2, as 100 run + 10 time + substance, so that each number says where it belongs. Run 1 is
# right. Half of run 2 comes as numbers of run 1, the other half at wrong places, and 222, 231 and 232 are in the file and nowhere in the
# result. SciPy reads all of it right from the same file. Each layer is looked for as many numbers behind the one before as there are times,
# instead of substances times times. The shape is right and nothing is raised, so an average over runs is wrong and looks plausible.
# Matrices are right, and so are arrays whose first size is 1. The page on the package speaks of multidimensional arrays, and its
# limitations name objects and HDF5 only.
#
# npm: mat-for-js 1.1.0. Debian 12: python3-scipy 1.10.1-2 and what it depends on, unpacked in a temporary folder. Needs node 20.
# Seen, and checked below:
#   SciPy, run 1: [[111,121,131],[112,122,132]]
#   SciPy, run 2: [[211,221,231],[212,222,232]]
#   mat-for-js, run 1: [[111,121,131],[112,122,132]]
#   mat-for-js, run 2: [[122,132,212],[131,211,221]]
#   mat-for-js, the matrix of run 2: [[211,221,231],[212,222,232]]
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install python3-scipy=1.10.1-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
echo '{ "name": "runs", "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$folder/cache" mat-for-js@1.1.0
cat >write.py <<'END'
import json
import numpy
from scipy.io import loadmat, savemat
amounts = numpy.fromfunction(lambda s, t, r: 100 * (r + 1) + 10 * (t + 1) + s + 1, (2, 3, 2))
savemat("runs.mat", {"amounts": amounts, "second": amounts[:, :, 1]})
read = loadmat("runs.mat")["amounts"]
for run in (0, 1):
    print(f"SciPy, run {run + 1}:", json.dumps(read[:, :, run].astype(int).tolist(), separators=(",", ":")))
END
cat >read.js <<'END'
import { readFileSync } from "fs";
import { read } from "mat-for-js";

const bytes = readFileSync("runs.mat");
const { amounts, second } = read(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)).data;
for (const run of [0, 1]) {
    console.log(`mat-for-js, run ${run + 1}: ${JSON.stringify(amounts.map((row) => row.map((runs) => runs[run])))}`);
}
console.log(`mat-for-js, the matrix of run 2: ${JSON.stringify(second)}`);
END
library=$folder/root/usr/lib/x86_64-linux-gnu
parts=$library:$library/blas:$library/lapack:$folder/root/lib/x86_64-linux-gnu
{
    PYTHONHOME=root/usr PYTHONPATH=root/usr/lib/python3/dist-packages root/lib64/ld-linux-x86-64.so.2 \
        --library-path "$parts" root/usr/bin/python3.11 write.py
    node read.js
} >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
