# Antimony: model NAME ... end, one statement a line, full laws. What a law names must be declared.
function declared(text)
{
    check_names(text, name, "time exp ln sqrt sin cos tanh abs floor min max piecewise delay")
}
function declare(text)
{
    if (text !~ /^[A-Za-z_][A-Za-z0-9_]*$/ || text ~ /^(at|time|model|end|species|var|const|piecewise|pi|avogadro)$/)
        bad("no name: " text)
    if (text in name)
        bad("a second " text)
    name[text] = 1
}
/[^\t -~]/ { bad("not ASCII") }
/^ *\/\// || /^$/ { next }
/^model [A-Za-z_][A-Za-z0-9_]*$/ { if (open++) bad("a second model"); name[$2] = 1; next }
/^end$/ { closed = 1; next }
!open || closed { bad("outside the model") }
!/;$/ { bad("no semicolon") }
{ sub(/;$/, "") }
/^  species \$?[A-Za-z_][A-Za-z0-9_]*$/ { sub(/\$/, "", $2); declare($2); next }
/^  var [A-Za-z_][A-Za-z0-9_]*$/ { declare($2); next }
/^  [A-Za-z_][A-Za-z0-9_]* = [0-9]+(\.[0-9]+)?(e-?[0-9]+)?$/ { if (!($1 in name)) declare($1); next }
/^  [A-Za-z_][A-Za-z0-9_]* = [^;]+$/ {
    own = $1
    sub(/^.* = /, "")
    declared($0)
    if (!(own in name))
        declare(own)
    next
}
/^  [A-Za-z_][A-Za-z0-9_]* := / {
    own = $1
    sub(/^.* := /, "")
    declared($0)
    declare(own)
    next
}
/^  [A-Za-z_][A-Za-z0-9_]*: .*=> .*; / {
    own = $1
    sub(/:$/, "", own)
    sub(/^  [^:]*: /, "")
    split($0, part, /; /)
    declared(part[2])
    declare(own)
    if (split(part[1], part, /=> ?/) != 2)
        bad("not one arrow")
    left = side(part[1], "^[A-Za-z_][A-Za-z0-9_]*$", 1)
    reaction(left, side(part[2], "^[A-Za-z_][A-Za-z0-9_]*$", 1))
    next
}
/^  [A-Za-z_][A-Za-z0-9_]*: at ([^;]+ after )?\(.*\)(, (t0|fromTrigger|persistent) = (true|false)|, priority = [^,:]+)*: / {
    own = $1
    sub(/:$/, "", own)
    declare(own)
    sub(/^  [^:]*: at /, "")
    if (match($0, / after \(/)) {
        declared(substr($0, 1, RSTART - 1))
        $0 = substr($0, RSTART + RLENGTH - 1)
    }
    match($0, /\)(, (t0|fromTrigger|persistent) = (true|false)|, priority = [^,:]+)*: /)
    changes = substr($0, RSTART + RLENGTH)
    options = substr($0, RSTART + 1, RLENGTH - 2)
    declared(substr($0, 2, RSTART - 2))
    if (match(options, /priority = [^,:]+/))
        declared(substr(options, RSTART + 11, RLENGTH - 11))
    n = split(changes, part, /, /)
    for (i = 1; i <= n; i++) {
        if (part[i] !~ /^[A-Za-z_][A-Za-z0-9_]* = /)
            bad("no change: " part[i])
        declared(part[i])
    }
    next
}
{ bad("no statement") }
END {
    if (!closed)
        bad("the model does not end")
    for (own in used)
        if (!(own in name))
            bad("not declared: " own)
}
