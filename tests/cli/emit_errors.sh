# What a format cannot hold is an error at the reaction, what it loses a warning.
refused() # code, words of the message, arguments...
{
    local code=$1 words=$2
    shift 2
    if "$CRNLC" emit "$@" >out 2>err; then
        echo "accepted: $*"
        exit 1
    fi
    grep -qF "$code" err || { echo "no $code: $*"; cat err; exit 1; }
    grep -qF -- "$words" err || { echo "not said: $words"; cat err; exit 1; }
    test ! -s out
}
warned() # code, words, arguments...
{
    local code=$1 words=$2
    shift 2
    "$CRNLC" emit "$@" >out 2>err
    grep -qF "$code" err && grep -qF -- "$words" err || { echo "no $code: $*"; cat err; exit 1; }
    test -s out
}
usage() # words, arguments...
{
    local words=$1 status=0
    shift
    "$CRNLC" emit "$@" >out 2>err || status=$?
    test $status = 2
    grep -qF -- "$words" err
}

cat >three.crnl <<'END'
network three {
  species A = 9, B = 1, C = 1, D;
  A + B + C -> D;
  A -> B + C + D;
}
END
refused "[E0821]" 'three.crnl:3:3' --format piperine three.crnl
refused "[E0821]" '3 reactants, but it takes at most 2' --format piperine three.crnl
refused "[E0821]" '3 products, but it takes at most 2' --format piperine three.crnl
refused "[E0821]" '--legalize' --format piperine three.crnl

cat >sides.crnl <<'END'
network sides { species A = 1; A -> 0; 0 -> A; }
END
refused "[E0821]" 'cannot be empty: A -> 0' --format peppercorn sides.crnl
refused "[E0821]" 'cannot be empty: 0 -> A' --format peppercorn sides.crnl

cat >law.crnl <<'END'
network law { species A = 1, B; const species S = 2; A =>{A/(1 + B)} B; A + S -> S + B; }
END
for format in nuskell crnsimulator piperine peppercorn mathematica; do
    refused "[E0821]" 'only mass action' --format $format law.crnl
done
refused "[E0821]" 'no species can be held constant, as S is' --format piperine law.crnl

cat >parts.txt <<'END'
param q = 0.5
species A = 4
species B
A -> 2 B plus A = -0.5, B = q
END
for format in crnl latex dot net nuskell crnsimulator piperine peppercorn visualdsd mathematica; do
    refused "[E0821]" 'the amount of A changes by what is no whole number: A -> 2 B - 0.5 A + (q) B' --format $format parts.txt
done
refused "[E0821]" 'these formats hold it: text, json, sbml, antimony' --format latex parts.txt
refused "[E0821]" 'there are only whole molecules' --stochastic --format sbml parts.txt
refused "[E0821]" 'without --stochastic these formats hold it' --stochastic --format json parts.txt
printf 'species A\nA -> 0 plus A = 1/0\n' >infinite.txt
refused "[E0821]" 'the amount of A changes by' --format antimony infinite.txt

cat >time.crnl <<'END'
network clocked { species A = 1, B; A =>{A*sin(time)^2} B; }
END
refused "[E0821]" 'cannot depend on time' --format visualdsd time.crnl

cat >functional.crnl <<'END'
network functional { species A = 1, B; A =>{exp(A)} B; }
END
refused "[E0821]" 'functional rates' --format visualdsd functional.crnl
refused "[E0821]" 'not a function times the reactants' --format net functional.crnl

cat >events.crnl <<'END'
network events {
  species A = 1, B;
  clock ideal(C1 = 5, C2 = 0);
  phase C1 { A -> B; }
  at 3 { A = 2; }
}
END
for format in nuskell crnsimulator piperine peppercorn mathematica net visualdsd; do
    refused "[E0821]" "it has no events, as this 'at'" --format $format events.crnl
    refused "[E0821]" 'switched by C1' --format $format events.crnl
    refused "[E0821]" 'no clock that switches' --format $format events.crnl
done
cat >many_events.crnl <<'END'
network many { species A = 1; every 2 { A += 1; } at 3 { A = 2; } when A > 5 { A = 0; } }
END
refused "[E0821]" 'formats with events: text, crnl, json, latex, dot, sbml, antimony' --format net many_events.crnl
[ "$("$CRNLC" emit --format net many_events.crnl 2>&1 | grep -c 'has no events')" = 1 ]
refused "[E0821]" 'phase C2 must last longer than 0' --format sbml events.crnl
refused "[E0821]" 'phase C2 must last longer than 0' --format antimony events.crnl
refused "[E0822]" 'it is switched' --dsd soloveichik2010 --format text events.crnl
refused "[E0822]" 'the network has events' --dsd soloveichik2010 --format text events.crnl

cat >many.crnl <<'END'
network many { species A = 1, B; A -> 2000 B; }
END
refused "[E0821]" 'more than 1000 molecules' --format text many.crnl

cat >mol.crnl <<'END'
network moles { units amount = mol, time = s; species A = 1, B; A -> B; }
END
refused "[E0821]" 'amounts must be in M, mM, uM, nM or pM, not in mol' --format peppercorn mol.crnl

cat >none.crnl <<'END'
network none { species A = 1; }
END
refused "[E0821]" 'without reactions' --format nuskell none.crnl

cat >rates.crnl <<'END'
network rates { species A = 9, B, C; A -> B; A ->{3} C; }
END
warned "[W0821]" 'does not use rates' --format nuskell rates.crnl
warned "[W0821]" 'initial amounts' --format piperine rates.crnl
echo 'network n { species A = 9, B; dual y[5]; A -> B; output y, s = A + B; }' >outputs.crnl
warned "[W0821]" 'nuskell does not hold outputs by formula: y, s' --format nuskell outputs.crnl
warned "[W0821]" 'dot does not hold outputs by formula: y, s' --format dot outputs.crnl

cat >large.crnl <<'END'
network large { species X[21] = 1; for i in 0..20 { 2 X[i] -> X[i + 1]; } }
END
warned "[W0822]" '20 reactions' --format nuskell large.crnl

cat >fast.crnl <<'END'
network fast { units amount = nM, time = s; species A = 9, B = 1; A + B ->{1} 2 B; }
END
refused "[E0822]" 'too fast' --dsd soloveichik2010 --format text fast.crnl
refused "[E0822]" 'more than two reactants' --dsd soloveichik2010 --format text three.crnl
refused "[E0822]" 'general law' --dsd soloveichik2010 --format text law.crnl
refused "[E0822]" 'held constant' --dsd soloveichik2010 --format text law.crnl

refused "[E0820]" 'did you mean nuskell' --format nuskel rates.crnl
refused "[E0801]" 'cannot write' --format text -o no/such/folder/x rates.crnl
usage '--format NAME is needed' rates.crnl
