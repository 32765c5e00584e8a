# text, as doc/formats.md describes it.
{ sub(/ *# .*$/, "") }
/^$/ || /^(units|volume|param|guard|symbol|output|clock|event|assume) / { next }
/^(species|bulk|constant) / {
    sub(/^[a-z]+ /, "")
    sub(/ input$/, "")
    sub(/ = .*$/, "")
    if (declared[$0]++)
        bad("declared twice")
    next
}
/ (->|=>)(\{.*\})? / {
    sub(/ guard [^ ]*$/, "")
    if (match($0, /^[^ ]*: /))
        $0 = substr($0, RLENGTH + 1)
    match($0, / (->|=>)(\{.*\})? /)
    left = substr($0, 1, RSTART - 1)
    right = substr($0, RSTART + RLENGTH)
    left = side(left == "0" ? "" : left, "^(`[^`]*`|[A-Za-z_][A-Za-z0-9_.,[]*\\]?.*)$", 1)
    reaction(left, side(right == "0" ? "" : right, "^(`[^`]*`|[A-Za-z_][A-Za-z0-9_.,[]*\\]?.*)$", 1))
    next
}
{ bad("no statement") }
END {
    for (name in used)
        if (!(name in declared))
            bad("not declared: " name)
}
