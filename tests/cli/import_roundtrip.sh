# What emit writes, import reads to an equal network: every network of examples/ and stdlib/, and some that others wrote, in every
# format that both know. text, json, sbml and antimony keep formulas of parameters; the others are equal by the values of rates and
# amounts. Where .net divides a law by the reactants, and where libsbml groups factors another way, runs are compared. What a format
# cannot hold is refused by name.
equal=0 by_values=0 by_runs=0 refused=0
fails() # FORMAT
{
    echo "$source $network by $1:"
    cat log
    exit 1
}
runs() # FILE: a run of it, without the names of columns
{
    cat >run.crnl <<END
network n = import "$1";
experiment main { run n for 30 every 1.5 by ode(rtol = 1e-10, atol = 1e-12) -> "run.csv"; }
END
    rm -f run.csv
    "$CRNLC" run run.crnl --out-dir . >log 2>&1 && tail -n +2 run.csv
}
compare() # FORMAT FILE
{
    case $1 in
    text | json | sbml | antimony) "$CRNLC" diff want.net "$2" >log 2>&1 && equal=$((equal + 1)) && return ;;
    *) "$CRNLC" diff --values want.net "$2" >log 2>&1 && by_values=$((by_values + 1)) && return ;;
    esac
    # In Antimony a species whose law takes of it when there is none goes below 0.
    if [ "$1" = antimony ]; then
        "$CRNLC" print --stage network --passes= "$2" 2>log | sed 's/ unbounded$//' >bounded.net
        "$CRNLC" diff want.net bounded.net >log 2>&1 && equal=$((equal + 1)) && return
    fi
    case $1:$source in
    sbml:*/tests/* | antimony:*/tests/* | net:*/tests/*)
        runs want.net >want.csv && runs "$2" | cut -d, -f1-"$(head -n 1 want.csv | tr ',' '\n' | wc -l)" >got.csv && [ -s want.csv ] &&
            awk -f "$SRC/tests/compare_numbers.awk" want.csv got.csv >log && by_runs=$((by_runs + 1)) && return
        ;;
    esac
    fails "$1"
}
# numbers of all sizes and digits
awk 'BEGIN { srand(4); print "network digits {"
    for (i = 0; i < 100; i++) {
        a = rand() * 10 ^ int(20 * rand() - 12); k = rand() * 10 ^ int(20 * rand() - 12)
        printf "  species A%d = %.17g; A%d ->{%.17g} 0;\n", i, a, i, k
    }
    print "}" }' >digits.crnl
# what is no whole number: of all signs and digits, arrays, the time; whole where a rate must not read it
cat >parts.txt <<'END'
param q = 0.4
param w : [2] = [0.25, 0.5]
species A = 3
species B
species C = 2
A -> 0 plus B = 0.1000000000000000055511151231257827, A = -0.3333333333333333
A ->{q} B plus C = w[1]*q, A = -w[0]
A ->{2} B plus C = -2
A + B =>{q*A} C plus A = sin(time)*B, B = A > 1 ? 0.5 : -0.5
B -> C plus B = 1e-300
output three = 3.0
END
printf 't,v\n0,1\n1,3\n2,2\n4,5\n' >light.csv
cat >tables.crnl <<'END'
fn light = table("light.csv", method = linear);
fn dose = table("light.csv", method = step);
network tables(k = 1.0) { species A = 1, B; A =>{ k*light(time)*A } B; 0 =>{ dose(time) } A; }
END
for source in "$PWD/digits.crnl" "$PWD/tables.crnl" "$PWD/parts.txt" "$SRC"/tests/run/fractions.txt "$SRC"/examples/*.crnl "$SRC"/examples/import/* "$SRC"/stdlib/*.crnl "$SRC"/tests/diff/{laws,timed,switched,delay_ode}.crnl \
    "$SRC"/tests/run/import_sbml/*.xml; do
    case $source in
    *.crnl) networks=$(sed -n 's/^network \([A-Za-z_0-9]*\).*/\1/p' "$source") ;;
    *) networks=- ;;
    esac
    for network in $networks; do
        select=(--network "$network")
        [ "$network" != - ] || select=()
        # Networks whose parameters have no values stand for nothing alone.
        "$CRNLC" print --stage network --passes= "${select[@]}" "$source" >want.net 2>log || { grep -q E0405 log || fails print; continue; }
        rm -rf out
        mkdir out
        "$CRNLC" emit --format text,json,sbml,antimony,net,nuskell,crnsimulator --passes= "${select[@]}" "$source" -o out/ 2>log || true
        n=$((7 - $(ls out | wc -l)))
        [ "$(grep -c 'error\[E0821\]' log)" -ge $n ] || fails "a format that does not say why not"
        refused=$((refused + n))
        grep -o 'error\[E0821\].*' log | sed "s/^/$network: /" || true
        for file in out/*; do
            case $file in
            */*.json) format=json ;;
            */*.net) format=net ;;
            */*.ant) format=antimony ;;
            *) format=${file%.*}; format=${format##*.} ;;
            esac
            [ ! -f "$file" ] || compare "$format" "$file"
        done
    done
done
echo "$equal equal with formulas, $by_values by values, $by_runs by runs, $refused refused"
[ $equal -ge 280 ] && [ $by_values -ge 115 ] && [ $by_runs -le 4 ] && [ $refused -le 103 ]
