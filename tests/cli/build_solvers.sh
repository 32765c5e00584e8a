# A program that names a single solver has all libraries that this one needs.
solvers=$("$CRNLC" explain methods | sed -n 's/^| `ode(solver = \([a-z0-9]*\))`.*/\1/p')
[ "$(echo "$solvers" | wc -w)" -ge 7 ] || { echo "$solvers"; exit 1; }
for solver in $solvers; do
    case $solver in
    rk4) span='for 3' options=', dt = 0.01' ;;
    newton) span='to steady' options= ;;
    *) span='for 3' options= ;;
    esac
    cat >"$solver.crnl" <<X
network n { species A = 2, B; A <->{1, 2} B; }
experiment main { run n $span by ode(solver = $solver$options); print "{n.A:.2g}"; }
X
    "$CRNLC" build "$solver.crnl" -o "$solver" && [ "$("./$solver")" = 1.3 ] || { echo "$solver"; exit 1; }
done
