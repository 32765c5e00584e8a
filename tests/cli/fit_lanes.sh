# Starts of a fit go on side by side, their runs in the lanes of vectors as far as they fit: what comes of each
# is the same as alone, byte for byte. One thread has eight at once; nine threads have one each, whose steps
# are taken together too; an event that never comes keeps steps apart.
fit() # words of the command line
{
    "$CRNLC" run f.crnl "$@"
}
compare() # network, block
{
    for never in '' 'at 1e9 { A += 1; }'; do
        printf '%s\n' 'model osc = reaction_tensor { species 3; }' "network n { $1 $never }" 'experiment main {' "$2" \
            '}' >f.crnl
        fit --threads 1 >"one$never" 2>"one$never.err"
        fit --threads 2 >two
        fit --threads 9 >nine
        [ -s "one$never" ] || exit 1
        cmp "one$never" two || exit 1
        cmp "one$never" nine || exit 1
    done
    cmp one 'oneat 1e9 { A += 1; }' || exit 1
}
decay='param k = 1; param m = 1; species A = 1; species B = 0; A ->{k} B; 2 B ->{m} A;'
show='print "{n.loss:.17g} {n.losses:.17g} {n.k:.17g} {n.m:.17g}";'

# Values at the ends of steps, by derivatives.
compare "$decay" "minimize over n.k in 0.1..5, n.m in 0.1..5 by adam(lr = 0.05, steps = 12, restarts = 9) {
  run n for 2 every 0.5 by ode(solver = rk4, dt = 0.01);
  loss sum((trajectory(n.A) - 0.4)^2) + n.B^2; }
  $show"
# Some starts have steps that go below 0, or overflow.
compare "$decay" "minimize over n.k in 1e-3..1e3, n.m in 1e-3..1e4 by lbfgs(steps = 12, restarts = 9) {
  run n for 2 every 0.5 by ode(solver = rk4, dt = 0.05);
  loss (n.A - 0.4)^2 + n.B^2; }
  $show"
# Values inside steps, and without derivatives.
compare "$decay" "minimize over n.k in 0.1..5, n.m in 0.1..5 by levenberg_marquardt(steps = 6, restarts = 9) {
  run n for 2 every 0.3 by ode(solver = rk4, dt = 0.125);
  loss sum((trajectory(n.A) - 0.4)^2); }
  $show"
compare "$decay" "minimize over n.k in 0.1..5, n.m in 0.1..5 by levenberg_marquardt(steps = 6, restarts = 9) {
  run n for 2 every 0.25 by ode(solver = rk4, dt = 0.125);
  loss sum((trajectory(n.A) - 0.4)^2); }
  $show"
# Standard errors by differences of derivatives, and profiles.
compare "$decay" "minimize over n.k in 0.1..5, n.m in 0.1..5 by lbfgs(steps = 6, profile = 5, errors = true) {
  run n for 2 every 0.5 by ode(solver = rk4, dt = 0.05);
  loss sum((trajectory(n.A) - 0.4)^2); }
  print \"{standard_error(n.k):.17g} {standard_error(n.m):.17g} {profile(n.k):.17g}\";"
# Two runs, one of which goes on from the other, and a block that decides by itself what to run.
compare "$decay" "minimize over n.k in 0.1..5, n.m in 0.1..5 by adam(lr = 0.05, steps = 12, restarts = 9) {
  run n for 1 every 0.5 by ode(solver = rk4, dt = 0.01);
  loss (n.A - 0.5)^2;
  continue n for 1 every 0.5 by ode(solver = rk4, dt = 0.02);
  loss (n.A - 0.4)^2;
  if n.k > 1 { run n for 3 by ode(solver = rk4, dt = 0.01); loss 0.1 * n.B; } }
  $show"
compare 'species A = 1; A -> 0;' 'minimize over osc.W, osc.x0 by adam(lr = 0.01, steps = 6, restarts = 9) {
  run osc for 10 every 0.2 by ode(solver = rk4, dt = 0.1);
  loss mean((trajectory(osc.s[0]) - 0.3)^2) + 1e-3 * entropy(osc.P); }
  print "{osc.loss:.17g} {osc.losses:.17g} {osc.W:.17g}";'
