# What `plot` draws, seen in its data and its script, which do not depend on the version of gnuplot; and that there is a
# picture of that format and size.
cat >p.crnl <<'END'
network bd(a = 20 nM/s, m = 1 /s) { species X = 20; units amount = nM, time = s; volume 1 fL; 0 ->{a} X; X ->{m} 0; }
network lv(a = 1, b = 0.01, c = 1) { species Prey = 100, Pred = 50; Prey ->{a} 2 Prey; Prey + Pred ->{b} 2 Pred; Pred ->{c} 0; }
network doses { species Given, D; units amount = uM, time = h; D ->{0.5} 0; at 2 { Given += 1; D += 10; } }
network sheet(D = 1) { species u[20, 20]; u[3, 4] = 7; for i in 0..20 { for j in 0..19 { u[i, j] <->{D, D} u[i, j + 1]; } } }
experiment main {
  run bd for 20 every 1 by ssa(runs = 20);
  plot bd: X -> "band.svg";
  plot time_histogram(bd.X) -> "time.svg"; plot time_histogram(bd.X, bd.X / 2) with colour = log(1e-4, 1) -> "joint.svg";
  plot run_histogram(bd.X) -> "runs.pdf";
  run bd for 5 by ssa;
  plot bd: X, X / 2 -> "steps.eps";
  run lv for 20 every 0.1;
  plot lv: Prey, Pred -> "curves.png";
  plot lv: Prey vs Pred with title = "an orbit", size = [5 cm, 40 mm] -> "orbit.png";
  let t = [0.0, 5, 10, 15], y = [100.0, 60, 0, 80], sd = [5.0, 70, 1, 8];
  plot lv: Prey, y vs t as points(error = sd, label = "measured") with y = log(1, 1000), x_label = "time (min)" -> "fit.svg";
  plot y vs t with x = log -> "left_out.svg";
  plot { lv: Prey } { lv: Pred with y = log } with columns = 1 -> "panels.svg";
  run doses for 4 every 0.5;
  plot doses: Given, D -> "doses.svg";
  run doses for 4 every 3;
  plot doses: D, Given -> "jump.svg"; plot doses: D as points -> "rows.svg";
  run sheet for 1;
  plot sheet: u -> "sheet.svg";
  plot sheet: u[3] as map -> "row.svg";
  plot decision(x in linspace(0, 4, 5), y in logspace(1, 100, 3) : x * y > 21) with y = log -> "truth.svg";
  plot decision(x in linspace(0, 4, 9), y in linspace(0, 1, 3) : 3 * floor(x)) -> "classes.svg";
  plot decision(x in 0..4, y in 0..3 : 1.0 * x * y) with contours = [1, 2] -> "contours.svg";
  plot [1.0, 1e-8] with y = log -> "powers.svg"; plot [1000001.0, 1000002] -> "large.svg";
  plot [0.0, 2e-12] -> "tiny.svg"; plot [[1.0, 2], [3, 4]] -> "cell.svg"; plot y vs [0.0, 1, 2, 4] as bars -> "bars.svg";
  plot y with y_label = "concentration of what is left of the substrate (nM)",
    title = "a title that is longer than any journal would take it for a figure of one column, and goes on for several lines" -> "wrapped.svg";
  plot concat(zeros(2), ones(2)) + 0.001 * linspace(0, 1, 4), y -> "two.svg";
}
network pulse(s = 3) {
  species A = 5; 0 =>{2 - 2 * clip(floor(time / s), 0, 1)} A; A -> 0;
  output given = 2 - 2 * clip(floor(time / s), 0, 1); output later = 1 + 2 * clip(floor(time / 7.25), 0, 1); output flows = sin(time);
}
experiment steps { run pulse for 10 every 4; plot pulse: given, later, flows -> "given.svg"; print pulse.A; }
experiment none { run pulse for 10 every 1; print pulse.A; }
experiment edges {
  plot [[1.0]] -> "cell.pdf"; plot zeros(1, 3) -> "line.png"; plot [5.0, 5] -> "flat.svg"; plot zeros(3) with y = log -> "nothing.svg";
  run bd for 100 by ssa; plot bd: [X, 2 * X] as map -> "events.png";
}
network enzyme(kf = 1, kr = 2) {
  species E = 1, S = 10, ES, P, I = 1; const species Food = 1;
  E + S <->{kf, kr} ES; ES -> E + P; P + E ->{3} S + E; Food =>{E / (1 + I)} Food + 2 S; P -> 0; every 6 { S += 3; }
}
experiment graphs { plot graph(enzyme) -> "graph.svg"; plot graph(enzyme) with title = "an \"enzyme\"", size = [10 cm, 3 cm] -> "graph.pdf"; }
experiment many { run sheet for 1; plot sheet: u[0], u[1] -> "many.svg"; }
END
fail() { echo "$*"; cat err ./*.gp; exit 1; }
"$CRNLC" run p.crnl >out 2>err || fail "status"
grep -q 'error[:[]' err && fail "an error"
said() { grep -qF -- "$2" "$1.gp" || fail "$1.gp does not say: $2"; }
silent() { ! grep -qF -- "$2" "$1.gp" || fail "$1.gp says: $2"; }
# Units, methods, and names.
said band.svg "set xlabel 'time (s)'"; said band.svg "set ylabel 'X (nM)'"; said band.svg "set title 'bd by ssa, 20 runs, mean ± sd'"
said band.svg 'with filledcurves'; said band.svg '($3 < bottom ? bottom : $3)'; said band.svg 'bottom = 0'
said band.svg 'set key off'; said curves.png 'set key on tmargin'; said curves.png "set ylabel 'amount (no unit)'"; said curves.png "set xlabel 'time (no unit)'"; said curves.png "title 'Pred'"
said time.svg "set xlabel 'X (molecules)'"; said time.svg "set ylabel 'share of time'"; said runs.pdf "share of runs"
said time.svg "set title 'bd by ssa, 20 runs, time 0 to 20 s'"; said runs.pdf "set title 'bd by ssa, 20 runs, time 20 s'"; said steps.eps 'bd by ssa, one run'
said orbit.png "set xlabel 'Pred (no unit)'"; said orbit.png "set ylabel 'Prey (no unit)'"; said orbit.png "set title 'an orbit'"
said steps.eps 'with steps'; silent steps.eps 'with lines'; said curves.png 'with lines'; silent curves.png 'with steps'
said doses.svg "index 0 using 1:2 with steps"; said doses.svg "index 1 using 1:2 with lines"; said doses.svg 'concentration (µM)'
said fit.svg 'set logscale y'; said fit.svg 'set yrange [1:1000]'; said fit.svg "title 'measured'"; said fit.svg "set xlabel 'time (min)'"
said fit.svg 'with vectors heads'; said fit.svg 'bottom = 1'
said panels.svg 'set multiplot layout 2,1'; [ "$(grep -c '^plot' panels.svg.gp)" = 2 ] || fail 'two panels'
[ "$(grep -c '^set logscale' panels.svg.gp)" = 1 ] || fail 'one logarithmic axis'
said truth.svg "set cbtics ('false' 0, 'true' 1)"; said truth.svg 'set palette maxcolors 2'
said classes.svg 'set palette maxcolors 5'; said classes.svg "'12' 4"
said contours.svg 'levels discrete 1,2'; said sheet.svg "set title 'sheet by ode, time 1 (no unit)'"; said sheet.svg "set cblabel 'u (no unit)'"; said row.svg "set ylabel 'index'"
# Titles stand above the legend. Ticks: powers of ten with small ones between, whole numbers where there are no others, digits as steps
# need them; air around curves but along the time; indices of a sheet are squares; numbers in the cells of small maps.
said doses.svg "set key title 'doses by ode'"; said doses.svg "set title ''"; said fit.svg "set key title 'lv by ode'"
said fit.svg "set ytics ('1' 1, '' 2 1, '' 3 1"; said fit.svg "'1000' 1000)"; said powers.svg "'10⁻⁸' 1e-08"; silent powers.svg '1e-08'"'"
said two.svg "set xtics ('0' 0, '1' 1, '2' 2, '3' 3)"; said large.svg "'1000001.0' 1000001"; said large.svg "'1000002.0' 1000002"
said tiny.svg "'1.0×10⁻¹²' 1e-12"; said orbit.png 'set xrange [0:'; said curves.png 'set xrange [0:20]'
said sheet.svg 'set size ratio -1'; said contours.svg 'set size noratio'; said cell.svg "sprintf('%.3g'"; silent sheet.svg 'sprintf'
said bars.svg 'using 1:2:(0.80000000000000004) with boxes'; said bars.svg 'set xrange [-0.6'
# Texts that are longer than the axis, the picture, stand in two lines.
said wrapped.svg "set ylabel 'concentration of what is' . \"\\n\" . 'left of the substrate (nM)' . \"\\n\" . ' '"; said wrapped.svg "set title 'a title"
grep -q '^set title .*\\n.* \.\.\.' wrapped.svg.gp || fail 'a long title'
# What is left out, and how much.
grep -qF '`fit.svg` leaves out 1 of 4 values of `measured`: a logarithmic axis' err || fail 'fit: left out'
grep -qF '`left_out.svg` leaves out 1 of 4 values of `y`' err || fail 'left out'
[ "$(grep -c "^p.crnl:[0-9]*:[0-9]*: warning: " err)" = 2 ] && [ "$(grep -vc "^ " err)" = 2 ] || fail 'nothing else is said'
# The data.
awk '!/#/ && NF { n++; if (NF != 4 || $3 > $2 || $4 < $2) bad = 1 } END { exit bad || n != 21 }' band.svg.dat || fail 'the band'
awk '!/#/ && NF { if (NR > 2 && p >= 0) s += p * ($1 - x); x = $1; p = $2 } END { exit !(s > 0.999999 && s < 1.000001) }' time.svg.dat || fail 'the histogram'
awk '!/#/ && NF { if (p > 0) s += p; p = $2; if (w && ($1 - x) % 1) bad = 1; w = x = $1 } END { exit bad || !(s > 0.999999 && s < 1.000001) }' runs.pdf.dat || fail 'the runs'
# What an event changes stands upright, between rows too: 0 and 10 at time 2, then 10 exp(-t/2). Points are the rows alone.
awk '!/#/ && NF { n++; want = n < 3 ? 0 : 10 * exp(-($1 - 2) / 2); if ($2 - want > 1e-4 || want - $2 > 1e-4) bad = 1; t = t " " $1 }
    /Given/ { exit } END { exit bad || t != " 0 2 2 3 4" }' jump.svg.dat || fail 'the jump'
awk '!/#/ && NF { n++ } END { exit n != 3 }' rows.svg.dat || fail 'the rows'
# a log x - c + ... is constant along orbits of Lotka and Volterra: H = b x - c log x + b y - a log y
awk '!/#/ && NF { h = 0.01 * $2 - log($2) + 0.01 * $1 - log($1); if (!n++) h0 = h; if (h - h0 > 1e-3 || h0 - h > 1e-3) bad = 1 } END { exit bad || n != 201 }' orbit.png.dat || fail 'the orbit'
awk '!/#/ && NF { n++; s += $3 } END { exit !(n == 400 && s > 6.9999 && s < 7.0001) }' sheet.svg.dat || fail 'the sheet'
awk '!/#/ && NF { n++; if ($3 != ($1 * $2 > 21)) bad = 1 } END { exit bad || n != 15 }' truth.svg.dat || fail 'the truth'
# Colours by powers of ten: what was never there has none, and is as much as all others of 1.
said joint.svg 'set logscale cb'; said joint.svg 'set cbrange [0.0001:1]'
awk '!/#/ && NF { if ($3 == "nan") blank++; else if ($3 > 0) s += $3; else bad = 1 } END { exit bad || !(blank > 10 && s > 0.999999 && s < 1.000001) }' joint.svg.dat || fail 'the colours'
# Formats, and the size that was asked for: 5 cm by 4 cm at 300 dots an inch.
png_size() { od -An -tu1 -j16 -N8 "$1" | awk '{ print $3 * 256 + $4, $7 * 256 + $8 }'; }
[ "$(png_size orbit.png)" = '591 472' ] || fail "orbit.png: $(png_size orbit.png)"
head -c 8 runs.pdf | grep -q '%PDF' && head -c 20 steps.eps | grep -q 'EPSF' && grep -q '</svg>' band.svg || fail formats
[ "$(wc -c <sheet.svg)" -lt 300000 ] || fail 'a sheet is small'
# A single cell, a single row, one value, none; more events than a map has places.
"$CRNLC" run p.crnl --experiment edges >out 2>err || fail edges
said cell.pdf boxxyerror; said flat.svg 'set yrange [0:7.5]'; said flat.svg "'6' 6"; silent flat.svg "'6.0'"; [ -s line.png ] && [ -s nothing.svg ] && [ -s events.png ] || fail edges
grep -qF '`nothing.svg` leaves out 3 of 3 values' err || fail 'nothing'
awk '!/#/ && NF { n++ } END { exit !(n > 1000 && n <= 2400) }' events.png.dat || fail 'events'
# What reads the time jumps upright between rows, where a law reads it too and where only the picture does.
"$CRNLC" run p.crnl --experiment steps >out 2>err && "$CRNLC" run p.crnl --experiment none >out2 2>>err || fail steps
cmp -s out out2 || [ "$(cut -c1-6 out)" = "$(cut -c1-6 out2)" ] || fail "a picture changes what is computed: $(cat out out2)"
upright() { awk -v name="$1" -v t="$2" -v from="$3" -v to="$4" '/^#/ { on = $2 == name; before = "" } on && !/^#/ && NF {
    if ($1 == t && before == t " " from && $2 == to) good = 1; before = $1 " " $2 } END { exit !good }' given.svg.dat || fail "$1 at $2"; }
upright given 3 2 0; upright later 7.25 1 3
awk '/^#/ { on = $2 == "flows" } on && !/^#/ && NF && ($2 - sin($1) > 1e-9 || sin($1) - $2 > 1e-9) { bad = 1 } END { exit bad }' given.svg.dat || fail flows
# The graph of a network: one box for both directions, circles for what makes a reaction faster, a bar for what makes it slower.
"$CRNLC" run p.crnl --experiment graphs >out 2>err || fail graphs
drawn() { grep -qE -- "$1" graph.svg.dot || fail "graph.svg.dot does not say: $1"; }
drawn 'r0 .*label="kf \| kr"'; drawn 's0 -> r0 \[dir=back, arrowtail=empty\]'; ! grep -q 'r1 ' graph.svg.dot || fail 'the way back'
drawn 's2 -> r2 \[dir=none\]'; drawn 'r2 -> s3'; drawn 's0 -> r3 \[.*odot'; drawn 's0 -> r4 \[.*odot'; drawn 's4 -> r4 \[.*tee'
drawn 'r4 -> s1 \[label="2"\]'; drawn 's5 .*peripheries=2'; drawn 'label="∅"'; drawn 'e0 -> s1 \[style=dotted'; drawn 'size="3.346,8.661"'
grep -qF 'label="an \"enzyme\""' graph.pdf.dot && grep -qF 'size="3.937,1.181!"' graph.pdf.dot || fail 'the title and the size'
! command -v dot >/dev/null || { grep -q '</svg>' graph.svg && head -c 8 graph.pdf | grep -q '%PDF'; } || fail 'the graphs'
# More names than a legend takes.
"$CRNLC" run p.crnl --experiment many >out 2>err || fail status
grep -qF '`many.svg` has 40 curves and no legend, which takes 30 names at most' err && grep -qF 'as map' err || fail 'many'
said many.svg 'set key off'
# Every engine, and an executable, give the same script and data.
for way in "run p.crnl --engine interpret" "run p.crnl --engine jit"; do
    rm -rf other && mkdir other
    "$CRNLC" $way --out-dir other >out 2>err || fail "$way"
    for f in other/*.gp other/*.dat; do cmp "$f" "${f#other/}" || fail "$way: $f"; done
done
# No gnuplot: script and data are kept, the command is named.
rm -rf none && mkdir none empty
PATH=$PWD/empty "$CRNLC" run p.crnl --out-dir none >out 2>err || fail 'without gnuplot'
[ -s none/curves.png.gp ] && [ -s none/curves.png.dat ] && [ ! -e none/curves.png ] || fail 'kept'
grep -q 'cd none/ && gnuplot ./curves.png.gp' err || fail 'the command'
PATH=$PWD/empty "$CRNLC" run p.crnl --experiment graphs --out-dir none >out 2>err || fail 'without Graphviz'
grep -q 'cd none/ && dot -Tsvg ./graph.svg.dot -o ./graph.svg' err || fail 'the command of Graphviz'
# Curves of one name, of several networks; what is recorded over what else is; a command that a shell takes as it stands.
cat >q.crnl <<'X'
network n { species A = 3; A -> 0; }
network fan { species X[9]; for i in 0..9 { X[i] = i; X[i] -> 0; } }
network both { species A = 1, B; A + B -> 2 A; }
experiment main {
  for i in 0..5 { record a = i * i; record b = 2 * i; }
  let t = [100.0, 800], y = [1.0, 2];
  run n for 1; run n as many for 1 by ssa; run n as third for 1;
  plot a vs b -> "over.svg";
  plot { y vs t with x = log(60, 4000) } { y vs t with x = log(60, 40000) } { y vs t with x = log(200, 900) } with columns = 3 -> "narrow.svg";
  let m = [i in 0..6, j in 0..6 : (i + 1) * (j + 1) / 1000];
  plot { m } { 1000 * m } with columns = 2, size = [14 cm, 7 cm] -> "numbers.svg"; plot m with size = [17 cm, 17 cm] -> "room.svg";
  run n as counted for 1 by ssa; run n as volume for 1 by ssa(volume = 10); run fan for 1; let h = linspace(0, 1, 9);
  plot counted: A -> "counted.svg"; plot volume: A -> "volume.svg";
  plot n: A, [3.0, 1] vs [0.0, 10] as points(error = 0.1) -> "marks.svg"; plot fan: X -> "fan.svg"; plot { fan: X[0] } { 1e5 * h vs h } with columns = 1 -> "below.svg";
  plot time_histogram(counted.A, counted.A) with colour = log -> "white.svg"; plot graph(both) -> "both.svg";
  plot decision(x in h, y in h : x * y) with contours = [0.1, 0.5] -> "lines.svg"; plot h vs h with aspect = equal -> "equal.svg";
  plot fan: X as map with colour = linear(2, 6) -> "beyond.svg";
  plot n: A, many: A, third: A as lines(label = "fast") -> "three.svg"; plot n: A -> "a b/it's.svg";
}
X
"$CRNLC" run q.crnl --out-dir same >out 2>err && [ ! -s err ] || fail 'names and records'
cd same && cp ../err .
said over.svg "set xlabel 'b'"; awk '!/#/ && NF { n++; if ($2 != ($1 / 2) ^ 2) bad = 1 } END { exit bad || n != 5 }' over.svg.dat || fail 'a record over another'
# Numbers of a logarithmic axis do not run into each other, and there is more than one.
said narrow.svg "'100' 100, '' 200 1"; said narrow.svg "'300' 300"; said narrow.svg "'1000' 1000"; said narrow.svg "'10³' 1000"; said narrow.svg "'400' 400"
silent narrow.svg "'2000' 2000"
said three.svg "title 'n: A'"; said three.svg "title 'many: A'"; said three.svg "title 'fast'"; said three.svg "set ylabel 'amount (no unit)'"
# Molecules are counted where a run counts them; a volume makes them a concentration of no unit.
said counted.svg "set ylabel 'A (molecules)'"; said counted.svg "set title 'counted by ssa, one run'"; said volume.svg "set ylabel 'A (no unit)'"
# Points and error bars have room at the ends of the axis; the eighth curve is dashed; axes of panels stand below each other.
said marks.svg 'set xrange [-0.29999'; said fan.svg "lc rgb '#0072B2' dt 2 title 'X[7]'"; [ "$(grep -c "lc rgb '#0072B2'" fan.svg.gp)" = 2 ] || fail 'dashes'
[ "$(grep '^set lmargin' below.svg.gp | sort | uniq -c | awk '{ print $1 }')" = 2 ] || fail 'margins'
# Colours for values beyond the ends of their scale say so, and have room to the right.
said beyond.svg "set cbtics ('≤ 2' 2"; said beyond.svg "'≥ 6' 6"; grep -q '^set rmargin [0-9]' beyond.svg.gp || fail 'room for the colours'
# White cells, the values of contour lines, equal scales; a species on both sides has two lines.
said white.svg 'share of time, white: 0'; said lines.svg "set title 'contours at 0.1, 0.5'"; said equal.svg 'set size ratio -1'
grep -qF 's0 -> r0 [dir=none, weight=0]' both.svg.dot && grep -qF 'boxes: rate constants (no unit)' both.svg.dot || fail 'both sides'
# Numbers in the cells of a map stand there where they fit.
[ "$(grep -c 'with labels' numbers.svg.gp)" = 1 ] && said room.svg 'with labels' || fail 'numbers of cells'
cd ..; rm -rf none; PATH=$PWD/empty "$CRNLC" run q.crnl --out-dir none >out 2>err || fail 'without gnuplot'
eval "$(sed -n 's/.*once gnuplot is installed: //p' err | tail -n 1)" 2>/dev/null && [ -s "it's.svg" ] || fail 'a command for the shell'
