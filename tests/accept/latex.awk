# LaTeX: braces and environments that match; only what the preamble brings. Reactions are counted, not read.
{
    text = $0
    if (text ~ /^%/)
        next
    gsub(/\\[{}%]/, "", text)
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        depth += (c == "{") - (c == "}")
        if (depth < 0)
            bad("a brace too many")
    }
    if (text ~ /[_^][_^}]|[^\t -~]/ || text ~ /[#$]/ && text !~ /\\[#$]/)
        bad("no TeX")
    if (text ~ /\}_\{[^}]*\}_|\}\^\{[^}]*\}\^/)
        bad("a second subscript")
}
/\\begin\{align\*\}/ { open++ }
/\\end\{align\*\}/ { open--; if (depth) bad("braces do not match") }
open < 0 || open > 1 { bad("environments do not match") }
END {
    if (open || depth)
        bad("something does not end")
}
