# What --legalize says and does: the rewritten network is near the formal one over time, nearer the larger k_fast is; the limit of a
# rate-independent network is the same; and the target takes it.
cat >wide.crnl <<'END'
network wide {
  species A = 5, B = 4, C = 3, D, E = 1;
  const species S = 2;
  A + B + C ->{0.02} D;
  2 D + 2 E ->{0.03} A + 2 B + C + D + 2 E;
  S + D ->{0.2} S + A + B;
  D ->{0.01} 0;
  0 ->{0.05} C;
}
END
"$CRNLC" emit --legalize --format piperine wide.crnl >out 2>report
awk -f "$SRC/tests/accept/piperine.awk" -f "$SRC/tests/accept/common.awk" out >/dev/null
for said in 'legalize_constants' 'legalize_reactants' 'legalize_products' \
    'species 6 -> 9 (+3), reactions 5 -> 11 (+6)' 'exact; with two or more' 'intermediates hold about 1 %' \
    'a delay of 1/k_fast a level' 'warning[W0821]'; do
    grep -qF -- "$said" report || { echo "not said: $said"; cat report; exit 1; }
done
"$CRNLC" emit --legalize --format peppercorn wide.crnl 2>report |
    awk -f "$SRC/tests/accept/peppercorn.awk" -f "$SRC/tests/accept/common.awk" >/dev/null
grep -q 'legalize_empty' report
"$CRNLC" emit --legalize --format text wide.crnl 2>report >/dev/null
[ ! -s report ]

passes=canonical,legalize_constants,legalize_empty,legalize_reactants,legalize_products
"$CRNLC" emit --passes=$passes --format crnl wide.crnl | sed 's/^network wide/network narrow/' >narrow.crnl
cat >compare.crnl <<'END'
use "wide.crnl";
use "narrow.crnl";
experiment main {
  let last = 1;
  for fast in [1e4, 1e6, 1e8] {
    let worst = 0;
    for t in [0.5, 2, 8, 20] {
      run wide for t by ode(rtol = 1e-10, atol = 1e-12);
      run narrow with k_fast = fast for t by ode(rtol = 1e-10, atol = 1e-12);
      worst = max(worst, max(abs(wide.A - narrow.A), max(abs(wide.D - narrow.D), abs(wide.E - narrow.E))) / 5);
    }
    print "k_fast", fast, "deviation", worst;
    assert worst < last / 4;
    last = worst;
  }
  assert last < 1e-3;
  run narrow for 8 by ode;
  run wide for 8 by ode;
  assert abs(wide.A - narrow.A) < 0.02 * wide.A, "the default is large enough";
}
END
"$CRNLC" run compare.crnl

cat >feed.crnl <<'END'
network feed { species A = 5, B = 4, C, D[3]; A + B -> 3 C + D[0] + 2 D[1]; C -> D[2] + 3 D[1] + D[0]; }
END
"$CRNLC" emit --passes=canonical,legalize_products --format crnl feed.crnl | sed 's/^network feed/network narrow/' >tree.crnl
cat >same.crnl <<'END'
use "feed.crnl";
use "tree.crnl";
experiment main {
  run feed to limit;
  run narrow to limit;
  assert feed.A == narrow.A && feed.C == narrow.C && feed.D[0] == narrow.D_0 && feed.D[1] == narrow.D_1;
  assert feed.D[1] == 44 && feed.D[2] == narrow.D_2;
}
END
"$CRNLC" run same.crnl
