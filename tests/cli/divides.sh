# Divisors that are 0 when the program runs are warned of once for each place, by all engines alike; those in branches
# that are not taken are not, nor is anything with --quiet.
program=$SRC/tests/run/divides_by_zero.crnl
"$CRNLC" build "$program" -o divides >/dev/null 2>&1
places() # a command: the lines of its warnings
{
    "$@" 2>&1 >/dev/null | sed -n 's/^[^ ]*:\([0-9]*\):[0-9]*: warning: .* divides by 0: .*/\1/p' | tr '\n' ' '
}
for engine in interpret jit; do
    [ "$(places "$CRNLC" run --engine $engine "$program")" = "8 9 10 11 12 13 14 " ] || { echo "$engine"; exit 1; }
done
[ "$(places ./divides)" = "8 9 10 11 12 13 14 " ] || { echo "executable"; exit 1; }
[ "$(places "$CRNLC" run --quiet "$program")" = "" ]
