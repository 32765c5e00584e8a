# crnlc diff --interpretation: each condition of CRN bisimulation satisfied and violated; interpretations that are found.
want() # status text interpretation networks; the interpretation with \n, '-' to look for one
{
    local status=$1 text=$2 got=0 option=--semantic
    [ "$3" = - ] || { option=--interpretation=map; printf "$3" >map; }
    "$CRNLC" diff $option "n.crnl:$4" "n.crnl:$5" >out 2>&1 || got=$?
    [ $got = "$status" ] && grep -qF -- "$text" out && return
    echo "diff $option $4 $5 ($3): status $got, not $status with '$text':"
    cat out
    exit 1
}
cat >n.crnl <<'END'
network formal { species A = 2, B = 3, C; A + B -> C; }
network strands { species X = 2, Y = 3, Z, H, O; const species G = 9, T = 9; X + G -> H; H -> X + G; H + Y -> O; O + T -> Z; }
network renamed { species A = 2, B = 3, C, I; A -> I; I -> A; I + B -> C; }
network twice { species A = 2, B = 3, C; A + B -> 2 C; }
network no_c { species A = 2, B = 3; A + B -> A + B; }
network more { species A = 2, B = 4, C; A + B -> C; }
network blocked { species A = 2, A2, B = 3, C; A -> A2; A + B -> C; }
network free { species A = 2, A2, B = 3, C; A -> A2; A2 -> A; A + B -> C; }
network pair { species A = 4, C; 2 A -> C; }
network bound { species A = 4, C, H; const species G = 9; A + G -> H; A + H -> C + G; }
network bound2 { species A = 4, C, H; const species G = 9; A + G -> H; H -> A + G; A + H -> C + G; }
network far { species A = 4, C, W1, W2, W3; A -> W1; W1 -> W2; W2 -> W3; 2 W3 -> C; }
network far_not { species A = 4, C, W1, W2, W3; A -> W1; W1 -> W2; W2 -> W3; W1 + W3 -> C; }
network grows { species A = 2, A2, B = 3, C, N; A -> A2; A2 -> A2 + N; A + B -> C; }
network law { species A = 2, B = 3, C; A + B => {A * B} C; }
network empty { species A; 0 -> A; }
network blocked_source { species A, P, Q; Q -> P; Q -> A; }
network source { species A, P; const species S = 1; S -> S + P; P -> A; }
END
holds='is an implementation of'
want 0 "$holds" 'X = A\nY = B\nZ = C\nH = A\nO = C\n' formal strands
want 0 "$holds" '# all of them\n`X` = 1 A\n\nY=B\nZ = C # spare\nH = A\nO = A + B' formal strands
want 0 '  O = A + B' - formal strands
want 0 '  I = A' - formal renamed
want 0 '  I = A' - renamed formal
# delimiting
want 1 'delimiting condition: Y + H -> O stands for no reaction of formal' 'X = A\nY = B\nZ = C\nH = A\nO = 0\n' formal strands
want 1 'delimiting condition: A + B -> 2 C' '' formal twice
want 1 'are not shown to mean the same' - formal twice
# atomic
want 1 'atomic condition: nothing stands for C alone' '' formal no_c
want 1 'atomic condition: nothing stands for A alone' 'X = 2 A\nY = B\nZ = C\nH = 2 A\nO = C\n' formal strands
want 1 'the initial amounts stand for -1 less of B' '' formal more
# permissive: what stands for the reactants must come to react
want 1 'permissive condition: A2 + B stands for the reactants of A + B -> C, which cannot happen there' 'A2 = A\n' formal blocked
want 1 'are not shown to mean the same' - formal blocked
want 0 "$holds" 'A2 = A\n' formal free
want 1 'permissive condition: 2 H stands for the reactants of 2 A -> C' 'H = A\n' pair bound
want 0 "$holds" 'H = A\n' pair bound2
want 0 '  W3 = A' - pair far
want 1 'permissive condition: 2 W2' 'W1 = A\nW2 = A\nW3 = A\n' pair far_not
want 0 "$holds" 'P = A\n' empty source
want 1 'delimiting condition: S -> P + S stands' 'P = 2 A\n' empty source
want 1 'permissive condition: 0 stands for the reactants of 0 -> A' 'P = 0\nQ = 0\n' empty blocked_source
# not decided
want 2 'not decided within the limit of work' 'A2 = A\nN = 0\n' formal grows
want 2 'CRN bisimulation does not say anything of law: a reaction has a rate law' '' formal law
# mistakes
want 2 "map:2:5: error[E0703]: the formal network has no species 'D'" 'H = A\nO = D\n' formal strands
want 2 "map:1:1: error[E0703]: the implementation has no species 'Q'" 'Q = A\n' formal strands
want 2 'error[E0703]: X has no interpretation, and there is no formal species of that name' 'H = A\n' formal strands
want 2 "map:1:3: error[E0701]: '=' was expected" 'X A\n' formal strands
want 2 "map:2:1: error[E0701]: this species has an interpretation already" 'X = A\nX = B\n' formal strands
want 2 "map:1:7: error[E0701]: '+' or the end of the line was expected" 'X = A - B\n' formal strands
want 2 'map:1:4: error[E0701]: the name of a species was expected' 'X =\n' formal strands
want 2 'map:1:5: error[E0702]: a count grows past 64 bits' 'X = 9223372036854775808 A\n' formal strands
want 2 'map:1:1: error[E0701]: a name in backquotes has no end' '`X = A\n' formal strands
! "$CRNLC" diff --interpretation none n.crnl:formal n.crnl:strands 2>errors
grep -q 'E0202.*cannot read none' errors
