#!/bin/bash
# Models of BioModels (biomodels.py): by default options and by a second method. Works in the current folder; CRNLC is the compiler,
# REFERENCE the folder of the archive; exit status 77 when it is not there.
# Arguments: models; without any, all.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
archive=${REFERENCE:-$here/../../../shared/data/sbml}/biomodels-odd.tar.xz
[ -f "$archive" ] || { echo "the models are not at $archive (set REFERENCE)"; exit 77; }
tar xf "$archive"
"${PYTHON:-python3}" "$here/biomodels.py" biomodels-odd "$here/biomodels.open" "$@"
