# crnlc diff: equal up to names, what differs, exit statuses as those of diff.
want() # status text arguments...
{
    local status=$1 text=$2 got=0
    shift 2
    "$CRNLC" diff "$@" >out 2>&1 || got=$?
    [ $got = "$status" ] && grep -qF -- "$text" out && return
    echo "diff $*: status $got, not $status with '$text':"
    cat out
    exit 1
}
cat >n.crnl <<'END'
network a(k = 1, j = 2) { species A = 3, B, C; A + B ->{k} C; C ->{j} A; output C; }
network b(p = 1, q = 2) { species Z, Y, X = 3; Z ->{q} X; X + Y ->{p} Z; output Z; }
network c(k = 1, j = 2) { species A = 3, B, C; A + B ->{k} C; C ->{k} A; output C; }
network d { species A = 3, B, C; A + B ->{1.0} C; C ->{2.0} A; output C; }
network one { species X[6]; for i in 0..6 { X[i] -> X[(i + 1) % 6]; } }
network two { species Y[6]; for i in 0..3 { Y[i] -> Y[(i + 1) % 3]; Y[3 + i] -> Y[3 + (i + 1) % 3]; } }
experiment both { run a for 1; run c for 1; }
END
want 0 'B is Y' n.crnl:a n.crnl:b
want 1 '- C ->{j} A' n.crnl:a n.crnl:c
grep -qxF '+ C ->{k} A' out
[ "$(grep -c '^[-+]' out)" = 2 ]
want 1 '- param k = 1' n.crnl:a n.crnl:d
want 0 'equal' --values n.crnl:a n.crnl:d
want 1 'no renaming fits all of them together' n.crnl:one n.crnl:two
want 1 'These have no counterpart' n.crnl:a n.crnl:one
want 2 'there is no network' n.crnl:a n.crnl:nothing
want 2 'choose one with --network NAME' n.crnl:a n.crnl
want 2 'cannot read' n.crnl:a nowhere.net
want 2 'two networks are compared, not 1' n.crnl:a
"$CRNLC" print --stage network --network a n.crnl >a.net
want 0 'equal' a.net n.crnl:a
want 0 'equal' --network a a.net n.crnl
