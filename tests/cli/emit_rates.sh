# A dimerisation in each format: the rate of 2 A ->{k} B is k A^2 when amounts are concentrations, k A (A - 1) when they are
# molecules; and what else of a network each format keeps.
says() # words, arguments...
{
    local words=$1
    shift
    "$CRNLC" emit "$@" >out 2>err || { cat err; exit 1; }
    grep -qF -- "$words" out || { echo "$*: no line $words"; cat out; exit 1; }
}
cat >dimer.crnl <<'END'
network dimer { species A = 9, B; 2 A ->{0.5} B; }
END
says 'A + A -> B [k = 0.5]' --format nuskell dimer.crnl
says 'A + A -> B [k = 0.5]' --format crnsimulator dimer.crnl
says 'A + A -> B' --format piperine dimer.crnl
says 'reaction [condensed = 0.5 /nM/s ] A + A -> B' --format peppercorn dimer.crnl
says 'rxn[2 A, B, 0.5]' --format mathematica dimer.crnl
says '| 2A ->{0.5} B' --format visualdsd dimer.crnl
says 'kinetics=Deterministic' --format visualdsd dimer.crnl
says '| 2A ->{1} B' --format visualdsd --stochastic dimer.crnl
says 'kinetics=Stochastic' --format visualdsd --stochastic dimer.crnl
says '1 1,1 2 rate1' --format net dimer.crnl
says '1 rate1 0.5' --format net dimer.crnl
says '2 A => B; (0.5)*A^2;' --format antimony dimer.crnl
says '2 A => B; (0.5)*A*(A - 1);' --format antimony --stochastic dimer.crnl
says '2 A ->{0.5} B' --format text dimer.crnl
says '"value": 0.5' --format json dimer.crnl
says '2 \, A &\xrightarrow{0.5} B' --format latex dimer.crnl

# SBML: compartment * 0.5 * A^2, stoichiometry 2; as molecules 0.5 * A * (A - 1).
"$CRNLC" emit --format sbml dimer.crnl | tr -d '\n ' >out
grep -qF '<cn>0.5</cn><ci>compartment</ci><apply><power/><ci>A</ci><cntype="integer">2</cn></apply>' out
grep -qF 'speciesReferencespecies="A"stoichiometry="2"' out
"$CRNLC" emit --format sbml --stochastic dimer.crnl | tr -d '\n ' >out
grep -qF '<cn>0.5</cn><ci>A</ci><apply><minus/><ci>A</ci><cntype="integer">1</cn></apply>' out
grep -qF 'initialAmount="9"hasOnlySubstanceUnits="true"' out

# Names that differ from built-in ones in case only stay names.
cat >cases.crnl <<'END'
network cases { species Pi = 1, Time; Pi =>{Pi * Time * time} Time; }
END
"$CRNLC" emit --format sbml cases.crnl | tr -d '\n ' >out
grep -qF '<times/><ci>Pi</ci><ci>Time</ci><csymbol' out

