# awk -f lumping_ssa.awk A.csv B.csv: runs of two networks with the same columns; at each time after the first, each
# column has the same distribution by the two-sample test of Kolmogorov and Smirnov. For n >= 458 runs of each
# P(sqrt(n / 2) D >= c) <= 2 exp(-2 c^2) (Wei, Dudley: Two-sample Dvoretzky-Kiefer-Wolfowitz inequalities, 2012), for
# distributions with steps as well; c is such that all comparisons together give a false alarm with probability at most 1e-4.
function insert_sort(list, n,    i, j, gap, v) {                # Shell's
    for (gap = int(n / 2); gap > 0; gap = int(gap / 2))
        for (i = gap + 1; i <= n; i++) {
            v = list[i]
            for (j = i; j > gap && list[j - gap] > v; j -= gap) list[j] = list[j - gap]
            list[j] = v
        }
}
function distance(time, column, n,    i, j, a, b, v, d, most) {
    for (i = 1; i <= n; i++) {
        a[i] = value[1, time, column, i]
        b[i] = value[2, time, column, i]
    }
    insert_sort(a, n)
    insert_sort(b, n)
    for (i = j = 1; i <= n && j <= n;) {
        v = a[i] < b[j] ? a[i] : b[j]
        while (i <= n && a[i] == v) i++
        while (j <= n && b[j] == v) j++
        d = (i > j ? i - j : j - i) / n
        if (d > most) most = d
    }
    return most
}
BEGIN { FS = "," }
FNR == 1 { file++; columns[file] = $0; n_columns = NF; next }
$2 > 0 {
    if (!(file SUBSEP $2 in runs)) times[file, ++n_times[file]] = $2
    run = ++runs[file, $2]
    for (i = 3; i <= NF; i++) value[file, $2, i, run] = $i + 0
}
END {
    n = runs[1, times[1, 1]]
    comparisons = n_times[1] * (n_columns - 2)
    if (n < 458 || comparisons < 1 || n_times[1] != n_times[2] || columns[1] != columns[2]) {
        print "the files do not have the same columns and times, and 458 runs at least"
        exit 1
    }
    bound = sqrt(log(2 * comparisons / 1e-4) / 2)
    for (t = 1; t <= n_times[1]; t++)
        for (i = 3; i <= n_columns; i++) {
            same = n == runs[2, times[1, t]]
            c = sqrt(n / 2) * distance(times[1, t], i, n)
            if (c > worst) worst = c
            bad += !same || c >= bound
        }
    printf "%d comparisons of %d runs: largest distance %.3f, allowed %.3f\n", comparisons, n, worst, bound
    exit bad != 0
}
