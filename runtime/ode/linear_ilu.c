/* Incomplete LU factors, products and sums for GMRES. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/rt_clones.h"
#include "rt_ilu.h"

enum { LANES = 8 };
static inline double sum_of(const double s[LANES])
{
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

RT_CLONES double rt_dot(const double *a, const double *b, int32_t n)
{
    double s[LANES] = {0};
    int32_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int l = 0; l < LANES; l++) {
            s[l] += a[i + l] * b[i + l];
        }
    }
    for (int l = 0; i < n; i++, l++) {
        s[l] += a[i] * b[i];
    }
    return sum_of(s);
}

double rt_norm(const double *a, int32_t n)
{
    return sqrt(rt_dot(a, a, n));
}

RT_CLONES void rt_add_times(double *to, double by, const double *a, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        to[i] += by * a[i];
    }
}

RT_CLONES void rt_scale(double *a, double by, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        a[i] *= by;
    }
}

/* Whether each of four entries counts: -1 or 0. */
typedef int64_t mask __attribute__((vector_size(32), aligned(8), may_alias));

/* Adds entries e to e + 3 of a row, each times the element of x at its column; only the first n, whatever the
 * others are, if n is less than 4. */
static inline __attribute__((always_inline)) void
add_four(rt_four *sum, const double *values, const int32_t *col, int32_t e, int32_t n, const double *x)
{
    static const int64_t keep[] = {-1, -1, -1, -1, 0, 0, 0};
    rt_four of_x = {x[col[e]], x[col[e + 1]], x[col[e + 2]], x[col[e + 3]]};
    of_x *= *(const rt_four *)(values + e);
    if (n < 4) {
        of_x = (rt_four)((mask)of_x & *(const mask *)(keep + 4 - n));
    }
    *sum += of_x;
}

/* The sum of entries [from, to) of a row, each times the element of x at its column. Reads as many as
 * RT_ILU_BEYOND entries beyond the row. */
static inline __attribute__((always_inline)) double row_times(const double *values, const int32_t *col,
                                                              int32_t from, int32_t to, const double *x)
{
    rt_four low = {0}, high = {0};
    int32_t e = from;
    for (; e + LANES <= to; e += LANES) {
        add_four(&low, values, col, e, 4, x);
        add_four(&high, values, col, e + 4, 4, x);
    }
    if (e + 4 <= to) {
        add_four(&low, values, col, e, 4, x);
        e += 4;
        if (e < to) {
            add_four(&high, values, col, e, to - e, x);
        }
    } else if (e < to) {
        add_four(&low, values, col, e, to - e, x);
    }
    low += high;
    return (low[0] + low[2]) + (low[1] + low[3]);
}

RT_CLONES void rt_rows_times(const struct rt_ilu *f, const double *jacobian, double gamma, const double *v,
                             double *to)
{
    for (int32_t i = 0; i < f->n; i++) {
        to[i] = v[i] - gamma * row_times(jacobian, f->col, f->ptr[i], f->ptr[i + 1], v);
    }
}

RT_CLONES void rt_ilu_solve(const struct rt_ilu *f, bool diagonal, const double *b, double *x)
{
    if (diagonal) {
        for (int32_t i = 0; i < f->n; i++) {
            x[i] = b[i] * f->plain[i];
        }
        return;
    }
    for (int32_t i = 0; i < f->n; i++) {
        x[i] = b[i] - row_times(f->values, f->col, f->ptr[i], f->diagonal[i], x);
    }
    for (int32_t i = f->n - 1; i >= 0; i--) {
        x[i] = (x[i] - row_times(f->values, f->col, f->diagonal[i] + 1, f->ptr[i + 1], x)) * f->inverse[i];
    }
}

