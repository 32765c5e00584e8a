/* The derivative of a run that ends in a steady state x, f(x, p) = 0, by the implicit function theorem. At
 * rest the adjoint equation dy/ds = J^T y has a constant J: all of y decays except a combination W c of the
 * conserved sums W. With z = integral of y ds,
 *
 *   J^T z - W c = -y(end),   W^T z = 0,   p_bar = z^T df/dp,   y before = W c
 *
 * whatever steps the solver took. This fails if the state at rest depends on the path to it by more than
 * conserved sums, as with A -> B, A -> C. Then the system is singular, and the course is followed back step
 * by step. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"
#include "rt_sparse.h"

/* The smallest ratio of pivots with which the system does not count as singular, and the largest residual
 * relative to the right side. */
static const double LEAST_RCOND = 1e-13, RESIDUAL = 1e-9;

struct bordered { /* [J^T, -W; W^T, 0], by columns */
    int n, nnz;
    int *column, *row;
    double *value;
};

static bool is_held(const struct adjoint *a, int32_t s)
{
    return a->m->species_kind[s] == CRNL_CONSTANT; /* Jacobians have no entries for constant species: z is 0
                                                    * there */
}

static void put(struct bordered *b, int row, double value)
{
    b->row[b->nnz] = row;
    b->value[b->nnz++] = value;
}

/* Writes W^T into the rows below column s. */
static void put_sums(const struct adjoint *a, struct bordered *b, int32_t s)
{
    const struct crnl_model *m = a->m;
    for (int32_t i = 0; i < m->n_sums; i++) {
        for (int32_t e = m->sum_ptr[i]; e < m->sum_ptr[i + 1]; e++) {
            if (m->sum_species[e] == s) {
                put(b, (int)a->n + i, m->sum_count[e]);
            }
        }
    }
}

static void fill(const struct adjoint *a, const struct rt_jacobian *jac, const double *values,
                 struct bordered *b)
{
    const struct crnl_model *m = a->m;
    size_t n = (size_t)a->n, sums = (size_t)(m->n_sums > 0 ? m->sum_ptr[m->n_sums] : 0);
    size_t most = (size_t)jac->nnz + n + 2 * sums;
    int *first = rt_alloc(n + 2, sizeof *first), *at = rt_alloc((size_t)jac->nnz, sizeof *at);
    b->n = (int)n + m->n_sums;
    b->column = rt_alloc((size_t)b->n + 1, sizeof *b->column);
    b->row = rt_alloc(most, sizeof *b->row);
    b->value = rt_alloc(most, sizeof *b->value);
    for (int32_t i = 0; i < jac->nnz; i++) {
        first[jac->row[i] + 1]++;
    }
    for (size_t s = 0; s < n; s++) {
        first[s + 1] += first[s];
    }
    int *next = rt_copy(first, n + 1, sizeof *next), *of = rt_alloc((size_t)jac->nnz, sizeof *of);
    for (int32_t c = 0; c < (int32_t)n; c++) { /* column c of J is row c of J^T */
        for (int32_t i = jac->col[c]; i < jac->col[c + 1]; i++) {
            at[next[jac->row[i]]] = i;
            of[next[jac->row[i]]++] = c;
        }
    }
    for (int32_t s = 0; s < (int32_t)n; s++) {
        if (is_held(a, s)) {
            put(b, s, 1);
        } else {
            for (int i = first[s]; i < first[s + 1]; i++) {
                if (!is_held(a, of[i])) {
                    put(b, of[i], values[at[i]]);
                }
            }
            put_sums(a, b, s);
        }
        b->column[s + 1] = b->nnz;
    }
    for (int32_t i = 0; i < m->n_sums; i++) {
        for (int32_t e = m->sum_ptr[i]; e < m->sum_ptr[i + 1]; e++) {
            if (!is_held(a, m->sum_species[e])) {
                put(b, m->sum_species[e], -m->sum_count[e]);
            }
        }
        b->column[n + (size_t)i + 1] = b->nnz;
    }
    free(first);
    free(at);
    free(next);
    free(of);
}

/* The largest residual of the solution x, relative to the right side. */
static double residual(const struct bordered *b, const double *right, const double *x)
{
    double *off = rt_copy(right, (size_t)b->n, sizeof *off), size = 0, most = 0;
    for (int c = 0; c < b->n; c++) {
        size = fmax(size, fabs(right[c]));
        for (int i = b->column[c]; i < b->column[c + 1]; i++) {
            off[b->row[i]] -= b->value[i] * x[c];
        }
    }
    for (int c = 0; c < b->n; c++) {
        most = off[c] == off[c] ? fmax(most, fabs(off[c])) : INFINITY;
    }
    free(off);
    return size > 0 ? most / size : most;
}

static bool solve(struct bordered *b, double *x)
{
    struct rt_sparse s;
    double *right = rt_copy(x, (size_t)b->n, sizeof *right);
    bool good = rt_sparse_create(&s, b->n, b->column, b->row, LEAST_RCOND) &&
                rt_sparse_factor(&s, b->value) && rt_sparse_is_regular(&s) && rt_sparse_solve(&s, false, x) &&
                residual(b, right, x) < RESIDUAL;
    rt_sparse_destroy(&s);
    free(right);
    return good;
}

static void take(struct adjoint *a, const double *solution)
{
    const struct crnl_model *m = a->m;
    double *x_bar = rt_alloc((size_t)a->n, sizeof *x_bar);
    double *z = rt_copy(solution, (size_t)a->n, sizeof *z);
    for (int32_t s = 0; s < m->n_species; s++) {
        z[s] = is_held(a, s) ? 0 : z[s];
    }
    vjp_rhs(&a->v, a->c->t_end, a->c->x_end, z, x_bar);
    for (int32_t s = 0; s < m->n_species; s++) {
        a->y[s] = is_held(a, s) ? a->y[s] + x_bar[s] : 0;
    }
    for (int32_t i = 0; i < m->n_sums; i++) {
        for (int32_t e = m->sum_ptr[i]; e < m->sum_ptr[i + 1]; e++) {
            int32_t s = m->sum_species[e];
            a->y[s] += is_held(a, s) ? 0 : m->sum_count[e] * solution[a->n + i];
        }
    }
    free(x_bar);
    free(z);
}

bool adjoint_steady(struct adjoint *a)
{
    const struct crnl_model *m = a->m;
    struct rt_jacobian jac;
    struct bordered b = {0};
    if (a->job->span != CRNL_SPAN_STEADY || a->job->spec->until >= 0 || a->has_between || a->n == 0 ||
        !rt_jacobian_create(&jac, m)) {
        return false;
    }
    double *values = rt_alloc((size_t)jac.nnz, sizeof *values);
    a->code->jac(&jac, m, a->c->t_end, a->c->x_end, a->v.p, a->v.k, values);
    fill(a, &jac, values, &b);
    double *x = rt_alloc((size_t)b.n, sizeof *x);
    for (int32_t s = 0; s < m->n_species; s++) {
        x[s] = is_held(a, s) ? 0 : -a->y[s];
    }
    bool good = solve(&b, x);
    if (good) {
        take(a, x);
    }
    free(x);
    free(values);
    free(b.column);
    free(b.row);
    free(b.value);
    rt_jacobian_destroy(&jac);
    return good;
}
