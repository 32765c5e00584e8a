# Each task of examples/tasks in less than 25 lines: it runs without a warning, its assertions hold, and what it says it writes is there.
mkdir examples
cp -r "$SRC/examples/tasks" "$SRC/examples/points.csv" "$SRC/examples/points.npz" examples
cd examples
n=0
for file in tasks/*.crnl tasks/*.sh "$SRC/examples/sir.crnl"; do
    [ "$(wc -l <"$file")" -lt 25 ] || { echo "$file: too long"; exit 1; }
    n=$((n + 1))
done
[ $n -ge 17 ] || exit 1
for file in tasks/*.crnl; do
    "$CRNLC" run "$file" --seed 1 --out-dir out >said 2>err || { cat said err; exit 1; }
    [ ! -s err ] || ! command -v gnuplot >/dev/null || { echo "$file:"; cat err; exit 1; }
    for made in $(sed -n 's/.*-> "\([a-z_]*\)\.svg".*/\1/p' "$file"); do
        [ -s out/$made.svg.gp ] || { echo "$file: no $made.svg"; exit 1; }
    done
    rm -rf out
done
mkdir out
sh tasks/export.sh "$CRNLC" "$SRC/examples/15_dna.crnl" out >said 2>err
grep -q '^soloveichik2010 .* 16 ' said
grep -q '\\ce\|rightarrow' out/*.tex
[ -s out/vote.json ] && [ -s out/vote.net ] || exit 1
if "$CRNLC" emit --format sbml -o enzyme.xml "$SRC/examples/import/enzyme.net" 2>err; then
    sh tasks/sbml.sh "$CRNLC" enzyme.xml out 2>err
    grep -q 'id="kon"[^>]*value="0.004"\|value="0.004"[^>]*id="kon"' out/changed.xml
fi
