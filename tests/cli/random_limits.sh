# `to limit` on random networks against exact arithmetic, and against the ODE at a large time. The networks are
# non-competitive and acyclic by the way they are made: a reaction consumes species that nothing consumed before
# and gives new species, or species that nothing has consumed yet; its lines are then shuffled. Amounts are
# multiples of 1/8 and reactants have coefficients 1 or 2, so that all values are dyadic rationals of few bits, which
# awk's doubles hold exactly. Reactions have at most two reactant molecules: a tie then decays like 1/t, which
# bounds the difference at t = 1e6 (products of up to nine molecules in a chain multiply it).
awk '
function draw(n) { seed = (seed * 16807) % 2147483647; return int(seed / 2147483647 * n) }     # 0 .. n - 1
function side_add(side, count, s) { return side (side == "" ? "" : " + ") (count > 1 ? count " " : "") "S" s }
function take(    i, s) { i = draw(n_open); s = open[i]; open[i] = open[--n_open]; return s }
function network(id,    n, i, j, k, left, right, room, extent, least, s, n_reactants, reactant, count, n_line, line, text) {
    n = 2 + draw(3); n_open = 0; split("", amount)
    for (i = 0; i < n; i++) { amount[i] = draw(64) / 8; first[i] = amount[i]; open[n_open++] = i }
    n_line = 0
    for (k = 6 + draw(9); k > 0 && n_open > 0; k--) {
        room = 2; n_reactants = 0; left = ""; right = ""; least = 1e300
        for (j = 1 + draw(2); j > 0 && room > 0 && n_open > 0; j--) {
            s = take(); reactant[n_reactants] = s
            count[n_reactants] = 1 + draw(room > 1 ? 2 : 1); room -= count[n_reactants]
            left = side_add(left, count[n_reactants], s)
            extent = amount[s] / count[n_reactants]; if (extent < least) least = extent
            n_reactants++
        }
        for (j = 0; j < n_reactants; j++) amount[reactant[j]] -= least * count[j]
        for (j = 1 + draw(3); j > 0; j--) {
            i = 1 + draw(3)
            if (n_open > 0 && draw(3) == 0) s = open[draw(n_open)]
            else { s = n++; amount[s] = 0; first[s] = 0; open[n_open++] = s }
            right = side_add(right, i, s); amount[s] += least * i
        }
        line[n_line++] = "  " left " ->{" (1 + draw(8)) / 2 "} " right ";"
    }
    print "network n" id " {"
    text = ""
    for (i = 0; i < n; i++) text = text (i ? ", " : "") "S" i " = " sprintf("%.17g", first[i])
    print "  species " text ";"
    while (n_line > 0) { i = draw(n_line); print line[i]; line[i] = line[--n_line] }
    print "}"
    body = body "  run n" id " to limit;\n"
    for (i = 0; i < n; i++) body = body sprintf("  assert n%d.S%d == %.17g;\n", id, i, amount[i])
    body = body "  run n" id " for 1e6 by ode(rtol = 1e-6, atol = 1e-10);\n"
    for (i = 0; i < n; i++) body = body sprintf("  assert abs(n%d.S%d - %.17g) < 5e-3;\n", id, i, amount[i])
    total += n
}
BEGIN {
    seed = 20250101
    for (id = 0; id < 30; id++) network(id)
    print "experiment main {\n" body "  print \"limits of 30 networks,\", " total ", \"species\";\n}"
}' >limits.crnl
"$CRNLC" run limits.crnl
