# The .crn lists of Nuskell and crnsimulator: A + B -> C [k = 0.2], X @initial 5, X @constant 5, # comments. Coefficients are
# allowed and not used here. Nuskell's reader fails on integral values in any form but plain digits.
function check_number(text)
{
    if (text !~ /^[0-9]+$/ && (text !~ /^[0-9]+(\.[0-9]+)?(e-?[0-9]+)?$/ || text + 0 == int(text + 0)))
        bad("no number for Nuskell: " text)
}
/[^\t -~]/ { bad("not ASCII") }
/^#/ || /^$/ { next }
/ \[k = [^ ]*\]$/ || /^-> \[k = / {
    k = $0
    sub(/^.* \[k = /, "", k)
    sub(/\]$/, "", k)
    check_number(k)
    sub(/ ?\[k = [^ ]*\]$/, "")
    if (split($0, part, /->/) != 2)
        bad("not one arrow")
    left = side(part[1], "^[A-Z][A-Za-z0-9]*$", 0)
    right = side(part[2], "^[A-Z][A-Za-z0-9]*$", 0)
    if (left == right)
        bad("nothing changes")
    reaction(left, right)
    next
}
/^[A-Z][A-Za-z0-9]* @(initial|constant) [^ ]*$/ {
    check_number($3)
    if (given[$1]++)
        bad("a second amount")
    next
}
{ bad("no statement") }
END {
    if (n_reactions == 0)
        bad("no reactions")
    for (name in given)
        if (!(name in used))
            bad("in no reaction: " name)
}
