#!/bin/sh
# Makes the pictures of the documents anew, each by the program shown beside it: doc/pictures.sh [CRNLC].
set -eu
cd "$(dirname "$0")/.."
crnlc=${1:-build/crnlc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$crnlc" run --quiet examples/01_rock_paper_scissors.crnl --out-dir "$work"
cp "$work/rps.svg" doc/pictures/rps.svg
