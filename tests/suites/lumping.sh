#!/bin/bash
# Networks of BioNetGen with outputs, as they are and lumped: the witness is accepted, the lumped network has the expected
# size, the courses of the outputs by ode agree to 1e-9 of their largest value, and 500 runs by ssa of each have the same
# distribution (lumping_ssa.awk: false-alarm probability 1e-4 for each network; the seeds are fixed). Works in the current folder;
# CRNLC is the compiler, REFERENCE the folder of the files; exit status 77 when it is not there. Arguments: names of cases;
# without any, all.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/reference.bash"
reference net "networks are"
wanted=" $* "
failed=0
passes=canonical,merge_duplicates,unreachable,unobservable,lump_counts,canonical,merge_duplicates,unobservable
fail() # text
{
    echo "FAIL $1"
    failed=1
}
# courses_of NAME FOLDER PASSES SEED: files of both experiments of NAME.crnl
courses_of()
{
    "$CRNLC" run "$1.crnl" --experiment course --passes "$3" --out-dir "$2" >log 2>&1 &&
        "$CRNLC" run "$1.crnl" --experiment runs --passes "$3" --seed "$4" --out-dir "$2" >log 2>&1 ||
        { cat log; fail "$1: $2"; }
}
# case_of NAME FILE GROUPS SIZE ODE_END SSA_END: SIZE is 'SPECIES REACTIONS' of the lumped network
case_of()
{
    [ "$wanted" = "  " ] || [ "${wanted#* $1 }" != "$wanted" ] || return 0
    local file=$reference/$2 size
    case $file in *.gz) gunzip -c "$file" >"$1.source"; file=$1.source ;; esac
    awk -f "$here/groups.awk" -v groups="$3" "$file" >"$1.net"
    "$CRNLC" report --passes "$passes" --verify-passes "$1.net" >"$1.report"
    size=$(tail -n 1 "$1.report" | awk '{ print $2, $3 }')
    echo "$1 ($3): $(awk '/^nothing/ { print $2, $3 }' "$1.report") -> $size species and reactions"
    [ "$size" = "$4" ] || fail "$1: not $4 species and reactions"
    cat >"$1.crnl" <<EOF
network n = import "$1.net";
experiment course { run n for $5 every $5 / 10 by ode(solver = erk, rtol = 1e-12, atol = 1e-12) -> "$1.ode.csv"; }
experiment runs { run n for $6 every $6 / 4 by ssa(runs = 500) -> "$1.ssa.csv"; }
EOF
    mkdir -p full lumped
    courses_of "$1" full canonical 1
    courses_of "$1" lumped "$passes" 2
    awk -f "$here/lumping_ode.awk" "full/$1.ode.csv" "lumped/$1.ode.csv" || fail "$1: courses"
    awk -f "$here/lumping_ssa.awk" "full/$1.ssa.csv" "lumped/$1.ssa.csv" || fail "$1: runs"
}
case_of multistate multistate_no_obs.net 'bound=L[(]r!' '3 2' 1.0 0.5
case_of multistate2 multistate_no_obs.net 'with_ligand=L[(]r! with_adaptor=A[(].*R[(]' '6 8' 1.0 0.5
case_of multisite2 multisite2_no_obs.net 'free=^R[(] bound=[.]R[(] inhibited=[.]L[(] phosphorylated=~P' '22 60' 1.0 0.1
case_of fceri_gamma2 fceri_gamma2_no_obs.net.gz 'free_lyn=^Lyn[(][^.]*$ beta=b~pY' '20 72' 1.0 10.0
case_of fceri_gamma2_syk fceri_gamma2_no_obs.net.gz 'syk=a~pY' '904 10381' 1.0 10.0
exit $failed
