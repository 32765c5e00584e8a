# A random mass-action network: file `number`.crnl, whose experiment prints the sum of (i + 1) x_i at the end and its derivatives, for
# each of the solvers; and `number`.in, the same for the oracle.
function pick(n) { return int(n * rand()) }
function side(n, list, i, text) {
    text = n == 0 ? "0" : ""
    for (i = 0; i < n; i++) text = text (i ? " + " : "") "X" list[i]
    return text
}
BEGIN {
    srand(number)
    n = 2 + pick(5); m = 2 + pick(10); t = 10 ^ (2 * rand() - 1)
    crnl = number ".crnl"; input = number ".in"
    printf "%d %d %.17g\n", n, m, t >input
    params = species = reactions = gradients = ""
    for (i = 0; i < n; i++) {
        x = pick(3) ? sprintf("%.6g", 3 * rand()) : 0
        print x >input
        species = species (i ? ", " : "") "X" i " = " x
        sum = sum (i ? " + " : "") (i + 1) " * net.X" i
    }
    for (j = 0; j < m; j++) {
        k = sprintf("%.6g", pick(12) ? 10 ^ (5 * rand() - 2) : 0)
        left = pick(8) ? 1 + pick(2) : 0
        right = pick(left > 0 ? left + 1 : 2)      # molecules do not grow in number but where they flow in
        if (left == 0) { right = 1; k = sprintf("%.6g", rand()) }
        printf "%s %d", k, left >input
        for (i = 0; i < left; i++) printf " %d", a[i] = pick(n) >input
        printf " %d", right >input
        for (i = 0; i < right; i++) printf " %d", b[i] = pick(n) >input
        print "" >input
        params = params (j ? ", " : "") "k" j " = " k
        reactions = reactions sprintf("  %s ->{k%d} %s;\n", side(left, a), j, side(right, b))
        gradients = gradients sprintf("  print \"{gradient(l, of = net.k%d):.15g}\";\n", j)
    }
    for (i = 0; i < n; i++) gradients = gradients sprintf("  print \"{gradient(l, of = net.X%d):.15g}\";\n", i)
    printf "network net(%s) {\n  species %s;\n%s}\nexperiment main {\n", params, species, reactions >crnl
    split("auto bdf adams", solver, " ")
    for (s = 1; s <= 3; s++) printf "  for once in 0..1 {\n  run net for %.17g by ode(solver = %s, rtol = 1e-10);\n  let l = %s;\n  print \"{l:.15g}\";\n%s  }\n", t, solver[s], sum, gradients >crnl
    print "}" >crnl
}
