#!/bin/bash
# What a picture adds to a program, over what its kept script takes gnuplot (Graphviz) alone: processor time, user and system, of
# the program, of the same without `plot`, and of the script, in turns. FORMAT=pdf, ... for other formats than svg; ONLY="band sheet"
# for some. BEFORE says what lies where a picture and what belongs to it are written: the same files, which only become new (the standard),
# `other` ones, which are replaced, or `none`. Then a sheet of 20 by 20 cells from source to picture, wall time.
. "$(dirname "$0")/lib.bash"
machine
format=${FORMAT:-svg}
turns=${TURNS:-15}
cat >"$WORK/networks" <<'EOF'
network bd(a = 20 nM/s, m = 1 /s) { units amount = nM, time = s; volume 1 fL; species X; 0 ->{a} X; X ->{m} 0; }
network lv(a = 1, b = 0.01, c = 1) { species Prey = 100, Pred = 50; Prey ->{a} 2 Prey; Prey + Pred ->{b} 2 Pred; Pred ->{c} 0; }
network doses(k = 0.3 /h) { units amount = uM, time = h; species Given, Drug; Drug ->{k} 0; every 6 { Given += 1; Drug += 10; } }
network row(D = 4) { species X[40]; X[20] = 100; for i in 0..39 { X[i] <->{D, D} X[i + 1]; } }
network sheet(D = 0.5, E = 10) {
  species u[20, 20] = 1, v[20, 20] = 0.9;
  for i in 0..20 { for j in 0..19 {
    u[i, j] <->{D, D} u[i, j + 1]; u[j, i] <->{D, D} u[j + 1, i]; v[i, j] <->{E, E} v[i, j + 1]; v[j, i] <->{E, E} v[j + 1, i];
  } }
  for i in 0..20 { for j in 0..20 { 0 ->{0.1} u[i, j]; u[i, j] -> 0; 2 u[i, j] + v[i, j] -> 3 u[i, j]; 0 ->{0.9} v[i, j]; } }
}
network toggle { species A = 20, B; 0 =>{20 / (1 + (B / 6)^2)} A; 0 =>{20 / (1 + (A / 6)^2)} B; A -> 0; B -> 0; }
EOF

lay() # file...: in each of three folders
{
    local folder file
    for folder in 1 2 3; do
        for file; do
            case ${BEFORE:-same} in
                none) rm -f $folder/$file ;;
                other) echo >>$folder/$file ;;
            esac
        done
    done
}
all_seconds() # command...: user and system time with that of what it starts, of once in each folder
{
    local TIMEFORMAT='%U %S'
    { time for i in 1 2 3; do cd $i; "$@" >/dev/null 2>"$WORK/stderr" || exit; cd ..; done; } 2>&1 | awk '{ printf "%.6f\n", ($1 + $2) / 3 }'
}

picture() # NAME, what runs, what is plotted
{
    [ -z "${ONLY:-}" ] || [[ " $ONLY " == *" $1 "* ]] || return 0
    local d=$WORK/$1 i draw
    mkdir "$d"
    { cat "$WORK/networks"; echo "experiment main { $2 plot $3 -> \"p.$format\"; }"; } >"$d/with.crnl"
    { cat "$WORK/networks"; echo "experiment main { $2 }"; } >"$d/without.crnl"
    mkdir "$d/1" "$d/2" "$d/3"
    (cd "$d" && all_seconds "$CRNLC" run ../with.crnl >/dev/null) || exit
    local script=p.$format.gp
    draw="gnuplot -d $script"
    if [ -e "$d/1/p.$format.dot" ]; then
        script=p.$format.dot
        draw="dot -T$format $script -o p.$format"
    fi
    for ((i = 0; i < turns; i++)); do
        (
            cd "$d"
            lay p.$format p.$format.dat $script
            all_seconds "$CRNLC" run ../with.crnl >>with
            lay p.$format
            all_seconds $draw >>script
            all_seconds "$CRNLC" run ../without.crnl >>without
        )
    done
    paste "$d/with" "$d/without" "$d/script" | awk '{ print ($1 - $2) / $3 }' | median >"$d/ratio"
    awk -v name="$1" -v with="$(median <"$d/with")" -v without="$(median <"$d/without")" -v script="$(median <"$d/script")" -v ratio="$(cat "$d/ratio")" \
        'BEGIN { printf "%-12s with %6.1f ms, without %6.1f, script %6.1f; picture / script %.3f (goal 1.1)\n", name, 1000 * with, 1000 * without, 1000 * script, ratio }'
}

picture courses 'run lv for 40 every 0.1;' 'lv: Prey, Pred'
picture log 'run lv for 40 every 0.1;' 'lv: Prey, Pred with y = log'
picture orbit 'run lv for 40 every 0.1;' 'lv: Prey vs Pred'
picture molecules 'run bd for 40 by ssa;' 'bd: X'
picture band 'run bd for 10 every 0.1 by ssa(runs = 100);' 'bd: X'
picture jumps 'run doses for 24 every 0.05;' 'doses: Given, Drug'
picture row 'run row for 20 every 0.2;' 'row: X as map'
picture sheet 'run sheet for 20;' 'sheet: u'
picture panels 'run lv for 40 every 0.1;' '{ lv: Prey, Pred } { lv: Prey vs Pred }'
picture histogram 'run toggle after 20 for 300 by ssa;' 'time_histogram(toggle.A)'
picture joint 'run toggle after 20 for 300 by ssa;' 'time_histogram(toggle.A, toggle.B)'
picture runs 'run toggle for 5 by ssa(runs = 100);' 'run_histogram(toggle.A)'
picture decision '' 'decision(K in logspace(0.1, 10, 41), n in linspace(1, 8, 36) : 10 / (1 + K^n)) with x = log, contours = [1, 5, 9]'
picture data 'let t = [0.0, 1, 2, 4, 6, 8], y = [9.7, 7.6, 5.2, 3.2, 1.5, 0.9], sd = [0.5, 0.5, 0.4, 0.4, 0.3, 0.3];' 'y vs t as points(error = sd)'
picture graph 'run lv for 1;' 'graph(lv)'

[ -z "${ONLY:-}" ] || exit 0
mkdir "$WORK/whole"
{
    cat "$WORK/networks"
    echo 'experiment main { run sheet with u = 1 + 0.2 * uniform(-1, 1, shape = [20, 20]) for 20;'
    echo "plot sheet: u -> \"u.$format\"; plot sheet: v -> \"v.$format\"; }"
} >"$WORK/whole/sheet.crnl"
for ((i = 0; i < 11; i++)); do
    (cd "$WORK/whole" && seconds "$CRNLC" run sheet.crnl >>seconds)
done
row "a sheet of 20 by 20, source to two pictures" "$(median <"$WORK/whole/seconds")" 1 s
