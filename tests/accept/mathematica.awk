# CRNSimulator: rxnsys = { rxn[a + 2 b, c, k], conc[a, 5], s[t]==1 };
function check_number(text)
{
    if (text !~ /^[0-9]+(\.[0-9]+)?(\*\^-?[0-9]+)?$/)
        bad("no number of Mathematica: " text)
}
function symbol_side(text)
{
    return side(text == "0" ? "" : text, "^([abd-hjlmp-zABFGHJLMP-Z]|[A-Z][A-Za-z0-9]+|cde?|[a-z][A-Za-z0-9]*)$", 1)
}
/^\(\*.*\*\)$/ || /^$/ { next }
/^rxnsys = \{$/ { open = 1; next }
/^\};$/ { closed = 1; next }
!open || closed { bad("outside the list"); next }
{
    comma = sub(/,$/, "")
    sub(/ \(\*.*\*\)$/, "")
    if (!first++)
        last_comma = 1
    if (!last_comma)
        bad("no comma before it")
    last_comma = comma
    if (/[^ -~]|_/)
        bad("not a symbol of Mathematica")
}
/^  rxn\[.*\]$/ {
    if (split(substr($0, 7, length($0) - 7), part, /, /) != 3)
        bad("not three parts")
    check_number(part[3])
    left = symbol_side(part[1])
    reaction(left, symbol_side(part[2]))
    next
}
/^  conc\[[A-Za-z0-9]+, [^ ]+\]$/ {
    check_number(substr($2, 1, length($2) - 1))
    next
}
/^  [A-Za-z0-9]+\[t\]==[^ ]+$/ {
    sub(/^.*==/, "")
    check_number($0)
    next
}
{ bad("no statement") }
END {
    for (name in used)
        if (name ~ /^[CDEIKNO]$/)
            bad("a symbol of Mathematica's own: " name)
    if (!closed || last_comma && first)
        bad("the list does not end")
}
