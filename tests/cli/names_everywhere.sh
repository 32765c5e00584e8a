# Every kind of name in every place: what cannot stand there is an error with a place of its own and a reason; nothing is refused
# without one, or lands in the verifier (E0705), or in an assertion.
cat >points.csv <<'END'
0,1,0
1,0,1
END
cat >names <<'END'
C CA CA[0] CA[5] P F F(1) F(m) D D.train D.input M M([1,2]) M.w M.w[0] M.b leaf leaf.X leaf.k leaf.o mid mid.i A B V V[0] V[9]
dd dd.p dd[0] m m.i m.i.X m.i.q m.i.q.p m.i.W m.i.W[1] m.i.k m.i.c m.i.o m.i.i m.h m.z m.t m.Y m.PH PH m[0] m.i[0] outer outer.A
outer.m outer.m.i outer.m.z r nothing m.nothing time -m !m.i m+1 [m.i] "t" ["t"] true 0..2 limit(leaf).o limit(m).o mean(outer.A)
time_mean(outer.m.i) sum(i!in!0..2:m) sum(i!in!0..2:"t") [i!in!0..2:[j!in!0..i+1:1]] size(m) argmax(m) sum(V) exp(m.i) L L[0]
END
cat >places <<'END'
network species Z = @;
network species Z[@];
network const z = @;
network param z = @;
network dual z = @;
network A ->{@} B;
network A =>{@} B;
network A <->{1, @} B;
network @ -> A;
network A -> 2 @;
network @ A -> B;
network V[@] -> A;
network output z = @;
network output @;
network input @;
network at @ { A = 1; }
network at 1 { A = @; }
network at 1 { @ += 1; }
network every @ { A = 1; }
network when @ { A = 1; }
network when @ > 1 { A = 1; }
network assume @ > 1;
network for k in @ { A -> B; }
network for k in 0..@ { A -> B; }
network if @ { A -> B; }
network n2: leaf(k = @);
network n2: mid(@);
network phase @ { A -> B; }
network energy A = @;
network A' = @;
print @;
let z = @;
print "{@}";
run @ for 1;
run outer for @;
run outer until @;
run outer until @ > 1;
run outer with @ = 1 for 1;
run outer with A = @ for 1;
run outer for 1 every @;
run outer for 1 by @;
run outer for 1 by ssa(runs = @);
plot outer.A, @ -> "x.svg";
image @ -> "x.png";
learn @ from D by binary_connect(epochs = 1);
learn M from @ by binary_connect(epochs = 1);
learn M from D by binary_connect(epochs = @);
save @ to "x.npz";
set @ = 1;
set outer.A = @;
set P = @;
assert @;
for z in @ { print 1; }
if @ { print 1; }
while @ > 1 { print 1; }
L = @;
continue @ for 1;
print [z in 0..2 : @];
print sum(z in @ : 1);
print sum(z in D : @);
print CA[@];
END
awk '
NR == FNR { for (i = 1; i <= NF; i++) { gsub(/!/, " ", $i); name[++n] = $i }; next }
{
    inside = sub(/^network /, "")
    for (i = 1; i <= n; i++) {
        place = $0
        at = index(place, "@")
        place = substr(place, 1, at - 1) name[i] substr(place, at + 1)
        file = sprintf("n%04d.crnl", ++count)
        print "const C = 2; const CA = [1, 2]; param P = 0.5; fn F(x) = x + 1;" >file
        print "data D = csv(\"points.csv\", input = 0..2, label = 2); model M = relu[2, 3, 2];" >file
        print "network leaf(k = 1) { species X = 3, W[2]; dual q = 1; const c = 2; X ->{k} 0; output o = X; }" >file
        print "network mid(species Y) { i: leaf(); i.X -> Y; output z = i.X; output t = time; clock ideal(PH = 1, PG = 2); }" >file
        print "network outer(k = 1) { species A = 5, B = 1, V[2]; dual dd = 1; m: mid(A); r: A -> B;" >file
        print inside ? place "\n}" : "}" >file
        print "experiment main { let L = 1; run outer for 1;" >file
        print inside ? "}" : place "\n}" >file
        close(file)
    }
}' names places
ls n*.crnl | xargs -n 500 "$CRNLC" check --max-errors 100000 >out 2>err && exit 1     # not all of them are right
[ $? = 123 ] || { tail -n 5 err; exit 1; }
if grep -A 1 'E0705\|Assertion' err; then exit 1; fi
[ "$(grep -c 'error\[' err)" -gt 3000 ]
# And some are.
grep -o '^n[0-9]*.crnl:[0-9:]* error' err | cut -d: -f1 | sort -u >refused
[ "$(($(ls n*.crnl | wc -l) - $(wc -l <refused)))" -gt 480 ]
