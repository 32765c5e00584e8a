# Peppercorn's .pil: domains, strands with their amounts, condensed reactions. No empty side, no coefficients, one unit of
# concentration, always /s, order - 1 of them in a rate.
function check_number(text)
{
    if (text !~ /^[0-9]+(\.[0-9]+)?(e-?[0-9]+)?$/)
        bad("no number: " text)
}
function check_unit(text)
{
    if (text !~ /^[munp]?M$/ || (unit != "" && unit != text))
        bad("another unit: " text)
    unit = text
}
/^#/ || /^$/ { next }
/^length [a-z][A-Za-z0-9]* = [0-9]+$/ {
    domain[$2] = 1
    next
}
/^[A-Z][A-Za-z0-9]* = [^ ]+ @(initial|constant) [^ ]+ [^ ]+$/ {
    if (!($3 in domain) || ($1 in domain) || strand[$1]++)
        bad("names that clash, or no domain")
    check_number($5)
    check_unit($6)
    next
}
/^reaction \[condensed = [^ ]+ [^ ]+ \] / {
    check_number($4)
    per = split($5, units, /\//) - 1
    for (i = 2; i <= per; i++)
        check_unit(units[i])
    if (units[per + 1] != "s")
        bad("not per second")
    sub(/^[^]]*\] /, "")
    if (split($0, part, / -> /) != 2)
        bad("not one arrow")
    left = side(part[1], "^[A-Z][A-Za-z0-9]*$", 0)
    if (n_molecules != per)
        bad("a rate of another order")
    right = side(part[2], "^[A-Z][A-Za-z0-9]*$", 0)
    if (left == "" || right == "")
        bad("an empty side")
    reaction(left, right)
    next
}
{ bad("no statement") }
END {
    for (name in used)
        if (!(name in strand))
            bad("not declared: " name)
}
