# Antimony: each construct by the network that it makes. Names of the model come before what they mean; what the same model says in
# another way is equal to it (crnlc diff).
same() # NAME: the file NAME.ant and the network NAME.crnl, or another file NAME.other.ant, are equal
{
    local other=$1.other.ant
    [ -f "$other" ] || other=$1.crnl
    "$CRNLC" diff "$1.ant" "$other" >log 2>&1 || { echo "$1:"; "$CRNLC" print --stage network --passes= "$1.ant"; cat log; exit 1; }
}
network() # NAME: prints the network of NAME.ant, without passes
{
    "$CRNLC" print --stage network --passes= "$1.ant" || exit 1
}
has() # NAME LINE: the network has this line
{
    network "$1" >net
    grep -qxF "  $2" net || { echo "$1 has no line '$2':"; cat net; exit 1; }
}
# A value at time 0, of what a formula is by libsbml's Level 3 parser.
value() # FORMULA NUMBER
{
    printf 'a = 2; b = 3; c = 4\nS = 1; S -> ; 0*S\nx := %s\n' "$1" >formula.ant
    "$CRNLC" run formula.ant --until 0 >out 2>err || { echo "$1"; cat err; exit 1; }
    awk -v want="$2" '$1 == "x" { got = $3 } END { if (got == want) exit 0; d = got - want; exit !(d * d < 1e-10 * want * want + 1e-20) }' out ||
        { echo "$1: not $2:"; cat out; exit 1; }
}

# ---- formulas
value '-a^2' -4
value 'a^b^a' 512
value '2^-a' 0.25
value 'a - b - c' -5
value 'c/a/b' 0.6666666667
value '-a*b + c' -2
value 'piecewise(1, a < b < c, 0)' 1
value 'piecewise(1, a < c < b, 0)' 0
value 'piecewise(1, a < b != c, 0)' 1
value 'piecewise(1, true || false && false, 0)' 0     # of one level, from the left
value 'piecewise(1, !(a > b) && c == 4, 0)' 1
value 'piecewise(1, (a < b) == c < 1, 0)' 0            # a < b && b == c && c < 1
value 'piecewise(1, a > b, 2, a > c, 3)' 3
value 'log(exp(2))' 2
value 'log10(100) + log(10, 1000) + ln(exp(1))' 6
value 'sqrt(c) + sqr(b) + root(3, 8) + pow(a, b)' 21
value '7 % 3 + (-7) % 3' 0                             # 1 and -1: of the sign of the first
value 'max(a, b, c) - min(a, b, c)' 2
value 'floor(2.5) + ceil(2.5) + abs(-1) + factorial(3)' 12
value 'plus(a, b) + times(a, b) + minus(a) + divide(c, a)' 11
value '3 mL + .5e1 seconds' 8
value 'pi' 3.14159265359
value 'quotient(7, 2) + rem(7, 2)' 4
value 'piecewise(a, xor(true, false), b) + piecewise(a, not(true), b)' 5

