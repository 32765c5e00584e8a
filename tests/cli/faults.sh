# A call that fails in each of a dozen programs, in turn; of allocations some. tests/long/faults.sh takes all of them.
if [ "$SANITIZED" = yes ]; then
    echo "sanitizers have their own allocation"
    exit 77
fi
${CC:-cc} -shared -fPIC -O1 -o fail_call.so "$SRC/tests/faults/fail_call.c"
FAIL=$PWD/fail_call.so bash "$SRC/tests/faults/run.sh" 29 csv ensemble summary npz npz_ensemble image print plot data events continue
