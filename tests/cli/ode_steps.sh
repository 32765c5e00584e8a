# How many steps an ODE run takes, where too many were once all that told of a fault.
steps() # FILE: of its last run
{
    "$CRNLC" run --verbose "$1" 2>&1 >/dev/null | sed -n 's/.*: \([0-9]*\) steps to t.*/\1/p' | tail -n 1
}
n=$(steps "$SRC/tests/run/signed_and_small.crnl")
[ "$n" -lt 1200 ] || { echo "signed_and_small.crnl: $n steps"; exit 1; } # 4,090 with a right side unlike its Jacobian
cat >cancel.crnl <<'X'
network driven { species A = 0.1, B, X; 0 ->{0.01} A; A ->{0.02} B; 0 =>{ 3 * A - 0.3 + 3 * B } X; X -> 0; }
experiment main { run driven for 10; }
X
n=$(steps cancel.crnl)
[ "$n" -lt 100 ] || { echo "terms that cancel: $n steps"; exit 1; } # 8,318 where what rounding left of them was a scale
