# What files of other tools mean, and what they are told, in places where it is easy to be wrong.
near() # NAME WANTED [TOLERANCE]: the last value of NAME in `out`
{
    awk -v name="$1" -v want="$2" -v tol="${3:-1e-5}" '
        $1 == name { have = $3; n++ }
        END { d = have - want; exit !(n > 0 && (d < 0 ? -d : d) <= tol * (want < 0 ? -want : want)) }' out ||
        { echo "$1 is not $2"; cat out; exit 1; }
}
run() # FILE UNTIL
{
    "$CRNLC" run "$1" --until "$2" >out
}

# A species that is held, with the mark behind its compartment: X grows by k t.
cat >held.net <<'EOF'
begin parameters
  1 k 0.5
end parameters
begin species
  1 @EC::$Source() 1
  2 $Other() 2
  3 X() 0
end species
begin reactions
  1 1 3 k
end reactions
EOF
run held.net 3
near X 1.5
near @EC::Source 1
near Other 2

# What BioNetGen writes about the model is not read; a parameter and a group may have one name; `Sat k` alone is of
# order zero, `Ele k` mass action.
cat >sat.net <<'EOF'
version("2.9.3")
setOption("NumberPerQuantityUnit",6.0221e23)
substanceUnits("Number")
begin molecule types
  1 A(b)
end molecule types
begin parameters
  1 k 2
end parameters
begin compartments
  1 C 3 1
end compartments
begin energy patterns
  1 A(b) k
end energy patterns
begin reaction rules
  1 A(b) -> 0 k
end reaction rules
begin species
  1 A(b) 10
  2 B() 3
end species
begin reactions
  1 1,2 2 Sat k
end reactions
begin groups
  1 k 1
  2 A 1
end groups
EOF
run sat.net 0.1
near A 9.8
sed 's/Sat k/Ele k/' sat.net >ele.net
run ele.net 0.1
near A 5.48812
sed 's/end compartments//' sat.net >open.net
! "$CRNLC" check open.net 2>err
grep -q "open.net:10:1: error\[E0831\]: block 'compartments' has no end" err

# run_network ends a formula at its first blank: there is none, and what comes back is the same.
echo 'network n(a = 2, k = a*0.05, K = 1) { species A = 10, B = 2, D; A =>{ (k + K*B)*min(A, 1)*A } D; A ->{a*3 + 1} B;
    output A, tot = A + 2*B; }' >blanks.crnl
"$CRNLC" emit --format net blanks.crnl -o blanks.net
! sed -n '/^begin parameters/,/^end parameters/p; /^begin functions/,/^end functions/p' blanks.net |
    grep -E '^ +[0-9]+ [^ ]+ [^ ]+ '
grep -qx '    1 law1() (k+K\*B)\*min(A,1)' blanks.net
grep -qx '    2 tot() A+2\*B' blanks.net
"$CRNLC" diff --values blanks.crnl blanks.net >log
# The law of two equal reactants is G (G - 1) f there in stochastic runs.
echo 'network n(k = 0.1, K = 1) { species G = 10, D; 2 G =>{ G^2*k/(K + G) } D; }' >twice.crnl
"$CRNLC" emit --format net twice.crnl >twice.net
grep -q 'law1() k/(K+G)' twice.net
! "$CRNLC" emit --format net --stochastic twice.crnl 2>err
grep -q 'E0821.*as molecules the rate has no factor G - 1' err

# The default tolerance follows what an amount was.
echo 'network n { species A = 1e-11, B; A -> B; } experiment main { run n for 5; print "A =", n.A; }' >small.crnl
"$CRNLC" run small.crnl | sed 's/^/x /; s/^x A = */A = /' >out
near A 6.737947e-14 1e-4