void rt_ilu_create(struct rt_ilu *f, const struct rt_pattern *p, const struct rt_jacobian *jac,
                   int32_t *place)
{
    size_t n = (size_t)p->n, nnz = (size_t)p->nnz;
    *f = (struct rt_ilu){.n = p->n,
                         .nnz = p->nnz,
                         .ptr = rt_alloc(n + 1, sizeof *f->ptr),
                         .col = rt_alloc(nnz + RT_ILU_BEYOND, sizeof *f->col),
                         .diagonal = rt_alloc(n, sizeof *f->diagonal),
                         .values = rt_alloc(nnz + RT_ILU_BEYOND, sizeof *f->values),
                         .inverse = rt_alloc(n, sizeof *f->inverse),
                         .plain = rt_alloc(n, sizeof *f->plain),
                         .row = rt_alloc(n, sizeof *f->row)};
    int32_t *at = rt_alloc(n, sizeof *at);           /* how many entries of a row have been placed */
    int32_t *by_row = rt_alloc(nnz, sizeof *by_row); /* for each entry by columns, its place by rows */
    for (int32_t e = 0; e < p->nnz; e++) {
        f->ptr[p->row[e] + 1]++;
    }
    for (int32_t i = 0; i < p->n; i++) {
        f->ptr[i + 1] += f->ptr[i];
    }
    for (int32_t s = 0; s < p->n; s++) {
        for (int32_t e = p->col[s]; e < p->col[s + 1]; e++) {
            int32_t row = p->row[e];
            by_row[e] = f->ptr[row] + at[row]++;
            f->col[by_row[e]] = s;
            if (row == s) {
                f->diagonal[s] = by_row[e];
            }
        }
    }
    for (int32_t i = 0; i < jac->nnz; i++) {
        place[i] = p->place[i] >= 0 ? by_row[p->place[i]] : -1;
    }
    free(by_row);
    free(at);
}

void rt_ilu_destroy(struct rt_ilu *f)
{
    free(f->ptr);
    free(f->col);
    free(f->diagonal);
    free(f->values);
    free(f->inverse);
    free(f->plain);
    free(f->row);
}

/* The entry of column `col` in row k after its diagonal, or -1. */
static int32_t find(const struct rt_ilu *f, int32_t k, int32_t col)
{
    int32_t low = f->diagonal[k] + 1, high = f->ptr[k + 1];
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (f->col[middle] < col) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < f->ptr[k + 1] && f->col[low] == col ? low : -1;
}

/* Subtracts `factor` times row k from the row i that is being eliminated, after its entry e. The loop goes
 * over row k or, if that is much longer, over row i. Over row k it also changes columns that row i does not
 * have: a test of each entry would take longer, and nobody reads them. */
static void eliminate(struct rt_ilu *f, int32_t i, int32_t e, int32_t k, double factor)
{
    enum { STEPS_OF_SEARCH = 12 };
    int32_t first = f->diagonal[k] + 1, end = f->ptr[k + 1];
    if (end - first > STEPS_OF_SEARCH * (f->ptr[i + 1] - e)) {
        for (int32_t own = e + 1; own < f->ptr[i + 1]; own++) {
            int32_t other = find(f, k, f->col[own]);
            f->row[f->col[own]] -= other >= 0 ? factor * f->values[other] : 0;
        }
        return;
    }
    for (int32_t other = first; other < end; other++) {
        f->row[f->col[other]] -= factor * f->values[other];
    }
}

bool rt_ilu_factorise(struct rt_ilu *f, const double *jacobian, double gamma)
{
    double sum = 0;
    for (int32_t i = 0; i < f->n; i++) {
        double d = 1 / (1 - gamma * jacobian[f->diagonal[i]]);
        f->plain[i] = d - d == 0 ? d : 1;
    }
    for (int32_t i = 0; i < f->n; i++) {
        for (int32_t e = f->ptr[i]; e < f->ptr[i + 1]; e++) {
            f->row[f->col[e]] = -gamma * jacobian[e];
        }
        f->row[i] += 1;
        for (int32_t e = f->ptr[i]; e < f->diagonal[i]; e++) {
            int32_t k = f->col[e];
            double factor = f->row[k] *= f->inverse[k];
            if (factor != 0) {
                eliminate(f, i, e, k, factor);
            }
        }
        for (int32_t e = f->ptr[i]; e < f->ptr[i + 1]; e++) {
            f->values[e] = f->row[f->col[e]];
            sum += f->values[e] * 0; /* NaN as soon as an entry is not finite */
        }
        f->inverse[i] = 1 / f->values[f->diagonal[i]];
        sum += f->inverse[i] * 0;
    }
    return sum == 0;
}
