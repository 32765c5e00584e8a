#!/bin/sh
# Brings the source lists up to date and makes ./configure.
set -eu
cd "$(dirname "$0")"
bash tests/check_lists.sh --write
mkdir -p build-aux
exec autoreconf --install
