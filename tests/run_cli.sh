#!/bin/bash
# A script that must succeed: run_cli.sh tests/cli/X.sh. It runs in an empty folder with SRC, BUILD and CRNLC
# set; exit status 77 skips, with the last line printed as the reason.
. "$SRC/tests/run_lib.sh"
file=$1
mkdir "$TMP/work"
run_in "$TMP/work" bash -eu "$SRC/$file"
status=$?
case $status in
0) pass ;;
77) skip "$file" "$(tail -n 1 "$TMP/stdout")" ;;
*) tell "${broken:-exit status $status}" | fail "$file" ;;
esac
