# Fills @RESERVED@, @STATEMENT@, @INNER@ (words by role), @UNITS@ and @FUNCTIONS@ of a template, from word.def, unit.def,
# builtin.def, in this order, and the template last. `joint` stands between the words of a list.
function text(line) { sub(/^[^"]*"/, "", line); sub(/".*/, "", line); return line }
function first(line) { sub(/^[A-Z]+\(/, "", line); sub(/,.*/, "", line); return line }
function add(list, word,    between) {
    between = list == "UNITS" ? "\\|" : joint
    if (list in made) word = made[list] between word
    made[list] = word
}
/^WORD\(/ {
    role = $0; sub(/.*, /, "", role); sub(/\).*/, "", role)
    add(role == "RESERVED" ? "RESERVED" : role == "INNER" ? "INNER" : "STATEMENT", text($0))
}
/^UNIT\(/ { add("UNITS", first($0)) }
/^BUILTIN\(/ { add("FUNCTIONS", first($0)) }
FILENAME ~ /\.in$/ {
    for (list in made) {
        words = made[list]
        if (joint == "|") gsub(/\\\|/, "|", words)
        while ((at = index($0, "@" list "@")) > 0) $0 = substr($0, 1, at - 1) words substr($0, at + length(list) + 2)
    }
    print
}
