# What emit --format crnl writes of networks that others wrote is the same network: with names, labels, formulas of defaults and
# amounts, pairs of directions, and what is chosen by conditions, conditions that are numbers too. What an imported law may take
# below 0 has no place in the language, and is left aside; quantities that may be negative and fractions are refused by name.
equal=0 refused=0
compare() # NAME FILE
{
    "$CRNLC" emit --format crnl --passes= "$2" -o "$1.crnl" >log 2>&1 || {
        grep -q 'E0821' log || { cat log; exit 1; }
        refused=$((refused + 1))
        return
    }
    "$CRNLC" print --stage network --passes= "$2" 2>log | sed 's/ unbounded$//' >want.net
    "$CRNLC" diff want.net "$1.crnl" >log 2>&1 || { echo "$2:"; cat log "$1.crnl"; exit 1; }
    equal=$((equal + 1))
}
for file in "$SRC"/tests/run/import_sbml/*.xml "$SRC"/examples/import/*; do
    case $file in *.xml | *.txt | *.net) compare "$(basename "${file%.*}")" "$file" ;; esac
done
cat >all.txt <<'END'
param k = 2
param q = 3*k
param unused = 1
species A = q + 1
species B
species C
up: A ->{k} B
up.reverse: B ->{q} A
B =>{A > 1 && time < 4 ? 0.1*B : B > 2 ? 0.05 : k*B} C
C =>{real(A > 1)*C + real(floor(time/3)) + (1 + real(floor(A)))*C} 0
C =>{-(C > 2 || A == 1 ? -1 : real(A > 0)) + (A > 2 ? real(floor(B)) : 2)} 0
C =>{(A > 2 ? 1 : 0) + ((A > 1 ? B > 1 : C > 1) ? 2 : 3)^2} 0
event when A > 1 ? B > 2 : true : A = A > 3 ? A - 1 : A
output o = 1 + real(A > 3)
END
compare all all.txt
grep -q '  up: A <->{k, q} B;' all.crnl
grep -q 'if A > 1\|if 1 < A' all.crnl
echo "$equal equal, $refused refused"
[ $equal -ge 7 ] && [ $refused -le 13 ]

# Products that come later have a place in the language alone, and networks differ by when they come.
cat >late.crnl <<'END'
network late(k = 2, d = 3) { species A = 20, B, C = 1; A ->{k, delay = uniform(1, d)} 2 B + A via C; A =>{ k * A, delay = d + 1 } B; }
END
"$CRNLC" emit --format crnl late.crnl -o late_2.crnl
"$CRNLC" diff late.crnl late_2.crnl
grep -q 'A ->{k, delay = uniform(1, d)} A + 2 B via C;' late_2.crnl
for change in 's/uniform(1, d)/uniform(2, d)/' 's/uniform(1, d)/d/' 's/d + 1/d/' 's/2 B/3 B/'; do
    sed "$change" late_2.crnl >other.crnl
    "$CRNLC" diff late.crnl other.crnl >log 2>&1 && exit 1
done
for format in text json sbml antimony; do
    "$CRNLC" emit --format $format late.crnl >log 2>&1 && exit 1
    grep -q "E0821.*$format: the products of a reaction come later" log
done

# The only event of a model, without delay and priority, is a `when`, although its values are those of the trigger's time: so the
# language has it, and it runs the same. By hand: S = 10 exp(-t) falls below 5 at t = ln 2; then S = 15, P = 5 from the values before,
# and S is below 5 again at ln 2 + ln 3 = ln 6 < 2, where the same happens. So S = 15 exp(-(2 - ln 6)) at t = 2, and S + P = 20.
cat >alone.ant <<'END'
S -> P; k*S
S = 10; P = 0; k = 1
at (S < 5), t0 = false: S = S + 10, P = S
END
# P and S change places at 1: then S = 10 (1 - exp(-1)), which falls on.
cat >timed.ant <<'END'
S -> P; k*S
S = 10; P = 0; k = 1
at (time >= 1 && S < 100): S = P, P = S
END
near() # FILE S P: the amounts at t = 2
{
    "$CRNLC" run "$1" --until 2 --rtol 1e-10 >out
    awk -v s="$2" -v p="$3" 'function off(a, b) { return (a - b) ^ 2 > 1e-8 }
        $1 == "S" { n++; bad += off($3, s) } $1 == "P" { n++; bad += off($3, p) } END { exit n != 2 || bad }' out || { cat out; exit 1; }
}
for name in alone timed; do
    "$CRNLC" print --stage network --passes= $name.ant >$name.net
    grep '^  event when' $name.net >event
    grep -q flags event && exit 1
    "$CRNLC" emit --format crnl --passes= $name.ant -o $name.crnl
    sed 's/ unbounded$//' $name.net >bounded.net
    "$CRNLC" diff bounded.net $name.crnl >log 2>&1 || { cat log; exit 1; }
done
for format in ant crnl; do
    near alone.$format 12.180175491295142 7.819824508704858
    near timed.$format 2.3254415793482965 7.674558420651703
done
# Beside another event, with a delay, or where its condition may be true at the start, it is one of a queue, which the language has not.
for change in 's/, t0 = false//' 's/^at (S < 5)/at 1 after (S < 5)/' '$a at (time > 1): k = 2'; do
    sed "$change" alone.ant >queued.ant
    "$CRNLC" emit --format crnl queued.ant >log 2>&1 && exit 1
    grep -q 'E0821.*crnl: an event with delay' log
done
