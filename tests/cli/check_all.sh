# `crnlc check` tells the truth: it accepts each module of the library and each example; and refuses each of them once
# a name that is not declared stands in a branch that is not taken of each network, and in a function that nobody calls.
mkdir good
cp -r "$SRC"/examples/* good
for module in "$SRC"/stdlib/*.crnl; do
    cp "$module" good/std_"$(basename "$module")"
done
cd good || exit
"$CRNLC" check *.crnl >../out 2>&1 || { echo "refused:"; cat ../out; exit 1; }
for file in *.crnl; do
    awk '{ print }
    /^network [a-z_0-9]+( *\(.*\))? *\{ *(\/\/.*)?$/ { n++; print "if false { missing_" n " -> 0; for i in 0..0 { 0 ->{absent_" n "} 0; } }" }
    END { print "fn nobody_calls(x) = x + nowhere;"; print n + 0 >"/dev/stderr" }' "$file" >tried.crnl 2>../count
    "$CRNLC" check tried.crnl --max-errors 1000 >../out 2>&1 && { echo "accepted: $file"; exit 1; }
    for what in missing absent; do
        found=$(grep -c "error\[E0201\]: '${what}_[0-9]*' is not declared" ../out || true)
        [ "$found" = "$(cat ../count)" ] || { echo "$file: $found of $(cat ../count) $what:"; cat ../out; exit 1; }
    done
    grep -q "'nowhere' is not declared" ../out || { echo "$file: a function"; cat ../out; exit 1; }
    total=$((${total-0} + $(cat ../count)))
    [ "$(grep -c error ../out)" = $((2 * $(cat ../count) + 1)) ] || { echo "$file: more"; cat ../out; exit 1; }
done
[ "$total" -ge 30 ] || { echo "$total networks only"; exit 1; }

# A network with a parameter that has no value is a mistake, but not where other networks make instances of it.
echo 'network cell(P) { species S; 0 ->{P} S; S -> 0; }' >cell.crnl
"$CRNLC" check cell.crnl >../out 2>&1 && { echo "accepted: a parameter without a value"; exit 1; }
grep -q "E0405.*the parameter 'P' has no value" ../out || { cat ../out; exit 1; }
echo 'network pair { a: cell(P = 1); }' >>cell.crnl
"$CRNLC" check cell.crnl >../out 2>&1 || { cat ../out; exit 1; }
echo 'network two { replicate c[2] of cell(P = 1); }' | cat <(head -n 1 cell.crnl) - >copies.crnl
"$CRNLC" check copies.crnl >../out 2>&1 || { cat ../out; exit 1; }

# Nothing elaborates the networks of a module that nobody uses: what they are made by is checked all the same.
cat >made.crnl <<'END'
network cell(const many) { species S; S <=>{1} 0; 0 ->{many} S; }
network right = lower cell to potentiated(k = 50) to clamped(targets = (S = 3));
network better = optimize cell by (canonical, quadratize(k_fast = 2));
END
echo 'use "made.crnl"; network n { species A; A -> 0; }' >uses.crnl
"$CRNLC" check uses.crnl >../out 2>&1 || { cat ../out; exit 1; }
sed -i 's/potentiated/potential/; s/targets/target/; s/canonical/canon/; s/k_fast/k_slow/' made.crnl
"$CRNLC" check uses.crnl >../out 2>&1 && { echo "accepted: constructions and passes that there are not"; exit 1; }
for said in "no construction 'potential'" "clamped has no option 'target'" "clamped needs 'targets'" "no pass 'canon'" \
    "'quadratize' has no such parameter"; do
    grep -q "made.crnl.*$said" ../out || { echo "not said: $said"; cat ../out; exit 1; }
done
[ "$(grep -c 'error\[' ../out)" = 5 ] || { echo "more:"; cat ../out; exit 1; }

# Files that it imports are looked for, too, and reported once wherever the network is used.
cat >imports.crnl <<'END'
network none = import "none.xml";
network other = optimize odd by canonical;
network odd = import "model.ode";
network user { m: none(); }
END
echo 'use "imports.crnl"; network n { species A; A -> 0; }' >uses.crnl
for file in uses.crnl imports.crnl; do
    "$CRNLC" check $file >../out 2>&1 && { echo "accepted: imports that are not there"; exit 1; }
    grep -q "imports.crnl:1:.*'none.xml' cannot be read" ../out || { cat ../out; exit 1; }
    grep -q "imports.crnl:3:.*'model.ode' is of no format" ../out || { cat ../out; exit 1; }
    [ "$(grep -c 'error\[' ../out)" = 2 ] || { echo "more:"; cat ../out; exit 1; }
done
echo 'network "none" { species A; A -> 0; }' >none.net
sed -i 's/none.xml/none.net/; /odd/d' imports.crnl
"$CRNLC" check uses.crnl >../out 2>&1 || { cat ../out; exit 1; }

# Data that a module reads are looked for, too, whether the file that uses the module needs them or not.
cat >reads.crnl <<'END'
data points = csv("none.csv", input = 0);
fn light = table("none.tsv");
END
echo 'use "reads.crnl"; network n { species A; A -> 0; }' >uses_reads.crnl
"$CRNLC" check uses_reads.crnl >../out 2>&1 && { echo "accepted: files that are not there"; exit 1; }
for file in none.csv none.tsv; do
    grep -q "error.*$file" ../out || { echo "$file is not looked for:"; cat ../out; exit 1; }
done
