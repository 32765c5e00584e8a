# A network of BioNetGen as numbers: species and reactions; amounts; for each reaction its constant, how many are taken and which,
# how many are made and which. Constants are products of numbers and parameters.
function value(text,    factor, n, i, v)
{
    n = split(text, factor, "*")
    v = 1
    for (i = 1; i <= n; i++) {
        v *= factor[i] in parameter ? parameter[factor[i]] : factor[i]
    }
    return v
}
function side(text,    species, n, i, line)
{
    if (text == "0") {
        return "0"
    }
    n = split(text, species, ",")
    line = n
    for (i = 1; i <= n; i++) {
        line = line " " species[i] - 1
    }
    return line
}
{ sub(/#.*/, "") }
$1 == "begin" { section = $2; next }
$1 == "end" { section = ""; next }
section == "parameters" { parameter[$2] = value($3) }
section == "species" { amounts = amounts " " value($3); n_species++ }
section == "reactions" { list[n_reactions++] = sprintf("%.17g ", value($4)) side($2) " " side($3) }
END {
    print n_species, n_reactions
    print amounts
    for (i = 0; i < n_reactions; i++) {
        print list[i]
    }
}
