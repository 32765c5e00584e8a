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
experiment main{ run n with k = - 0.5 , A = 100 * (3 + 4) - exp(-2) until n.A<0.25 && time_mean(n.X[0]) > 1e-3 by ssa(runs=64,summary=true)->"out{ 1 + 1 :.1f}.csv"; }
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

tree() # file: fails if it does not parse
{
    "$CRNLC" print --stage ast "$1" >tree && sed 's/ @[0-9]*:[0-9]*$//' tree
}

# The blocks of the documents are files too.
mkdir blocks
awk '/^```crnl$/ { open = 1; n++; next } /^```/ { open = 0 } open { print > ("blocks/" n ".crnl") }' \
    $(find "$SRC/README.md" "$SRC/doc" -name '*.md' | sort)

# All at once: what parses is formatted, and formatting twice changes nothing more.
mkdir before after
count=0
for file in $(find "$SRC/tests" "$SRC/examples" "$SRC/stdlib" blocks -name '*.crnl' | sort); do
    copy=$(echo "$file" | tr / _)
    tree "$file" >"before/$copy.ast" 2>/dev/null || { rm "before/$copy.ast"; continue; }
    cp "$file" "after/$copy"
    count=$((count + 1))
done
[ $count -gt 200 ]
chmod u+w after/*
"$CRNLC" fmt after/*
"$CRNLC" fmt --check after/* >listed || { echo "formatting twice changes these again:"; cat listed; exit 1; }
for file in after/*; do
    name=${file#after/}
    tree "$file" >new.ast
    cmp -s "before/$name.ast" new.ast || { echo "$name: formatting changes the tree"; diff "before/$name.ast" new.ast | head; exit 1; }
    # A text in quotes is one token, which no line break parts.
    if grep -v '//' "$file" | grep -v '^ *"' | grep -n '.\{111\}'; then echo "$name: too long a line"; exit 1; fi
done
