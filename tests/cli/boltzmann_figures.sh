# Figures 2 and 3 of Poole et al. 2017 as lists of reactions; units are numbered from 0. Figure 2: unit 3 of five, of degree 2, with
# theta_3 = 0: the rates of its four pairs have the ratios 1, exp(w13), exp(w35), exp(w13 + w35). Figure 3: of seven units, all
# connected, the first turns on while units 4 to 7 are on: by `direct` all are catalysts, by `edge` its edges to those four turn on with it.
cat >figures.crnl <<'END'
const w13 = 0.5;
const w14 = 0.25;
const w45 = -0.75;
const w35 = 1;
const w25 = -1;
model two = boltzmann { visible X[5];
  connect X[0] -- X[2] = w13, X[0] -- X[3] = w14, X[3] -- X[4] = w45, X[2] -- X[4] = w35, X[1] -- X[4] = w25; }
network figure2 = lower two to direct;
model three = boltzmann { visible X[7]; connect [i in 0..7, j in 0..7 : 0.5 * min(1, abs(i - j))]; theta X = -1; }
network figure3b = lower three to direct;
network figure3c = lower three to edge;
END
reactions() # of the network $1, with the provenance $2
{
    "$CRNLC" emit --format text --network "$1" figures.crnl | sed -n "s/  # $2\$//p"
}
reactions figure2 'X\[2\] of two' >found
diff - found <<'END'
X[0].off + X[2].off + X[4].off -> X[0].off + X[2].on + X[4].off
X[0].off + X[2].on + X[4].off -> X[0].off + X[2].off + X[4].off
X[0].on + X[2].off + X[4].off ->{1.6487212707001282} X[0].on + X[2].on + X[4].off
X[0].on + X[2].on + X[4].off -> X[0].on + X[2].off + X[4].off
X[0].off + X[2].off + X[4].on ->{2.718281828459045} X[0].off + X[2].on + X[4].on
X[0].off + X[2].on + X[4].on -> X[0].off + X[2].off + X[4].on
X[0].on + X[2].off + X[4].on ->{4.4816890703380645} X[0].on + X[2].on + X[4].on
X[0].on + X[2].on + X[4].on -> X[0].on + X[2].off + X[4].on
END
others='X\[1\].off + X\[2\].off + X\[3\].on + X\[4\].on + X\[5\].on + X\[6\].on'
reactions figure3b 'X\[0\] of three' | grep "$others -" >found
diff - found <<'END'
X[0].off + X[1].off + X[2].off + X[3].on + X[4].on + X[5].on + X[6].on ->{2.718281828459045} X[0].on + X[1].off + X[2].off + X[3].on + X[4].on + X[5].on + X[6].on
X[0].on + X[1].off + X[2].off + X[3].on + X[4].on + X[5].on + X[6].on -> X[0].off + X[1].off + X[2].off + X[3].on + X[4].on + X[5].on + X[6].on
END
reactions figure3c 'X\[0\] of three' | grep "$others + edge.*->" >found
diff - found <<'END'
X[0].off + X[1].off + X[2].off + X[3].on + X[4].on + X[5].on + X[6].on + edge[0,3].off + edge[0,4].off + edge[0,5].off + edge[0,6].off ->{1.6487212707001282} X[0].on + X[1].off + X[2].off + X[3].on + X[4].on + X[5].on + X[6].on + edge[0,3].on + edge[0,4].on + edge[0,5].on + edge[0,6].on
X[0].on + X[1].off + X[2].off + X[3].on + X[4].on + X[5].on + X[6].on + edge[0,3].on + edge[0,4].on + edge[0,5].on + edge[0,6].on ->{0.6065306597126334} X[0].off + X[1].off + X[2].off + X[3].on + X[4].on + X[5].on + X[6].on + edge[0,3].off + edge[0,4].off + edge[0,5].off + edge[0,6].off
END
[ "$(reactions figure3c 'X\[.\] of three' | wc -l)" = $((7 * 128)) ]
