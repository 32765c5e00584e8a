# The plan tells which kernel simulates a network, and what speaks against the other.
cat >x.crnl <<'END'
network timed { species X; 0 =>{ 1 + sin(time) } X; X -> 0; }
network plain { species X; 0 -> X; X -> 0; }
network many { species X[20]; for i in 0..20 { 0 -> X[i]; X[i] -> 0; } }
END
expect() # network, kernel, reason
{
    "$CRNLC" print --stage plan --network $1 x.crnl >plan
    grep -qx "kernel $2" plan && grep -q "^why ssa: $2, .*$3" plan || { echo "$1:"; head -3 plan; exit 1; }
}
expect timed table '(not unrolled: a law reads the time)'
expect plain unrolled '2 reactions; ode: unrolled'
expect many table '40 reactions (unrolled up to 16); ode: unrolled'
