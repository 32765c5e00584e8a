#!/bin/bash
# The text of a network is read back and printed the same: run_roundtrip.sh FILE.crnl.
. "$SRC/tests/run_lib.sh"
file=$1
name="roundtrip $file"
folder=$SRC/$(dirname "$file")
base=$(basename "$file")
options=$(options_of "$SRC/$file")
if ! run_in "$folder" "$CRNLC" print --stage network $options "$base"; then
    case $file in
    tests/golden/ast/*)
        [ -n "$broken" ] || exit 0      # those need not be right beyond their syntax
        ;;
    esac
    tell "crnlc print --stage network: ${broken:-failed}" | fail "$name"
    exit
fi
# A program prints each of its networks.
awk -v folder="$TMP" '/^network / { file = folder "/net" ++n ".net" } { print > file }' "$TMP/stdout"
for net in "$TMP"/net*.net; do
    if ! run_in "$TMP" "$CRNLC" opt --passes= "$net"; then
        tell "crnlc opt --passes= on the printed network: ${broken:-failed}" | fail "$name"
    elif ! diff -u "$net" "$TMP/stdout" >"$TMP/diff"; then
        fail "$name" <"$TMP/diff"
    else
        pass
    fi
done
