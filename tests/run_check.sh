#!/bin/bash
# A check of the tree itself: run_check.sh tests/check_X.sh.
. "$SRC/tests/run_lib.sh"
if run_in "$SRC" bash "$1"; then
    pass
else
    tell "${broken:-failed}" | fail "$1"
fi
