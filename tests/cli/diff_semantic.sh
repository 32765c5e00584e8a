# crnlc diff --semantic: what two networks have in common, as far as certified passes show it.
want() # status text networks
{
    local status=$1 text=$2 got=0
    shift 2
    "$CRNLC" diff --semantic "n.crnl:$1" "n.crnl:$2" >out 2>&1 || got=$?
    [ $got = "$status" ] && grep -qF -- "$text" out && return
    echo "diff --semantic $*: status $got, not $status with '$text':"
    cat out
    exit 1
}
cat >n.crnl <<'END'
network twice { species A = 2, B; A ->{2.0} B; B -> B; output B; }
network parts { species X = 2, Y; X -> Y; X -> Y; output Y; }
network sites { species U = 9, P[2], W; for i in 0..2 { U -> P[i]; P[i] ->{3.0} U + W; } output s = P[0] + P[1]; }
network one { species U = 9, P; U ->{2.0} P; P ->{3.0} U; output P; }
network drift { species A = 4, B = 2, C; A -> A + 2 C; B ->{2.0} B + C; C -> A; C ->{3.0} B; output s = A + B, C; }
network drifted { species S = 6, C; S -> S + 2 C; C ->{4.0} S; output S, C; }
network slow { species A = 3, X, Y; A -> 2 X; X ->{0.1} Y; output Y; }
network fast { species A = 3, Y; A -> 2 Y; output Y; }
network other { species A = 3, Y; A -> 3 Y; output Y; }
END
want 0 'have the same reactions' twice parts
want 0 'give their outputs the same law over time' sites one
want 0 'give their outputs the same solution of the ODE' drift drifted
want 0 'give their outputs the same limit' slow fast
want 1 'are not shown to mean the same' slow other
grep -q '^+ A -> 3 Y' out
want 1 'are not shown to mean the same' one twice
