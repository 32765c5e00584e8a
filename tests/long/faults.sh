# Each allocation, write, rename, close, sync, folder and open of a dozen programs fails in turn.
${CC:-cc} -shared -fPIC -O1 -o fail_call.so "$SRC/tests/faults/fail_call.c"
FAIL=$PWD/fail_call.so bash "$SRC/tests/faults/run.sh" 1 csv ensemble summary npz npz_ensemble image print plot data events continue learn
