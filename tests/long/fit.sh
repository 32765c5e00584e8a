# Two problems of PEtab (9 and 19 parameters), which lie beside the project, by 50 starts each: the objective at the nominal
# values, the share of starts that reach it within 0.1, the time. Of the first at least one start reaches it.
data=$SRC/../shared/data/fit/petab.tar.xz
[ -f "$data" ] || { echo "no $data"; exit 77; }
tar -xJf "$data"
objective_of() # NAME NOMINAL SHARE: what is published, the least share
{
    local file
    file=$(find . -name "$1.yaml")
    echo "$1"
    time "$CRNLC" fit "$file" --seed 1 >"$1.out" 2>"$1.err" || { cat "$1.out" "$1.err"; exit 1; }
    awk '/^objective|^starts/' "$1.out"
    awk -v want="$2" -v least="$3" '/^objective at/ { at = $NF } /^objective [-0-9]/ { found = $NF } /^starts/ { share = $NF }
        END { exit !(at - want < 0.1 && want - at < 0.1 && share >= least) }' "$1.out" || exit 1
}
objective_of Boehm_JProteomeRes2014 138.22 0.02
objective_of Fujita_SciSignal2010 -53.08 0
