# awk -f compare_numbers.awk A B: fails, and shows the first places, where two texts differ in more than numbers
# that agree within 1e-6 relative or 1e-9 absolute. Numbers may stand between any other characters.
function number(text) { return text ~ /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/ }
function size(x) { return x < 0 ? -x : x }
function near(a, b) { return size(a - b) <= 1e-9 + 1e-6 * (size(a) > size(b) ? size(a) : size(b)) }
BEGIN {
    FS = "[ \t,;:=()\\[\\]]+"
    other = ARGV[2]
    ARGV[2] = ""
}
{
    if ((getline line < other) <= 0) { print "line " FNR ": missing in the second"; exit bad = 1 }
    if (line == $0) next
    n = split(line, word)
    same = n == NF
    for (i = 1; same && i <= n; i++)
        if (word[i] != $i && !(number(word[i]) && number($i) && near(word[i], $i))) same = 0
    if (!same) {
        print "line " FNR ": " $0 "\n     not " line
        if (++bad == 5) exit
    }
}
END {
    if (!bad && (getline line < other) > 0) { print "the second is longer"; bad = 1 }
    exit bad != 0
}
