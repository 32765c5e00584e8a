# What the checkers of exported files share. A checker reads one file, says what its target would refuse, and prints the
# reactions with species numbered in the order in which they appear, so that files of different formats can be compared:
# "2 A + B -> C" is 1+1+2>3. A file that is refused gives no reactions.
function bad(why)
{
    printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0 >"/dev/stderr"
    failed = 1
}
function number_of(name)
{
    if (!(name in number))
        number[name] = ++n_species
    return number[name]
}
function trim(text)
{
    sub(/^[ \t]+/, "", text)
    sub(/[ \t]+$/, "", text)
    return text
}
# The words of a formula must be declared names or such functions.
function check_names(text, known_names, functions,    n, i, word)
{
    gsub(/[^A-Za-z0-9_.]+/, " ", text)
    n = split(trim(text), word, / /)
    for (i = 1; i <= n; i++)
        if (word[i] !~ /^[0-9]/ && word[i] != "" && !(word[i] in known_names) && index(" " functions " ", " " word[i] " ") == 0)
            bad("not declared: " word[i])
}
# A + 2 B, with the counts only if `counts`; names must match `pattern`. Counts molecules in n_molecules.
function side(text, pattern, counts,    n, i, k, part, times, all)
{
    n_molecules = 0
    text = trim(text)
    if (text == "")
        return ""
    n = split(text, part, / \+ /)
    for (i = 1; i <= n; i++) {
        times = 1
        part[i] = trim(part[i])
        if (counts && match(part[i], /^[1-9][0-9]* ?/)) {
            times = substr(part[i], 1, RLENGTH) + 0
            part[i] = substr(part[i], RLENGTH + 1)
        }
        if (part[i] !~ pattern)
            bad("no species: " part[i])
        used[part[i]] = 1
        for (k = 0; k < times; k++)
            all = all (all == "" ? "" : "+") number_of(part[i])
        n_molecules += times
    }
    return all
}
function reaction(left, right)
{
    reactions[++n_reactions] = left ">" right
}
END {
    if (!failed)
        for (i = 1; i <= n_reactions; i++)
            print reactions[i]
    exit failed
}
