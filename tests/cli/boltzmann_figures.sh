# Figures 2 and 3 of Poole et al. 2017 as lists of reactions. Units are numbered from 0.
cat >figures.crnl <<'END'
const w13 = 0.5, w14 = 0.25, w45 = -0.75, w35 = 1, w25 = -1;
model two = boltzmann { visible X[5];
  connect X[0] -- X[2] = w13, X[0] -- X[3] = w14, X[3] -- X[4] = w45, X[2] -- X[4] = w35, X[1] -- X[4] = w25; }
network figure2 = lower two to direct;
model three = boltzmann { visible X[7]; connect [i in 0..7, j in 0..7 : 0.5 * min(1, abs(i - j))]; theta X = -1; }
network figure3 = lower three to edge;
network figure3b = lower three to direct;
END
# Figure 2: unit 3 has degree 2, and with theta_3 = 0 the ratios exp(w13 + w35), exp(w35), exp(w13), 1.
"$CRNLC" print --network figure2 figures.crnl >two.net
sed -n 's/^reaction //p; s/^ *\(.*X\[2\]\.o.*->.*X\[2\]\.o.*\)$/\1/p' two.net | grep -v '^X\[[0134]\]' >all || true
awk '/->/ {
  split($0, side, /->/); lhs = side[1]; rhs = side[2]
  for (s = 0; s < 2; s++) { from = s ? "X[2].on" : "X[2].off"; to = s ? "X[2].off" : "X[2].on"
    if (index(lhs, from) && index(rhs, to)) { print } } }' two.net >node3
cat node3
