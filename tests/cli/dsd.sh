# The strand displacement implementation as an ordinary network: free strands follow the formal amounts, more closely the more
# fuel there is; and the published curves of ../shared/data/dsd, where that folder is.
strands() # network file: NAME_strands.crnl
{
    "$CRNLC" emit --dsd soloveichik2010 --format crnl "$1.crnl" 2>report | sed "s/^network $1/network strands/" >"$1_strands.crnl"
    grep -q 'exact in the limit of a large C_max' report
}

cat >vote.crnl <<'END'
use std.majority;
network vote { param q_max = 1, C_max = 1000; species X = 6, Y = 4; approximate_majority(X, Y, k = 0.01); }
END
cat >rps.crnl <<'END'
network rps {
  param q_max = 1, C_max = 1000;
  species A = 8, B = 1, C = 1;
  A ->{0.01} B via B;
  B ->{0.01} C via C;
  C ->{0.01} A via A;
}
END
deviation() # formal network, its first species, its second, time between the samples
{
    strands "$1"
    cat >"compare_$1.crnl" <<END
use "$1.crnl";
use "$1_strands.crnl";
experiment main {
  let last = 2;
  for fuel in [100, 1000, 10000, 100000] {
    let worst = 0;
    for i in 1..9 {
      run $1 for i * $4 by ode(rtol = 1e-9, atol = 1e-12);
      run strands with C_max = fuel for i * $4 by ode(rtol = 1e-9, atol = 1e-12);
      worst = max(worst, max(abs(strands.$2 - $1.$2), abs(strands.$3 - $1.$3)) / 10);
    }
    print "fuel", fuel, "deviation", worst;
    assert worst < last / 5, "ten times the fuel is much closer";
    last = worst;
  }
  assert last < 1e-3, "the limit is the formal network";
}
END
    "$CRNLC" run "compare_$1.crnl"
}
deviation vote X Y 20
deviation rps A B 20

data=$SRC/../shared/data/dsd
if [ ! -d "$data" ]; then
    exit 0
fi
cat >bimolecular.crnl <<'END'
network bimolecular { param q_max = 1e-3, C_max = 1e5; species A = 1000, B = 1000, C; A + B ->{1e-7} C; }
END
cat >lotka.crnl <<'END'
network lotka {
  units amount = nM, time = s;
  species A = 20 nM, B = 10 nM;
  A + B ->{5e5 /M/s} 2 B;
  A ->{0.0033333333333333335 /s} 2 A;
  B ->{0.0033333333333333335 /s} 0;
}
END
# The largest difference of the first two columns after the time, in parts of the largest amount.
near() # our file, theirs, their amounts in ours, end, bound
{
    awk -F, -v scale="$3" -v end="$4" -v bound="$5" '
    FNR == 1 { next }
    FNR == NR { for (i = 2; i <= 3; i++) ours[$1 + 0, i] = $i; next }
    $1 > 0 && $1 <= end {
        for (i = 2; i <= 3; i++) {
            x = $i * scale
            d = ours[$1 + 0, i] - x
            if (d < 0) d = -d
            if (d > worst) worst = d
            if (x > top) top = x
        }
        n++
    }
    END { print n, worst / top; exit !(n >= 10 && worst < bound * top) }' "$1" "$2"
}
for name in bimolecular lotka; do
    strands $name
done
"$CRNLC" run bimolecular_strands.crnl --until 71780 --every 370 --out bimolecular.csv
"$CRNLC" run lotka_strands.crnl --until 704 --every 64 --out lotka.csv
near bimolecular.csv "$data/bimolecular_soloveichik.csv" 1 71780 0.001
# Their solver lets the closed orbits of Lotka and Volterra shrink: later periods are not comparable.
near lotka.csv "$data/lotka_soloveichik.csv" 1e9 704 0.02
