#!/bin/bash
# The emitted SSA kernel against the library's table kernel, in turns in one process: their ratio says what emission
# gains, whatever else the machine does. BUILD is the folder of a build.
. "$(dirname "$0")/lib.bash"
BUILD=${BUILD:-$(dirname "$CRNLC")}
machine
llvm=$(sed -n 's/^LLVM_LIBS = //p' "$BUILD/Makefile")
runtime=$(sed -n 's/^RT_LIBS = //p' "$BUILD/Makefile")
# shellcheck disable=SC2086 # lists of options
"${CC:-cc}" -std=c11 -D_XOPEN_SOURCE=700 -O2 -ffp-contract=off -I"$SRC" -o "$WORK/ssa_event" "$SRC/bench/ssa_event.c" \
    "$BUILD/libcodegen.a" "$BUILD/libir.a" "$BUILD/libsupport.a" "$BUILD/libcrnl_rt.a" $llvm $runtime
"$WORK/ssa_event" "$@"
