# Options of the program are read before it is compiled: what is wrong is said at once, and alone.
echo 'network a { species A = 1; A -> 0; } experiment main { run b for 1; }' >a.crnl
"$CRNLC" run --seed x a.crnl >out 2>err && exit 1
[ ! -s out ]
grep -q -- '--seed takes a value' err
grep -q 'E0201' err && exit 1
"$CRNLC" run --max-events 0 a.crnl 2>err && exit 1
grep -q 'a whole number from 1 on is needed, and `0` is none' err
"$CRNLC" run --threds=2 a.crnl 2>err && exit 1
grep -q 'did you mean --threads?' err
