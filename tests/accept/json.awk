# json as crnlc writes it, an entity a line; only the reactions are read here.
function list(text,    all, count, name)
{
    while (match(text, /\["([^"\\]|\\.)*", [0-9]+\]/)) {
        name = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        match(name, /", [0-9]+\]$/)
        count = substr(name, RSTART + 3, RLENGTH - 4)
        name = substr(name, 1, RSTART)
        for (; count > 0; count--)
            all = all (all == "" ? "" : "+") number_of(name)
    }
    return all
}
/^    \{"reactants": \[/ {
    products = index($0, ", \"products\": [")
    kinetics = index($0, ", \"kinetics\": ")
    if (!products || !kinetics)
        bad("no reaction")
    left = list(substr($0, 1, products))
    reaction(left, list(substr($0, products, kinetics - products)))
}
