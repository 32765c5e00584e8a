# Rows that fail while a fit looks for the scale of a parameter are no loss there, and nothing to be told of.
cat >f.crnl <<'END'
network n { param w = 0; species A = 1; A ->{exp(w)} 0; }
experiment main {
  minimize over n.w by adam(lr = 0.1, steps = 3) {
    run n over a in [1, 2] with A = a for 1 by ode;
    loss 1 + 1e-4 * sum(n.A^2);
  }
  print n.loss;
}
END
"$CRNLC" run f.crnl >out 2>err
[ ! -s err ]
awk '{ exit !($1 > 1 && $1 < 1.0001) }' out
