# awk -f check.awk -v reference=FOLDER -v kurtosis=FILE -v output=FOLDER CASE...: compares mean and standard
# deviation over n runs with the exact values of the suite, over all cases at once.
#
# At each time with sigma > 0, for each observed amount:
#   Z = sqrt(n) (m - mu) / sigma                  standard normal for large n
#   Y = sqrt(n / 2) (S^2 / sigma^2 - 1)           normal, variance 1 + kappa / 2
# where kappa is the excess kurtosis (kurtosis.csv), so V = Y / sqrt(1 + kappa / 2) is standard normal. Where
# sigma = 0 the values must be equal. Times of one case depend on each other; cases have seeds of their own and do
# not. Three bounds, each valid under any dependence within a case:
#   extreme  no |Z| or |V| beyond z*, with N 2 Phi(-z*) = 5e-4 for N comparisons (Bonferroni)
#   means    cases with some |Z| > 3: a case with c comparisons has one with probability at most c 2 Phi(-3); of
#            independent cases more than k have one with probability at most 2.5e-4 (tail of a sum of Bernoulli
#            variables); k is the least such number
#   sds      the same for |V|
# Together a right simulator with another seed fails with probability at most 1e-3 (to the accuracy of the normal
# limit at n runs). The suite's own ranges, Z in (-3, 3) and Y in (-5, 5), are counted and printed.
function tail(z,    i, f) {                 # Phi(-z), z > 0, by the continued fraction of Mills' ratio
    f = z
    for (i = 200; i >= 1; i--) f = z + i / f
    return exp(-z * z / 2) / sqrt(2 * 3.14159265358979324) / f
}
function size(x) { return x < 0 ? -x : x }
function fail(text) { print text; bad++ }
function read_csv(path, table,    line, n, i, title, cell, row) {  # table[title, row]; returns rows
    row = -1
    while ((getline line < path) > 0) {
        gsub(/["\r ]/, "", line)
        if (line == "" || line ~ /^#/) continue
        n = split(line, cell, ",")
        if (row++ < 0) {
            for (i = 1; i <= n; i++) {
                title[i] = cell[i]
                sub(/[-_.]mean$/, "-mean", title[i])
                sub(/[-_.]sd$/, "-sd", title[i])
            }
            continue
        }
        for (i = 1; i <= n; i++) table[title[i], row - 1] = cell[i]
    }
    close(path)
    for (i in title) columns[title[i]] = 1
    return row
}
function compare(id, name, t, mu, sigma, m, s, kappa,    z, y, v) {
    if (m == "" || s == "" || m != m + 0 || s != s + 0) {
        fail(id " " name " at " t ": no numbers: '" m "' '" s "'")
        return
    }
    if (sigma == 0) {
        if (m != mu || s != 0) fail(id " " name " at " t ": " m " and " s ", must be exactly " mu " and 0")
        return
    }
    z = sqrt(runs) * (m - mu) / sigma
    y = sqrt(runs / 2) * (s * s / (sigma * sigma) - 1)
    v = y / sqrt(1 + kappa / 2)
    count[id]++
    if (size(z) > 3) { mean_miss[id]++; suite_mean++ }
    if (size(v) > 3) sd_miss[id]++
    if (size(y) > 5) suite_sd++
    if (size(z) > extreme) { extreme = size(z); where = id " " name " at " t ": Z = " z }
    if (size(v) > extreme) { extreme = size(v); where = id " " name " at " t ": V = " v }
    sum_z += z; sum_zz += z * z; sum_vv += v * v; n_all++
}
function allowed(p_false,    id, p, k, j, n, prob, over) {      # least k with P(more than k cases miss) <= p_false
    n = 0; prob[0] = 1
    for (id in count) {
        p = count[id] * 2 * tail(3); if (p > 1) p = 1
        n++; prob[n] = 0
        for (j = n; j >= 1; j--) prob[j] = prob[j] * (1 - p) + prob[j - 1] * p
        prob[0] *= 1 - p
    }
    over = 0
    for (k = n; k >= 0 && over + prob[k] <= p_false; k--) over += prob[k]
    return k
}
BEGIN {
    runs = 10000
    read_kurtosis()
    for (a = 1; a < ARGC; a++) {
        id = ARGV[a]
        split("", want); split("", got); split("", columns)
        rows = read_csv(reference "/" id "/" id "-results.csv", want)
        split("", names)
        for (c in columns) if (c ~ /-mean$/) { sub(/-mean$/, "", c); names[c] = 1 }
        found = read_csv(output "/" id ".csv", got)
        if (rows != 51 || found != rows) {
            fail(id ": " found " rows, not " rows " (51 are expected)")
            continue
        }
        for (name in names)
            for (t = 0; t < rows; t++) {
                if (want["time", t] + 0 != got["time", t] + 0)
                    fail(id ": row " t " is of time " got["time", t])
                compare(id, name, t, want[name "-mean", t] + 0, want[name "-sd", t] + 0, \
                        got[name "-mean", t], got[name "-sd", t], kappa[id, name, t])
            }
    }
    if (n_all) report()
    exit bad != 0
}
function read_kurtosis(    line, n, cell, i) {
    while ((getline line < kurtosis) > 0) {
        n = split(line, cell, ",")
        if (line ~ /^[0-9]/) for (i = 3; i <= n; i++) kappa[cell[1], cell[2], i - 3] = cell[i]
    }
}
function report(    id, cases, means, sds, k, z) {
    for (id in count) { cases++; means += mean_miss[id] > 0; sds += sd_miss[id] > 0 }
    for (z = 3; 2 * n_all * 2 * tail(z) > 5e-4; z += 0.001) ;
    k = allowed(2.5e-4)
    printf "%d cases, %d means and as many standard deviations, %d runs each\n", cases, n_all, runs
    printf "mean of Z %.3f, of Z^2 %.3f, of V^2 %.3f\n", sum_z / n_all, sum_zz / n_all, sum_vv / n_all
    printf "extreme: %.3f (%s), allowed %.3f\n", extreme, where, z
    printf "cases with |Z| > 3: %d, with |V| > 3: %d, allowed %d\n", means, sds, k
    printf "suite's ranges: %d of Z, %d of Y outside\n", suite_mean, suite_sd
    if (extreme > z) fail("a value beyond the bound")
    if (means > k) fail("too many cases with a missed mean")
    if (sds > k) fail("too many cases with a missed standard deviation")
}
