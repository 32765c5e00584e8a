#!/bin/sh
# Makes the pictures of the documents anew, each by the program of the page that shows it: doc/pictures.sh [BUILD].
set -eu
cd "$(dirname "$0")/.."
SRC=$PWD BUILD=$(cd "${1:-build}" && pwd)
CRNLC=$BUILD/crnlc PICTURES=$SRC/doc/pictures LC_ALL=C
export SRC BUILD CRNLC PICTURES LC_ALL
for page in $(grep -l 'pictures/[A-Za-z0-9_]*\.svg' README.md doc/*.md doc/*/*.md); do
    TMP=$(mktemp -d)
    export TMP
    echo "$page"
    bash tests/run_doc.sh "$page" | grep -v '^pass' || true
    rm -rf "$TMP"
done
