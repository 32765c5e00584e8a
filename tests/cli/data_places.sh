# Errors of the declaration of a data set mark the argument that is at fault.
printf 'time,A,l\n0,1,a\n1,2,b\n' >d.csv
failed=0
marked() # DECLARATION TEXT: what is marked
{
    printf '%s\nnetwork n { species A = 1; A -> 0; }\nexperiment main { run n for 1; print size(d); }\n' "$1" >d.crnl
    "$CRNLC" check d.crnl >out 2>&1 && { echo "accepted: $1"; failed=1; }
    text=$(awk 'found == 2 { match($0, /\^+/); print substr(line, RSTART, RLENGTH); exit }
        found == 1 { line = $0; found = 2 } /^d.crnl:1:/ { found = 1 }' out)
    [ "$text" = "$2" ] || { echo "$1: marked is '$text', not '$2'"; cat out; failed=1; }
}
marked 'data d = csv("x.csv", input = 0..2, label = 2);' '"x.csv"'
marked 'data d = csv("d.csv", input = 0..2, label = 7);' 'label = 7'
marked 'data d = csv("d.csv", input = 0..7);' 'input = 0..7'
marked 'data d = csv("d.csv", input = 0..2, label = "m");' 'label = "m"'
marked 'data d = csv("d.csv", input = 0..3);' 'input = 0..3'
marked 'data d = csv("d.csv", input = 0..2, label = 2, classes = 1);' 'classes = 1'
marked 'data d = csv("d.csv", input = 0..2, label = 2, validation = 5);' 'validation = 5'
marked 'data d = csv("d.csv", input = 0..2, label = 2, split = "s.json");' 'split = "s.json"'
marked 'data d = csv("d.csv", input = 0..2, label = 2, standardize = 3);' '3'
marked 'data d = course("d.csv", time = "t");' 'time = "t"'
marked 'data d = course("d.csv", time = "time", replicate = "r");' 'replicate = "r"'
marked 'data d = course("d.csv", time = "l");' 'time = "l"'
exit $failed
