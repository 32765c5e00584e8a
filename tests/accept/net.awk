# BioNetGen's .net: blocks of numbered lines; reactions by index, 0 for nothing. Functions read parameters, groups, functions;
# they stand before the reactions (BNG2.pl), and a blank ends an expression (run_network).
function known(text)
{
    check_names(text, name, "time exp ln sqrt sin cos tanh abs min max if")
}
function indices(text,    n, i, part, all)
{
    if (text !~ /^(0|[1-9][0-9]*(,[1-9][0-9]*)*)$/)
        bad("no list of species: " text)
    if (text == "0")
        return ""
    n = split(text, part, /,/)
    for (i = 1; i <= n; i++) {
        if (part[i] > n_declared)
            bad("no species " part[i])
        all = all (i > 1 ? "+" : "") number_of(part[i])
    }
    return all
}
{ sub(/ *#.*$/, "") }
/^$/ { next }
/^begin (parameters|species|reactions|groups|functions)$/ {
    block = $2
    line = 0
    if (block == "functions" && ("reactions" in seen))
        bad("functions behind reactions")
    seen[block] = 1
    next
}
/^end / { if ($2 != block) bad("another block ends"); block = ""; next }
block == "" { bad("outside the blocks"); next }
$1 != ++line { bad("numbered wrongly") }
block == "parameters" || block == "functions" {
    own = $2
    if (own !~ (block == "parameters" ? "^[A-Za-z_][A-Za-z0-9_]*$" : "^[A-Za-z_][A-Za-z0-9_]*\\(\\)$"))
        bad("no name: " own)
    if (NF != 3)
        bad("a blank in an expression")
    sub(/\(\)$/, "", own)
    if (block == "functions")
        function_text[own] = $3
    else
        known($3)
    if (own in name)
        bad("a second " own)
    name[own] = 1
    next
}
block == "species" {
    if (NF != 3 || $2 !~ /^\$?[A-Za-z_][A-Za-z0-9_]*\(\)$/ || $3 !~ /^([A-Za-z_][A-Za-z0-9_]*|[0-9]+(\.[0-9]+)?(e-?[0-9]+)?)$/)
        bad("no species")
    known($3)
    n_declared++
    next
}
block == "groups" {
    if (NF != 3 || $2 !~ /^[A-Za-z_][A-Za-z0-9_]*$/ || $3 !~ /^[1-9][0-9]*$/ || $3 > n_declared || ($2 in name))
        bad("no group")
    name[$2] = 1
    next
}
block == "reactions" {
    if (NF != 4 || $4 !~ /^[A-Za-z_][A-Za-z0-9_]*$/)
        bad("no reaction")
    law[$4] = 1
    left = indices($2)
    reaction(left, indices($3))
}
END {
    for (own in function_text)
        known(function_text[own])
    for (own in law)
        if (!(own in name))
            bad("no rate " own)
}