# Names, amounts, constants, units, parameters, provenance.
cat >all.crnl <<'END'
network unit(species X, species Y, k) { X ->{k} Y; }
network all(k = 2.5) {
  units amount = uM, time = min;
  species A[2] = 3, a_0 = 1, A0, Fuel3a = 2, gamma, E;
  const species S = 4;
  dual x = -0.5;
  A[0] + S ->{k} A[1] + S;
  m: unit(A[1], a_0, 2 * k);
  a_0 -> A0 + Fuel3a + gamma + E;
  x.p + x.n -> E;
  output sum = A[0] + A[1], x;
}
END
says '# name: A0 = A[0]' --format nuskell --network all all.crnl
says '# name: A0v2 = a_0' --format nuskell --network all all.crnl
says '# name: SFuel3a = Fuel3a' --format nuskell --network all all.crnl
says 'S @constant 4' --format nuskell --network all all.crnl
says 'A0 @initial 3' --format crnsimulator --network all all.crnl
says '# amounts in uM, time in min' --format crnsimulator --network all all.crnl
says '# m of unit' --format crnsimulator --network all all.crnl
says 'S = d' --format peppercorn --network all all.crnl
says '@constant 4 uM' --format peppercorn --network all all.crnl
says 'condensed = 0.041666666666666664 /uM/s ] A0 + S' --format peppercorn --network all all.crnl
says '| init constant S 4' --format visualdsd --network all all.crnl
says 'directive units { concentration=uM; time=min }' --format visualdsd --network all all.crnl
says 'directive parameters [K = 2.5]' --format visualdsd --network all all.crnl
says 'S[t]==4' --format mathematica --network all all.crnl
says '(* name: e = E *)' --format mathematica --network all all.crnl
says '$S() 4' --format net --network all all.crnl
says 'sum_2() A_0+A_1' --format net --network all all.crnl
says 'species $S;' --format antimony --network all all.crnl
says 'gamma_2 = 0;' --format antimony --network all all.crnl
says 'x := x_p - x_n;' --format antimony --network all all.crnl
says 'id="A_0" name="A[0]"' --format sbml --network all all.crnl
says 'boundaryCondition="true" constant="true"' --format sbml --network all all.crnl
says 'multiplier="60"' --format sbml --network all all.crnl
says 'assignmentRule variable="x"' --format sbml --network all all.crnl
says 'A_{0} + S &\xrightarrow{k}' --format latex --network all all.crnl
says 'x^{+} + x^{-}' --format latex --network all all.crnl
says 'peripheries=2, label="S"]' --format dot --network all all.crnl
# Events: the order, what recurs, what switches reactions.
cat >events.crnl <<'END'
network events(T = 5) {
  species A = 9, B;
  const species S = 2;
  A + S -> B + S;
  clock ideal(C1 = T, C2 = 2 * T);
  phase C1 { B ->{2} A; }
  when A > 10 { A -= 5; }
  at 10 { S = 3; }
  every 4 { B += 3; A = B; }
}
END
says 'J1: B => A; (2)*B*C1;' --format antimony events.crnl
says 'event2: at (time >= 10), t0 = false, priority = 3,' --format antimony events.crnl
says 'priority = 2, fromTrigger = false, persistent = true: next_event3 = floor(next_event3 / (4) + 1.5) * (4), B = B + 3, A = B;' \
    --format antimony events.crnl
says 'at (10 < A), t0 = false, priority = 1, fromTrigger = false, persistent = false: A = A - 5;' --format antimony events.crnl
says 'next_start_C2 = T;' --format antimony events.crnl
says 'start_C1: at (time >= next_start_C1)' --format antimony events.crnl
says '<event id="event3" useValuesFromTriggerTime="false">' --format sbml events.crnl
says '<trigger initialValue="false" persistent="true">' --format sbml events.crnl
says '<eventAssignment variable="next_start_C1">' --format sbml events.crnl
says '<species id="S" compartment="compartment" initialConcentration="2" hasOnlySubstanceUnits="false" '\
'boundaryCondition="true" constant="false"/>' --format sbml events.crnl
says 'clock C1 = T, C2 = 2*T' --format text events.crnl
says 'event every 4 : B = B + 3, A = B' --format text events.crnl
says '{"kind": "every", "when": "4", "changes": [["B", "B + 3"], ["A", "B"]]' --format json events.crnl
says '"clock": [{"guard": "C1", "duration": "T"}, {"guard": "C2", "duration": "2*T"}]' --format json events.crnl
says '[shape=diamond, fontsize=8, label="every 4"]' --format dot events.crnl
says '\text{every } 4 &: B := B + 3, \; A := B' --format latex events.crnl

# Lines of a graph are as wide as rate constants are large, where these have one unit; events are drawn as ever.
cat >wide.crnl <<'END'
network one { species A = 1, B, C; A ->{0.5} B; B <->{1, 2} C; at 5 { A = 1; } }
network two { species A = 1, B; A ->{0.5} B; 2 B ->{2} A; }
network same { species A = 1, B; A <->{2, 2} B; }
network named(k = 3) { species A = 1, B; A ->{k} B; B ->{2} A; }
END
says 'wide lines: large rate constants' --format dot --network one wide.crnl
grep -o 'penwidth=[0-9.]*' out >widths
printf 'penwidth=%s\n' 0.90 2.40 1 | diff - widths
for name in two same named; do
    "$CRNLC" emit --format dot --network $name wide.crnl >out
    if grep -E 'penwidth|wide lines' out; then echo "$name"; exit 1; fi
done

# What is no whole number: a number on its side, or a name with a formula.
cat >parts.txt <<'END'
param q = 0.4
species A = 3
species B
A ->{2} B plus A = -0.5, B = q
A =>{q} 0 plus A = 0.1*B, B = 2.5
A ->{1} 0 plus B = -2
END
for line in 'J0_B = q;' 'J0: A + 0.5 A => B + J0_B B; (2)*A;' 'J1_A := 0.1*B;' 'J1: A => J1_A A + 2.5 B; q;' 'J2: A + 2 B => ; (1)*A;'; do
    says "$line" --format antimony parts.txt
