# A bulk concentration that grows without bound is told of, once, with when and why; what was computed is kept.
cat >grows.crnl <<'END'
network grows { bulk P = 1; species S = 1, T; S + P ->{10} T + P; T ->{0.1} S; P ->{2} 2 P; output P; }
experiment main { run grows for 40 every 1 by hybrid -> "grows.csv"; print grows.P; assert abs(log(grows.P) - 80) < 1e-6; }
END
"$CRNLC" run grows.crnl >out 2>err
[ "$(grep -c 'warning: the bulk concentration `P` is .* at t = 1[34]' err)" = 1 ]
[ "$(wc -l <grows.csv)" = 42 ]
# To infinity: an error, and the rows so far.
sed 's/P ->{2} 2 P/2 P ->{1} 3 P/; s/assert.*/}/' grows.crnl >bursts.crnl
if "$CRNLC" run bursts.crnl >out 2>err; then
    exit 1
fi
grep -q 'the bulk concentration `P` runs away at t = 1' err
[ "$(wc -l <grows.csv)" -ge 2 ]
# What nothing reads is followed too: in closed form, where a double ends, and by steps. When, and the last state.
cat >unread.crnl <<'END'
network square { bulk P = 1; 2 P ->{1} 3 P; output P; }
network ever { bulk P = 1; species S; 0 -> S; P ->{2} 2 P; output P; }
network both { bulk P = 1, R = 1; P + R ->{1} 2 P + R; P + R -> P + 2 R; output P; }
experiment a { run square for 10 every 5 by hybrid -> "a.csv"; }
experiment b { run ever for 400 every 200 by hybrid -> "b.csv"; }
experiment c { run both for 10 every 5 by hybrid -> "c.csv"; }
END
for e in a:1: b:35 c:1:; do
    if "$CRNLC" run unread.crnl --experiment ${e%%:*} >out 2>err; then
        exit 1
    fi
    grep -q "the bulk concentration \`P\` runs away at t = ${e#*:}" err
    tail -n 1 ${e%%:*}.csv | awk -F, '{exit !($2 > 1e9 || $2 == "inf")}'
done
# A potential whose target is out of reach from below vanishes: told, once; the run goes on. What only decays is no potential.
cat >falls.crnl <<'END'
network cell { species S, T = 1; energy S = -1, T = 0; T <=>{1} S; }
network held = lower cell to potentiated(potentials = bulk) to clamped(targets = (S = 5), epsilon = 0.05);
network decays { bulk P = 1; species A = 1; P -> 0; A + P ->{1e-9} A + P + P; A ->{1e-9} 0; A + P ->{1e-9} P; }
experiment main { run held for 9000 by hybrid; print held.S;
  run decays for 900 by hybrid; }
END
"$CRNLC" run falls.crnl >out 2>err
[ "$(grep -c 'warning: the bulk concentration `P.S` is .*e-10[01] at t = 1[12][0-9.]*, and falls: ' err)" = 1 ]
[ "$(grep -c warning err)" = 1 ] && [ "$(cat out)" = 1 ]
# A shared name that the vesicle lacks: what it takes instead.
cat >lacks.crnl <<'END'
network v(bulk P) { species A = 1; A + P -> P; }
network w { bulk P = 1; replicate x[3] of v(Q = P); }
END
! "$CRNLC" check lacks.crnl 2>err
grep -q "'v' has no parameter 'Q'" err && grep -q 'help: it takes P$' err
