# Derivatives of runs: of 200 random networks against forward sensitivities by CVODES, for three solvers, relative to the largest,
# which counts as 1e-3 at least: 1e-6. Of the models of the SBML suite against differences: 1e-5, what the noise of differences leaves.
folder=$SRC/tests/long/gradients
cc -std=gnu11 -O2 -o oracle "$folder/sensitivities.c" -lsundials_cvodes -lsundials_nvecserial -lsundials_sunmatrixdense \
    -lsundials_sunlinsoldense -lm || { echo 'no CVODES'; exit 77; }
networks=${NETWORKS:-200}
for i in $(seq 1 "$networks"); do
    awk -v number="$i" -f "$folder/random_network.awk"
    ./oracle "$i.in" >"$i.want" || exit 1
    "$CRNLC" run "$i.crnl" >"$i.got" 2>"$i.err" || { echo "network $i: $(grep -m 1 error "$i.err")"; continue; }
    awk -v i="$i" 'function size(v) { return v < 0 ? -v : v }
        NR == FNR { want[NR] = $1; n = NR; if (NR > 1 && size($1) > most) most = size($1); next }
        { r = (FNR - 1) % n + 1; off = size($1 - want[r]); if (r > 1 && off > worst) worst = off }
        END { most = most > 1e-3 ? most : 1e-3; print i, FNR == 3 * n ? worst / most : "lines are missing" }' "$i.want" "$i.got"
done >networks.log
awk 'NF == 2 { n++; if ($2 > most) { most = $2; at = $1 } if ($2 < 1e-6) good++ } NF != 2 { print }
    END { print n, "random networks,", good, "within 1e-6; the worst is", most, "of network", at }' networks.log
suite=$SRC/../shared/data/sbml/semantic
models=0
bad=0
for model in "$suite"/*/; do
    name=$(basename "$model")
    file=$(find "$model" -name "$name-sbml-l*.xml" 2>/dev/null | sort | tail -n 1)
    species=$("$CRNLC" print --stage network "$file" 2>/dev/null | sed -n 's/^ *species \([A-Za-z_][A-Za-z0-9_]*\).*/\1/p' | head -n 1)
    [ -n "$species" ] || continue # all are held
    printf 'network m = import "%s";\nexperiment main { run m for 1 by ode(solver = erk, rtol = 1e-12); let l = m.%s^2; print gradient(l, of = m.%s); }\n' \
        "$file" "$species" "$species" >model.crnl
    models=$((models + 1))
    "$CRNLC" run model.crnl --check-gradients >out 2>&1 || true
    off=$(sed -n 's/.*differences are off by \([0-9.e+-]*\) of.*/\1/p' out)
    awk -v off="${off:-1}" 'BEGIN { exit !(off < 1e-5) }' || { bad=$((bad + 1)); echo "$name: ${off:-$(head -n 3 out)}"; }
done
echo "$models SBML models, $bad beyond 1e-5"
awk 'NF != 2 || !($2 < 1e-6) { bad++ } END { exit bad > 0 }' networks.log && [ "$bad" = 0 ]