done
for line in '<speciesReference species="A" stoichiometry="0.5" constant="true"/>' '<speciesReference id="R1_B" species="B" constant="true"/>' \
    '<initialAssignment symbol="R1_B">' '<assignmentRule variable="R2_A">' '<speciesReference id="R2_A" species="A" constant="false"/>' \
    '<speciesReference species="B" stoichiometry="-2" constant="true"/>'; do
    says "$line" --format sbml parts.txt
done
says '"plus": [["A", "-0.5"], ["B", "q"]]' --format json parts.txt

cat >map.crnl <<'END'
network map { species A[2] = 0, b; A[0] -> A[1]; b -> A[0]; }
END
"$CRNLC" emit --format piperine map.crnl >out 2>err
grep -qF 'A0 = A[0]' err
printf 'A0 -> A1\nB -> A0\n' | cmp - out

# What never happens is no reaction for tools that take every one to happen; a parameter that could be set is warned of.
cat >never.crnl <<'END'
network never(k = 0) { species A = 5, B, C, D; A ->{k} C; A ->{0} D; A -> B; }
END
for format in nuskell piperine; do
    "$CRNLC" emit --format $format never.crnl >out 2>err
    grep -qx 'A -> B.*' out
    ! grep -q '^A -> [CD]' out || { echo "$format has gates for what never happens"; exit 1; }
    test "$(grep -c 'W0821.*is left out' err)" = 1
    grep -q 'A ->{k} C is left out, for its constant is 0 here' err
done
# It has no gates, is not counted, and is not rewritten for a format whose tool would take what became of it to happen.
"$CRNLC" emit --dsd soloveichik2010 --format text never.crnl >out 2>err
[ "$(grep -c -- '->' out)" = 2 ] && [ "$(grep -c '^species [GT]' out)" = 2 ] && [ "$(grep -c 'W0821.*A ->{k} C is left out, for its constant is 0 here' err)" = 1 ]
"$CRNLC" emit --report never.crnl >out 2>err
grep -q '^network never: 1 reactions, 2 signal strands' out && grep -q '^soloveichik2010 *2 *2 *2$' out && grep -q 'W0821.*costs nothing: A ->{k} C is left out' err
"$CRNLC" emit --report --json never.crnl 2>err | grep -q '"reactions": 1, "signals": 2,'
"$CRNLC" report never.crnl --passes=canonical | grep -q '^nothing  *4  *3  *6  *1  *1  *4 '
cat >rare.crnl <<'END'
network rare(k = 0) { species A = 5, B = 4, C = 3, D; A + B + C ->{k} 3 D; A =>{0} C; A -> D; }
END
"$CRNLC" emit --format piperine --legalize rare.crnl >out 2>err
printf 'A -> D\n' | cmp - out && [ "$(grep -c 'is left out' err)" = 1 ] && ! grep -q legalize_ err
says 'A ->{k} C' --format text never.crnl
says 'A -> C [k = 0]' --format crnsimulator never.crnl

# BNG2.pl takes -x^2 for (-x)^2, run_network for -(x^2): parentheses say which. A fraction that is raised has its own.
cat >bell.crnl <<'END'
network bell(k = 2) { species A; 0 =>{ exp(-((time - 50)/k)^2) } A; }
END
says 'law1() exp(-(((time()-50)/k)^2))' --format net bell.crnl
says 'exp(-(((time - 50)/k)^2))' --format antimony bell.crnl
says '\exp\left(-\left(\frac{t - 50}{k}\right)^{2}\right)' --format latex bell.crnl

# A law that reads the time: BioNetGen's simulator does not move it.
echo 'network wave { species X; 0 =>{1 + sin(time)} X; 0 =>{time} X; }' >wave.crnl
"$CRNLC" emit --format net wave.crnl >out 2>err
[ "$(grep -c 'warning\[W0821\]: net: this law reads the time' err)" = 1 ] && grep -q '^wave.crnl:1:' err || { cat err; exit 1; }
echo 'network wave { species clock, X; 0 ->{1} clock; 0 =>{1 + sin(clock)} X; }' >clock.crnl
"$CRNLC" emit --format net --werror clock.crnl >out
