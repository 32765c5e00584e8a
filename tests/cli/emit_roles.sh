# A parameter that occurs in one place alone, whichever it is: each format writes it, or says why it writes nothing.
formats=text,crnl,json,latex,dot,sbml,antimony,net,nuskell,crnsimulator,piperine,peppercorn,visualdsd,mathematica
count=0
while IFS='|' read -r role needed line; do
    count=$((count + 1))
    {
        echo "param only = 2"
        case $role in
        initial | clock) ;;
        *) echo "species A = 10" ;;
        esac
        [ "$role" = clock ] && printf '%s\n' "guard g = false" "guard h = false" "species A = 10"
        echo "species B"
        echo "$line"
        [ "$role" = rate ] || echo "A -> B"
    } >"$role.txt"
    mkdir "$role"
    status=0
    "$CRNLC" emit --format $formats "$role.txt" -o "$role/" >said 2>&1 || status=$?
    [ $status -le 1 ] || { echo "$role: status $status"; cat said; exit 1; }
    for format in $needed; do
        grep -q '\bonly\b' "$role/$role.$format"* || { echo "$role: not in $format"; cat said; exit 1; }
    done
    if grep -r '(null)' "$role"; then exit 1; fi
done <<'END'
initial|text json sbml antimony|species A = only
rate|text crnl json latex sbml antimony|A ->{only} B
law|text crnl json latex sbml antimony|A =>{only * A} B
moment|text crnl json latex sbml antimony|event at only : B = 1
every|text crnl json latex sbml antimony|event every only : B = 1
condition|text crnl json latex sbml antimony|event when A < only : B = 1
delay|text json sbml antimony|event when A < 5 after only flags 1 : B = 1
priority|text json sbml antimony|event when A < 5 after 1 priority only flags 1 : B = 1
value|text crnl json latex sbml antimony|event when A < 5 : B = only
clock|text crnl json|clock g = only, h = 1
output|text crnl json sbml antimony|symbol output y output = A * only
assumption|text crnl json sbml|assume A < 10 * only
END
[ $count = 12 ]
