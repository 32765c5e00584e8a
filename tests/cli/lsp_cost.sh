# A key in a file of 2,000 lines within 50 ms of processor time; no memory is left behind by 1,000 keys.
[ -r /proc/self/stat ] || { echo "needs /proc"; exit 77; }
if nm "$CRNLC" 2>/dev/null | grep -q '__asan_init\|__tsan_init'; then export INSTRUMENTED=yes; fi
python3 -B "$SRC/tests/lsp/cost.py"
