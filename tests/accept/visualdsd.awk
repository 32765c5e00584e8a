# The CRN engine of Visual DSD: directives, then statements that start with a bar.
function check_rate(text)
{
    if (text ~ /^[A-Z][A-Za-z0-9]*$/ ? !(text in parameter) : text !~ /^[0-9]+(\.[0-9]+)?(e-?[0-9]+)?$/)
        bad("no rate: " text)
}
/[^\t -~]/ { bad("not ASCII") }
/^\/\// || /^$/ { next }
/^directive simulation \{ final=[0-9.]+; points=[0-9]+; kinetics=(Deterministic|Stochastic) \}$/ { kinetics++; next }
/^directive simulator (deterministic|stochastic)$/ { next }
/^directive units \{ concentration=[munpf]?M; time=(s|min|h) \}$/ { next }
/^directive parameters \[.*\]$/ {
    sub(/^[^[]*\[/, "")
    sub(/\]$/, "")
    n = split($0, part, /; /)
    for (i = 1; i <= n; i++) {
        if (part[i] !~ /^[A-Z][A-Za-z0-9]* = [^ ]+$/)
            bad("no parameter: " part[i])
        split(part[i], word, / = /)
        parameter[word[1]] = 1
        sub(/^-/, "", word[2]) # a parameter may be negative, an amount or a rate not
        check_rate(word[2])
    }
    next
}
/^\| init (constant )?[A-Z][A-Za-z0-9]* [^ ]+$/ {
    check_rate($NF)
    if (initial[$(NF - 1)]++)
        bad("a second amount")
    next
}
/^\| .*->(\{[^{}]*\}|\[.*\])/ {
    sub(/^\| /, "")
    match($0, /->(\{[^{}]*\}|\[.*\])/)
    rate = substr($0, RSTART + 2, RLENGTH - 2)
    if (rate ~ /^\{/)
        check_rate(substr(rate, 2, length(rate) - 2))
    else if (rate !~ /^\[[][A-Za-z0-9.+*\/^() -]*\]$/)
        bad("no functional rate: " rate)
    right = substr($0, RSTART + RLENGTH)
    left = side(substr($0, 1, RSTART - 1), "^[A-Z][A-Za-z0-9]*$", 1)
    reaction(left, side(right, "^[A-Z][A-Za-z0-9]*$", 1))
    next
}
{ bad("no statement") }
END {
    if (kinetics != 1)
        bad("kinetics are not said")
    for (name in used)
        if (!(name in initial))
            bad("no initial amount: " name)
}
