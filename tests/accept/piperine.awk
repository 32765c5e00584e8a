# Piperine: reactions of at most two species a side, written out; no comments, no rates, nothing else.
{
    if (/[^ +>A-Za-z0-9-]/)
        bad("Piperine would make a name of it")
    if (split($0, part, /->/) != 2)
        bad("not one arrow")
    left = side(part[1], "^[A-Z][A-Za-z0-9]*$", 0)
    n_left = n_molecules
    right = side(part[2], "^[A-Z][A-Za-z0-9]*$", 0)
    if (n_left > 2 || n_molecules > 2)
        bad("more than two")
    if (/(^|[ +])Fuel/)
        bad("a name of Piperine's own")
    reaction(left, right)
}
