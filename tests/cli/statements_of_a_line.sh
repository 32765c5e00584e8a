# Errors of a running program mark the index or the statement that failed, also where several stand in one line, and long lines
# take time in proportion to their length.
cat >many.crnl <<'X'
network n(k = 1) { species A = 1, X; A ->{k} 0; 0 =>{1 / (A - 0.5)} X; }
experiment main { let a = [1, 2, 3]; let i = 3; print "ok"; let b = a[i]; print b; }
experiment nest { let v = zeros(3); for i in 0..4 { print i; v[i] = 1; } }
experiment other { let v = zeros(3); let i = 7; if i < 3 { print 1; } else if v[i] > 2 { print 2; } }
experiment rows { let q = 1; run n over s in [1, 2] with k = s for 10; print n.A; }
experiment claim { print 1; print 2; assert 1 > 2; print 3; }
experiment later { print "a"; let big = [1, 2,
   3]; let i = 5; print "e", big[i]; }
experiment atol { let q = 1; run n for 0.1 by ode(atol = 10); }
experiment letters { print "é"; assert 1 > 2; }
X
failed=0
expect() # EXPERIMENT PLACE MARK: the place in front of the error, and the text over the carets
{
    for engine in interpret jit; do
        "$CRNLC" run many.crnl --experiment "$1" --engine $engine >out 2>&1 || true
        marked=$(awk -v at="many.crnl:$2: " 'found == 2 { match($0, /\^+/); print substr(line, RSTART, RLENGTH); exit }
            found == 1 { line = $0; found = 2 } index($0, at) == 1 { found = 1 }' out)
        if [ "$marked" != "$3" ]; then
            echo "$1 by $engine: marked is '$marked', not '$3'"
            cat out
            failed=1
        fi
    done
}
expect main 2:71 'i'
expect nest 3:64 'i'
expect other 4:81 'i'
expect rows 5:30 'run n over s in [1, 2] with k = s for 10;'
expect claim 6:38 'assert 1 > 2;'
expect later 8:34 'i'
"$CRNLC" run many.crnl --experiment atol >out 2>&1 || exit 1
grep -q '^many.crnl:9:30: warning: `atol` 10 is more' out || { cat out; failed=1; }
"$CRNLC" run many.crnl --experiment letters >out 2>&1 || true # columns count characters
grep -q '^many.crnl:10:33: error\[E0901\]' out || { cat out; failed=1; }
"$CRNLC" build many.crnl --experiment claim -o claim 2>err || { cat err; exit 1; }
./claim >out 2>&1 || true
grep -q '^many.crnl:6:38: error\[E0901\]' out || { cat out; failed=1; }
# 80,000 statements in one line: 21 s once
{
    printf 'experiment main { let x = 0; '
    seq -f 'x = x + %.0f; ' 80000 | tr -d '\n'
    printf 'print x; }\n'
} >one.crnl
(ulimit -t 10; "$CRNLC" check one.crnl) >out 2>&1 || { cat out; echo 'a long line takes too long'; failed=1; }
exit $failed
