# How many steps an ODE run takes, where too many were once all that told of a fault.
steps() # FILE: of its last run
{
    "$CRNLC" run --verbose "$1" 2>&1 >/dev/null | sed -n 's/.*: \([0-9]*\) steps to t.*/\1/p' | tail -n 1
}
n=$(steps "$SRC/tests/run/signed_and_small.crnl")
[ "$n" -lt 1200 ] || { echo "signed_and_small.crnl: $n steps"; exit 1; } # 4,090 with a right side unlike its Jacobian
