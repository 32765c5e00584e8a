# crnlc report: a row as the network is and one after each pass, as a table and as JSON.
cat >sites.crnl <<'END'
network sites {
  param k = 2;
  species U = 40, P[3], W;
  for i in 0..3 { U ->{k} P[i]; P[i] ->{1} U + W; }
  output p = P[0] + P[1] + P[2];
}
END
"$CRNLC" report sites.crnl --passes=unobservable,lump_counts,merge_duplicates >table
grep -qE '^nothing +5 +6 +15 +1 +2 ' table
grep -qE '^unobservable +4 +6 +12 +1 +1 ' table
grep -qE '^lump_counts +2 +4 +8 ' table
grep -qE '^merge_duplicates +2 +2 +4 ' table
[ "$(wc -l <table)" = 6 ]
"$CRNLC" report sites.crnl --json >rows
grep -c '"after"' rows | grep -qx 3
grep -q '"after": "nothing", "species": 5, "reactions": 6, "entries": 15, "max_reactants": 1, "max_products": 2' rows
! "$CRNLC" report sites.crnl --passes=unimolecular 2>err >out
grep -qF '[E0708]' err

# Sums of shared sums have 2^32 parts; the checker of certificates does not look at them one by one.
cat >shared.crnl <<'END'
fn f(x, a) = x + (x - a);
fn g(x, a) = f(f(f(f(f(f(f(f(x, a), a), a), a), a), a), a), a);
fn h(x, a) = g(g(g(g(x, a), a), a), a);
network n {
  species A = 1, B = 1, C, D;
  A =>{ max(h(A + B, A), 0) * 1e-12 } C;
  B =>{ max(h(A + B, B), 0) * 1e-12 } C;
  C -> D;
  output s = A + B;
}
END
(ulimit -S -t 60; exec "$CRNLC" report shared.crnl --passes=lump_sums --verify-passes >/dev/null)