# ---- reactions
cat >reactions.ant <<'END'
// all arrows, coefficients, names, laws behind and apart
model *reactions()
  J0: A + 2 B -> C; k*A*B^2
  C => A + B; k*C          # no name
  <==> A; k
  J1: A -> ;
  J1 = k*A
  0.5 A -> 1.5 B; k
  n A -> B; k
  n = 0.25
  A = 3; B = 2; $C = 1; k = 0.5
  A -o J1;
  i: B -| J0;
  B -( J0;
end
END
has reactions 'constant C = default_compartment'
has reactions 'J0: A + 2 B ->{k/default_compartment^3} C flags 1'
has reactions '_J0: C ->{k/default_compartment} A + B flags 1'
has reactions '_J1: 0 ->{k} A flags 1'
has reactions 'J1: A ->{k/default_compartment} 0 flags 1'
has reactions '_J2: 0 ->{k} 0 plus A = -0.5, B = 1.5 flags 1'
has reactions '_J3: 0 ->{k} B plus A = -0.25 flags 1'

# ---- compartments, amounts, units
cat >places.ant <<'END'
compartment c = 2, d in c = 3
species A in c, B in d = 4, substanceOnly_ = 1
substanceOnly species N in c
A = 6/c
N = 5
J0 in d: E -> F; k*E
E = 1; F = 0; k = 1
unit substance = 1e-6 mole
unit time_unit = 60 seconds
A has substance
END
has places 'units "umol" 1e-06 "min" 60.0'
has places 'species A = 6'
has places 'species B = 4*d'
has places 'species E = d'
has places 'symbol output N.concentration = N/c'

# ---- rules and events
cat >rules.ant <<'END'
S -> ; k*S
S = 10; k = 1
T := 2*S
x' = -x
x = 4
alg: 0 = y + S - 3
at 2 after (S < 5), priority = 3, t0 = false, fromTrigger = false, persistent = false: S = 10, x = 1
last: at time > 4:
  S = 1,
  x = 2
END
has rules 'symbol output T output = 2*(S/default_compartment)'
has rules 'bulk x = 4 signed'
has rules 'symbol output y output = -(0 + S/default_compartment - 3)'
has rules 'event when S/default_compartment < 5 after 2 priority 3 flags 21 : S = 10*default_compartment, x = 1'
has rules 'event when time > 4 flags 11 : S = default_compartment, x = 2'

# rules of which none is said to vary, several together
printf 'alg: 0 = z - 3; 1 = w + z\n' >algebraic.ant
has algebraic 'symbol output w output = -2.0'

# ---- modules: what a submodule says, and what is said of it
cat >modules.ant <<'END'
import "parts/side.ant"
function twice(a) 2*a end
model *whole()
  A: side(S1, k4)
  B: side(S2, 5), timeconv = 60
  B.E = 7
  A.E is E
  S1 = 1; S2 = 2; k4 = twice(0.5)
  delete B.J1
  C: side()
  C.k2 = 
  C.k2 := 0.1*time
end
whole is "a name"
whole hypernym "http://identifiers.org/go/GO:0005623",
   "http://identifiers.org/go/GO:0005624"
END
mkdir parts
cat >parts/side.ant <<'END'
model side(S, k1)
  J0: S + E -> SE; k1*S*E
  J1: SE -> ; k2*SE
  E = 3; k2 = 0.4; k1 = 2
  SE = S + E
end
END
cat >modules.other.ant <<'END'
A__J0: S1 + E -> A__SE; k4*S1*E
A__J1: A__SE -> ; A__k2*A__SE
E = 3; A__k2 = 0.4; A__SE = S1 + E
B__J0: S2 + B__E -> B__SE; B__k1*S2*B__E/60
B__E = 7; B__k2 = 0.4; B__SE = S2 + B__E; B__k1 = 5
S1 = 1; S2 = 2
C__J0: C__S + C__E -> C__SE; C__k1*C__S*C__E
C__J1: C__SE -> ; C__k2*C__SE
C__E = 3; C__k1 = 2; C__SE = C__S + C__E; C__k2 := 0.1*time
k4 = 2*0.5
END
same modules

# functions that read the time, also by one another: SBML has none in functions
cat >clock.ant <<'END'
function later(a) soon(a, 1) + 1 end
function soon(a, time_) a*time + time_ end
S -> ; later(2)*S
S = 1
END
printf 'S -> ; (2*time + 1 + 1)*S\nS = 1\n' >clock.other.ant
same clock

# ---- DNA: what lies upstream
cat >dna.ant <<'END'
dna1: --P1--RBS1--G1
P2--dna1
P3--RBS2--G1--
P1 = S*k + ...
P2 = ... + 1.2
RBS1 = ...*3
RBS2 = ...*1.1
P3 = 2
G1: -> prot1;
S -> ; 0
S = 1; k = 0.5; prot1 = 0
END
cat >dna.other.ant <<'END'
P2 := 1.2
P1 := S*k + 1.2
RBS1 := (S*k + 1.2)*3
P3 := 2
RBS2 := 2*1.1
G1: -> prot1; (S*k + 1.2)*3 + 2*1.1
S -> ; 0
S = 1; k = 0.5; prot1 = 0
END
same dna

# ---- which model: the one with '*', else what stands outside, else the last one; .txt by its first word
printf 'model one()\n x = 1\nend\nmodel two()\n y = 2\nend\n' >last.txt
"$CRNLC" print --stage network last.txt >net
grep -q 'param y = 2' net || { cat net; exit 1; }
printf '# a comment\nspecies A\nA ->{2} 0\n' >list.txt
"$CRNLC" check list.txt
