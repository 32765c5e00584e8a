#!/bin/bash
# Descriptions of simulations of BioModels (sedml.py): each runs, and its report has the numbers of a run of the model itself. Works in the
# current folder; CRNLC is the compiler, REFERENCE the folder of the data; exit status 77 when it is not there.
# Arguments: models; without any, all.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${REFERENCE:-$here/../../../shared/data}
for archive in sedml/biomodels-odd.tar.xz sbml/biomodels-odd.tar.xz; do
    [ -f "$data/$archive" ] || { echo "the descriptions are not at $data/$archive (set REFERENCE)"; exit 77; }
    tar xf "$data/$archive"
done
"${PYTHON:-python3}" "$here/sedml.py" biomodels-odd "$here/sedml.open" "$@"
