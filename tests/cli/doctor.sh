# crnlc doctor: yes or no and why, with witness and place.
cat >d.crnl <<'END'
network cycle(k = 1) { species A = 2, B, C = 1;
  A + C <->{1, 1} B;
}
network min2 { species A = 3, B = 5, Y;
  A + B -> Y;
}
network growth { species A = 1, B;
  A ->{1e4} 2 B;
  B -> A;
}
END
cat >expected <<'END'
cycle: 3 species, 2 reactions of order up to 2
  conserved         yes   2 independent laws
                          A - C = 1
                          B + C = 1
  bounded           yes   no reaction raises this sum, in which every species has a part:
                          A + 2 B + C, initially 3
  detailed balanced yes   every reaction has its reverse, and no cycle has a direction, at the default parameters
                          energies in kT, up to conserved sums: A = 0, B = 0, C = 0
  rate-independent  no    'B -> A + C' feeds 'A + C -> B', which feeds it in turn: a cycle
                          'B -> A + C' (d.crnl:2)
                          'A + C -> B' (d.crnl:2)
  stiff             no    an estimate at the initial amounts: time scales differ by a factor of 2
                          fastest: 2 per unit of time in 'A + C -> B' (d.crnl:2)

min2: 3 species, 1 reaction of order up to 2
  conserved         yes   2 independent laws
                          A + Y = 3
                          B + Y = 5
  bounded           yes   no reaction raises this sum, in which every species has a part:
                          A + B + Y, initially 8
  detailed balanced no    'A + B -> Y' has no reverse
  rate-independent  yes   no reaction reads what another consumes, and none feeds itself: `to limit` is exact
  stiff             no    an estimate at the initial amounts: time scales differ by a factor of 1.67
                          fastest: 5 per unit of time in 'A + B -> Y' (d.crnl:5)

growth: 2 species, 2 reactions of order up to 1
  conserved         no    no combination of amounts stays the same
  bounded           no    by structure; rates may keep amounts finite all the same. Nothing is used up by firing
                          1 x 'A ->{10000} 2 B' (d.crnl:8)
                          1 x 'B -> A' (d.crnl:9)
                          which makes B
  detailed balanced no    'A ->{10000} 2 B' has no reverse
  rate-independent  no    'B -> A' feeds 'A ->{10000} 2 B', which feeds it in turn: a cycle
                          'B -> A' (d.crnl:9)
                          'A ->{10000} 2 B' (d.crnl:8)
  stiff             yes   an estimate at the initial amounts: time scales differ by a factor of 1e+04; use an implicit method (bdf)
                          fastest: 1e+04 per unit of time in 'A ->{10000} 2 B' (d.crnl:8)
                          slowest: 1 in 'B -> A' (d.crnl:9)
END
"$CRNLC" doctor d.crnl >out 2>/dev/null
diff expected out
"$CRNLC" doctor --network min2 d.crnl >out 2>/dev/null
sed -n '/^min2/,/fastest/p' expected | diff - out
"$CRNLC" print --network min2 d.crnl >m.net
"$CRNLC" doctor m.net >out
grep -q 'rate-independent  yes' out
status=0
"$CRNLC" doctor nowhere.crnl >out 2>err || status=$?
[ $status = 1 ] && grep -q 'E0202' err
# Copies: alike, and one that is not; bulk that discrete reactions leave alone is conserved.
cat >c.crnl <<'END'
network cell(bulk P, k = 1) { species A = 1, B;
  A ->{k} B; B + P ->{k} A + P;
}
network other(bulk P) { species A = 1; A + P -> P; }
network many { bulk P = 2;
  replicate v[3] of cell(P) { diffuse A <->{1} along ring; }
  replicate w[2] of other(P);
}
END
"$CRNLC" doctor --network many c.crnl >out
grep -q 'P = 2' out
grep -q 'copies            yes   3 alike, of 2 species and 2 reactions: v\[0\].A, ...' out
grep -q '^ *2 alike, of 1 species and 1 reaction: w\[0\].A, ...' out
grep -q '^ *6 reactions between them, such as' out

# Theorem 2 of paper 000: what the units of `direct` have in common is not by energies; `edge` entangles them by conserved sums.
cat >b.crnl <<'END'
model bm = boltzmann { visible v[3]; connect v[0] -- v[1] = 0.5, v[1] -- v[2] = -1; theta v = [0.1, 0, -0.3]; }
network direct = lower bm to direct;
network edge = lower bm to edge;
network apart { species A = 1, B, C = 2, D; A <->{1, 2} B; C + A <->{3, 1} D + A; C <->{3, 1} D; }
END
"$CRNLC" doctor b.crnl >out 2>/dev/null
grep -A12 '^direct' out | grep -q 'but its Markov chain is, on the 8 states that can be reached: fuel pays for it'
grep -A14 '^direct' out | grep -q 'independent       no    what can be reached is a product of 3 parts, which detailed balance would make independent'
grep -q '(v\[0\].on v\[0\].off) x (v\[1\].on v\[1\].off) x (v\[2\].on v\[2\].off)' out
grep -A14 '^edge' out | grep -q 'detailed balanced yes'
! sed -n '/^edge/,/^$/p' out | grep -q 'independent  '
sed -n '/^apart/,$p' out | grep -q 'independent       yes   what can be reached is a product of 2 parts, which are independent in the stationary law'
sed -n '/^apart/,$p' out | grep -q '(A B) x (C D)'
