# The plan tells which kernel would simulate a network, and what speaks against the others; a run may name one.
cat >x.crnl <<'X'
network timed { species X; 0 =>{ 1 + sin(time) } X; X -> 0; }
network plain { species X; 0 -> X; X -> 0; }
network many { species X[40]; for i in 0..40 { 0 -> X[i]; X[i] -> 0; } }
X
expect() # network, slot, what is said
{
    "$CRNLC" print --stage plan --network $1 x.crnl >plan
    grep -qx "kernel $2: $3" plan || { echo "$1:"; head -3 plan; exit 1; }
}
expect timed ssa 'table .* ns an event; not unrolled: a law reads the time.*'
expect plain ssa 'unrolled 10 ns an event; table .*'
expect plain ode 'unrolled 7.7 ns a right side; table 23'
expect many ssa 'table .*; not unrolled: 80 reactions, more than 64; rejection .*'
expect many ode 'unrolled .*; table .*'

lockstep() # network, what is said
{
    "$CRNLC" print --stage plan --network $1 x.crnl | grep -qx "ensembles: $2" || { echo "$1: not '$2'"; exit 1; }
}
lockstep timed 'one run after the other: a law, without code for vectors'
lockstep plain 'in lockstep, a run in each lane of vectors'
lockstep many 'one run after the other: .*'

run() # program text, options: what it prints
{
    printf '%s\n' 'network bd { species X = 5; 0 ->{20} X; X -> 0; }' \
        'network many { species X[40]; for i in 0..40 { 0 -> X[i]; X[i] -> 0; } }' \
        'network timed { species X; 0 =>{ 1 + sin(time) } X; X -> 0; }' "experiment e { $1 }" >r.crnl
    shift
    "$CRNLC" run "$@" r.crnl 2>err
}
fails() # program text, what is said, options
{
    local text=$1 said=$2
    shift 2
    if run "$text" "$@" || ! grep -qF -- "$said" err; then
        echo "$text:"; cat err; exit 1
    fi
}
same() # two ways that give the same numbers
{
    [ "$1" = "$2" ] || { echo "'$1' and '$2'"; exit 1; }
}
# By each kernel: a sum of propensities that is no number any more, and a run that ends as nothing can fire.
cat >ends.crnl <<'X'
network past { species A = 3, B = 2; A ->{1e308} B; B ->{1e308} A; }
network dead { species A = 100, B; A -> B; }
experiment sum { run past for 1 by ssa; }
experiment halt { run dead for 100 by ssa; print dead.time, dead.A, dead.B; }
X
for kernel in unrolled table rejection fused; do
    ! "$CRNLC" run ends.crnl --experiment sum --kernel $kernel 2>err || { echo "$kernel: no error"; exit 1; }
    grep -q 'E0902.*the propensity inf' err || { cat err; exit 1; }
    [ "$("$CRNLC" run ends.crnl --experiment halt --kernel $kernel)" = '100 0 100' ] || { echo "$kernel: not at rest"; exit 1; }
done

ssa=$(run 'run bd for 9 by ssa; print(bd.X);')
same "$ssa" "$(run 'run bd for 9 by ssa(kernel = table); print(bd.X);')"
same "$ssa" "$(run 'run bd for 9 by ssa; print(bd.X);' --kernel table)"
same "$ssa" "$(run 'run bd for 9 by ssa(kernel = unrolled); print(bd.X);' --kernel table --engine interpret)"
ode=$(run 'run bd for 9 by ode(rtol = 1e-8); print("{bd.X:.9g}");')
same "$ode" "$(run 'run bd for 9 by ode(kernel = table, rtol = 1e-8); print("{bd.X:.9g}");')"
averages='network rails { species X = 90, Y = 5; X -> Y; Y -> X; 0 ->{40} X; Y -> 0; at 5 { X = 70; } }
experiment e { run rails after 2 for 900 every 3 by ssa(volume = 2) until rails.X > 1000;
print("{time_mean(rails.X):.17g} {time_var(rails.X):.17g} {time_mean(rails.X - rails.Y):.17g} {time_var(rails.Y):.17g}"); }'
printf '%s\n' "$averages" >averages.crnl
mean=$("$CRNLC" run averages.crnl)
case $mean in *.*' '*.*' '*.*' '*.*) ;; *) echo "averages: $mean"; exit 1 ;; esac
same "$mean" "$("$CRNLC" run averages.crnl --kernel table)"
same "$mean" "$("$CRNLC" run averages.crnl --engine interpret)"
run 'run bd for 9 by ssa(kernel = table); run bd for 9 by ode(kernel = table); run many for 1 by ssa;' --verbose
grep -q 'note: `bd` by the kernel table 24 ns an event; unrolled 10; rejection .*$' err || { cat err; exit 1; }
grep -q 'note: `bd` by the kernel table 23 ns a right side; unrolled 7.7$' err || { cat err; exit 1; }
grep -q 'note: `many` by the kernel .* ns an event; not unrolled: 80 reactions, more than 64' err || { cat err; exit 1; }
fails 'run many for 1 by ssa(kernel = unrolled);' 'the kernel `unrolled` does not take `many`: 80 reactions, more than 64'
fails 'run many for 1 by ssa(kernel = unrolled);' 'help: there are table'
fails 'run bd for 1 by ssa(kernel = unrolled) with hold X = 3;' 'the kernel `unrolled` does not take `bd`: no code was made for it'
fails 'run timed for 1 by ssa(kernel = rejection);' 'the kernel `rejection` does not take `timed`: a law'
fails 'run timed for 1 by ssa(kernel = rejection);' 'note: nor does `unrolled`: a law reads the time'
run 'run many for 1 by ssa;' --kernel unrolled || { cat err; exit 1; } # where it applies
fails 'run bd for 1 by ssa(kernel = fused);' 'the kernel `fused` does not take `bd`: a reaction makes or takes molecules'
fails 'run timed for 1 by ssa(kernel = fused);' 'the kernel `fused` does not take `timed`: a law'
fails 'run bd for 1 by ssa;' '--kernel tables: there is no such kernel' --kernel tables
fails 'run bd for 1 by ssa(kernel = tables);' "there is no kernel 'tables'"
fails 'run bd for 1 by ssa(kernel = 3);' 'a kernel is chosen by its name'
fails 'run bd for 1 by ssa(kernel = 3);' 'the kernels of ssa are unrolled, table, rejection'

# A run looks again at its amounts: what it draws depends on where it is, not on rows or threads.
cat >grow.crnl <<'X'
network grow { species X[40] = 1; for i in 0..40 { X[i] ->{3} 2 X[i]; X[i] ->{0.01} X[(i + 1) % 40]; } }
experiment e { run grow for 2.2 by ssa; print(grow.X[0] + grow.X[7]); }
X
sed 's/for 2.2/for 2.2 every 0.01/; s/by ssa/by ssa -> "rows.csv"/' grow.crnl >rows.crnl
"$CRNLC" run grow.crnl --verbose >grown 2>err
grep -q 'by the kernel table' err && grep -q 'after 4096 events, another kernel' err &&
    grep -q 'by the kernel rejection' err || { cat err; exit 1; }
same "$(cat grown)" "$("$CRNLC" run rows.crnl)"
same "$(cat grown)" "$("$CRNLC" run grow.crnl --engine interpret --threads 2)"
