# --quiet: neither the compiler nor the run warns; errors are told as ever.
cat >warns.crnl <<'X'
network n { species A = 10, B, C; A ->{1} B; A ->{1} B; }
experiment main { run n for 1; print n.B > 0; }
X
"$CRNLC" run warns.crnl >out 2>err
grep -q W0402 err || exit 1
"$CRNLC" run warns.crnl --quiet >quiet_out 2>err
cmp out quiet_out
test ! -s err || exit 1
sed -i 's/n.B > 0/n.Q/' warns.crnl
"$CRNLC" run --quiet warns.crnl 2>err && exit 1
grep -q E0201 err || exit 1
sed -i 's/print n.Q/assert n.B < 0/' warns.crnl
"$CRNLC" run --quiet warns.crnl 2>err && exit 1
grep -q E0901 err || exit 1
