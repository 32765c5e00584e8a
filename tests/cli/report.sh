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
