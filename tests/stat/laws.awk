# awk -f laws.awk -v runs=N -v tests=M FILE...: each FILE is named NETWORK.KERNEL and has a line 'law [p, ...]', the probabilities of
# 0, 1, ... by the master equation, and a line 'runs [f, ...]', the fractions of N runs by a kernel. Pearson's chi squared: neighbours
# are put together until 8 runs are expected, what the lists do not show is a cell of its own if it is expected so often. A test fails
# where the law gives such a value or a greater one with a probability below 1e-3 / M: of right kernels all M pass
# with other seeds but for one time in a thousand (to the accuracy of the limit law with 8 in each cell).
function log_gamma(x,    sum, i, c, t) {   # Lanczos, to 1e-10
    split("76.18009172947146 -86.50532032941677 24.01409824083091 -1.231739572450155 0.001208650973866179 -0.000005395239384953", c, " ")
    sum = 1.000000000190015
    for (i = 1; i <= 6; i++) sum += c[i] / (x + i)
    t = x + 5.5
    return (x + 0.5) * log(t) - t + log(2.5066282746310005 * sum / x)
}
function upper(a, x,    i, sum, term, f, c, d, b, an) {   # Q(a, x), the incomplete gamma function
    if (x <= 0) return 1
    if (x < a + 1) {
        term = sum = 1 / a
        for (i = 1; i < 1000; i++) { term *= x / (a + i); sum += term }
        return 1 - sum * exp(-x + a * log(x) - log_gamma(a))
    }
    b = x + 1 - a; c = 1e300; d = 1 / b; f = d
    for (i = 1; i < 1000; i++) {
        an = -i * (i - a); b += 2
        d = an * d + b; if (d == 0) d = 1e-300
        c = b + an / c; if (c == 0) c = 1e-300
        d = 1 / d; f *= d * c
    }
    return f * exp(-x + a * log(x) - log_gamma(a))
}
function numbers(line, list) {
    sub(/^[a-z]* /, "", line)
    gsub(/[][]/, "", line)
    return split(line, list, /, */)
}
function cell(e, o) { chi += (o - e) * (o - e) / e; cells++ }
function test(name,    i, e, o, all_e, all_o, value) {
    chi = cells = e = o = all_e = all_o = 0
    for (i = 1; i <= n; i++) {
        e += runs * p[i]; o += runs * f[i]
        if (e >= 8) { cell(e, o); all_e += e; all_o += o; e = o = 0 }
    }
    e = runs - all_e; o = runs - all_o        # the last ones, and what is beyond the list
    if (e >= 8) cell(e, o)
    else if (e > 1e-6 * runs || o > 0.5) { chi += e > 0 ? (o - e) * (o - e) / (e > 1 ? e : 1) : 1e9; cells++ }
    value = upper((cells - 1) / 2, chi / 2)
    printf "%-24s %3d cells  chi squared %8.2f  p = %.3g\n", name, cells, chi, value
    if (cells < 2) { print name ": too few cells"; bad++ }
    if (!(value >= 1e-3 / tests)) { print name ": p = " value " is below " 1e-3 / tests; bad++ }
    done++
}
/^law / { n = numbers($0, p) }
/^runs / {
    if (numbers($0, f) != n) { print FILENAME ": lists differ in length"; bad++ }
    name = FILENAME; sub(/.*\//, "", name)
    test(name)
}
END {
    if (done != tests) { print done " of " tests " tests were made"; bad++ }
    print done " tests, " bad + 0 " failed"
    exit bad > 0
}
