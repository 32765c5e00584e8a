#!/bin/bash
# No line is wider than 110 columns.
set -u
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/.." || exit
wide() # files
{
    awk 'length > 110 { print FILENAME ":" FNR }' "$@"
}
check() # most, what, files: prints them when there are more
{
    local most=$1 what=$2 found
    shift 2
    found=$(wide "$@")
    [ "$(printf '%s' "$found" | grep -c '')" -le "$most" ] && return
    echo "more than $most lines of $what are wider than 110 columns:"
    echo "$found"
    exit 1
}
check 0 'the front end' $(find frontend -name '*.[ch]') frontend/*.def
check 0 'the rest' $(find support ir import codegen runtime server driver grammar -name '*.[chyl]' ! -name 'num_[tz]*')
