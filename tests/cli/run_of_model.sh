# A model that is run is no network of the program: what is for networks leaves it out.
cat >run.crnl <<'END'
model bm = boltzmann { visible v; hidden h; connect v -- h = 1; }
network decay { species A = 1; A -> 0; }
experiment main {
  run bm for 10 by gibbs;
  run decay for 1 by ode;
  print bm.v == 0 || bm.v == 1, decay.A > 0.3;
}
END
[ "$("$CRNLC" run run.crnl)" = "true true" ]
"$CRNLC" print --stage network run.crnl >networks
grep -q decay networks && ! grep -q bm networks
"$CRNLC" doctor run.crnl >facts
grep -q '^decay' facts && ! grep -q '^bm' facts
"$CRNLC" emit --format crnl run.crnl | grep -q 'network decay'
! "$CRNLC" doctor --network bm run.crnl 2>err
grep -q "there is no network 'bm'" err
cat >decay.crnl <<'END'
network decay { species A = 1; A -> 0; }
END
! "$CRNLC" run decay.crnl --method gibbs --until 1 2>err
grep -q 'there is no such method' err
"$CRNLC" build run.crnl -o run 2>err
[ "$(./run)" = "true true" ]
