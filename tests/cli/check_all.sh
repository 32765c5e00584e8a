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
