# awk -f sbml_semantic.awk -v absolute=Ta -v relative=Tr -v concentrations="S1, S2" WANTED.csv FOUND.csv: every value of the
# first file against the second, by |c - u| <= Ta + Tr |c|.
function clean() { gsub(/["\r ]/, "") }
function size(x) { return x < 0 ? -x : x }
BEGIN {
    FS = ","
    n = split(concentrations, list, /, */)
    for (i = 1; i <= n; i++) is_concentration[list[i]] = 1
}
{ clean() }
FNR == 1 && NR == 1 { columns = split($0, title, ","); next }
NR == FNR && NF > 0 { rows++; for (i = 1; i <= columns; i++) want[rows, i] = $i; next }
FNR == 1 {
    split("", at)
    for (i = 1; i <= NF; i++) at[$i] = i
    for (i = 1; i <= columns; i++) {
        column[i] = title[i] in is_concentration ? at[title[i] ".concentration"] : at[title[i]]
        if (!column[i]) column[i] = at[title[i]]
        if (!column[i]) { print "no column of " title[i]; bad = 1; exit }
    }
    next
}
{
    found++
    for (i = 1; i <= columns; i++) {
        c = want[found, i] + 0
        u = $(column[i])
        if (u == "" || !(size(c - u) <= absolute + relative * size(c))) {
            print title[i] " in row " found " is " u ", not " c
            bad++
        }
        compared++
    }
}
END {
    if (found != rows || compared == 0) { print found " rows, not " rows; bad++ }
    exit bad != 0
}
