#!/bin/bash
# Orders that depend on each other are marked at both ends: a comment `ORDER X` stands in at least two places.
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit
find support ir import frontend grammar codegen runtime server driver \( -name '*.[chly]' -o -name '*.def' \) -type f |
    xargs grep -Eoh 'ORDER [a-z_]+' | sort | uniq -c |
    awk '$1 < 2 { print $2, $3 " is marked at one end only"; bad = 1 } END { exit bad || NR == 0 }'
