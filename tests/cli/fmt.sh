# The canonical layout: what it looks like, that it is reached at once, and that it changes no tree, on every program
# of the sources that parses.
cat >one.crnl <<'END'
/// Growth and decay.
network  n( k=1,/// of growth
   const N=2) {


  species A=3 ,X[N];   // amounts
  A+2 X[0]  ->{k*2}3X[1];r1 : 0<->A;
  /* a remark
     over two lines */
  A=>{k*A/(1+A^-2)}0;

  for i in 0 .. N where i>0 {X[i]->0;}
  for i in 0..N {
    X[i] -> A; }
  if N>2 { A->0; } else if N==2 { A->2A; }

  // the last word
}
experiment main{ run n with k = - 0.5 , A = 100 * (3 + 4) - exp(-2) until n.A<0.25 && time_mean(n.X[0]) > 1e-3 by ssa(runs=64,summary=true)->"out{ 1 + 1 :.1f}.csv";
  plot{n:A}{n:X} ; plot{n:A with title="a panel that is longer than a line of the canonical layout",y_label="amounts (no unit)"}{n:X}with columns=1->"p.svg"; }
END
cat >expected <<'END'
/// Growth and decay.
network n(k = 1,  /// of growth
    const N = 2) {
  species A = 3, X[N];  // amounts
  A + 2 X[0] ->{k * 2} 3 X[1];
  r1: 0 <-> A;
  /* a remark
     over two lines */
  A =>{k * A / (1 + A^-2)} 0;

  for i in 0..N where i > 0 { X[i] -> 0; }
  for i in 0..N {
    X[i] -> A;
  }
  if N > 2 { A -> 0; } else if N == 2 { A -> 2 A; }

  // the last word
}
experiment main {
  run n with k = -0.5, A = 100 * (3 + 4) - exp(-2) until n.A < 0.25 && time_mean(n.X[0]) > 1e-3
      by ssa(runs = 64, summary = true) -> "out{ 1 + 1 :.1f}.csv";
  plot { n: A } { n: X };
  plot {
    n: A with title = "a panel that is longer than a line of the canonical layout",
        y_label = "amounts (no unit)"
  } { n: X }
      with columns = 1 -> "p.svg";
}
END
cp one.crnl input
if "$CRNLC" fmt --check one.crnl >listed; then echo "a file in another layout passes --check"; exit 1; fi
grep -qx one.crnl listed
cmp one.crnl input
"$CRNLC" fmt --stdout one.crnl | diff -u expected -
cmp one.crnl input
chmod 640 one.crnl
"$CRNLC" fmt one.crnl
diff -u expected one.crnl
[ "$(stat -c %a one.crnl)" = 640 ]
"$CRNLC" fmt --check one.crnl

# What does not parse is left alone.
echo 'network n { A -> ; }' >bad.crnl
cp bad.crnl input
if "$CRNLC" fmt bad.crnl 2>messages; then echo "a file with errors is formatted"; exit 1; fi
grep -q 'error\[E0' messages
cmp bad.crnl input

# The trees of files, one after the other with the name before each, without places.
trees() # FILE...
{
    "$CRNLC" print --stage ast --max-errors 1 "$@" 2>/dev/null | sed 's/ @[0-9]*:[0-9]*$//'
}

# The blocks of the documents are files too.
mkdir blocks
awk '/^```crnl$/ { open = 1; n++; next } /^```/ { open = 0 } open { print > ("blocks/" n ".crnl") }' \
    $(find "$SRC/README.md" "$SRC/doc" -name '*.md' | sort)

# All at once: what parses is formatted, and formatting twice changes nothing more.
mkdir after
find "$SRC/tests" "$SRC/examples" "$SRC/stdlib" blocks -name '*.crnl' | sort | while read -r file; do
    cp "$file" "after/$(echo "$file" | tr / _)"
done
chmod u+w after/*
# A name that no tree follows is that of a file with syntax errors.
trees after/* | awk '/^==> .* <==$/ { name = $2; next } name { print name; name = "" }' >parsed
[ "$(wc -l <parsed)" -gt 200 ]
ls after/* | grep -vxFf parsed | xargs rm
trees after/* >before.trees
"$CRNLC" fmt after/*
"$CRNLC" fmt --check after/* >listed || { echo "formatting twice changes these again:"; cat listed; exit 1; }
trees after/* >after.trees
diff before.trees after.trees >changed || { echo "formatting changes the tree:"; head changed; exit 1; }
# A text in quotes is one token, which no line break parts.
if grep -n '.\{111\}' after/* | grep -v '//' | grep -v ':[0-9]*: *"'; then echo "too long a line"; exit 1; fi
