# Tables that give functions are read when the program runs: an executable takes what the file holds then, of the shape that it had.
printf 'time, light\n0, 1\n1, 3\n4, 0\n' >light.csv
cat >program.crnl <<'E'
fn light = table("light.csv", method = linear);
network n { species A; 0 =>{ light(time) } A; output A, l = light(A); }
experiment main { run n for 5 by ode(rtol = 1e-10, atol = 1e-12); print "{n.A:.9f} {light(0.5):.9f}"; }
E
"$CRNLC" build program.crnl -o program
[ "$(./program)" = "6.500000000 2.000000000" ]
[ "$("$CRNLC" run program.crnl --engine interpret)" = "6.500000000 2.000000000" ]
[ "$("$CRNLC" run program.crnl --engine jit)" = "6.500000000 2.000000000" ]
printf '0, 1\n1, 5\n4, 0\n' >light.csv
[ "$(./program)" = "10.500000000 3.000000000" ]
printf '0, 1\n6, 5\n4, 0\n' >light.csv
! ./program 2>err
grep -q 'E0811.*light.csv: arguments of a table grow from row to row, and 4 comes after 6' err
printf '0, 1\n1, 5\n4, 0\n5, 0\n' >light.csv
! ./program 2>err
grep -q 'E0811.*light.csv has 4 rows' err
rm light.csv
! ./program 2>err
grep -q 'E0811.*cannot read' err
# Formats hold its rows as they are when they are written.
printf '0, 1\n1, 3\n4, 0\n' >light.csv
"$CRNLC" emit --format text --network n program.crnl -o n.txt
"$CRNLC" diff program.crnl n.txt >log
"$CRNLC" emit --format sbml --network n program.crnl -o n.xml
"$CRNLC" run n.xml --until 5 --every 5 --out sbml.csv --out-dir . >log
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "A") at = i } END { exit !($at > 6.4999 && $at < 6.5001) }' sbml.csv
