# The strand displacement implementation as an ordinary network: free strands follow the formal amounts, more closely the more
# fuel there is.
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
