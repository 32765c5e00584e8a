/* Laws that are infinitely steep at an amount of 0, as X^0.3 at X = 0. An amount that such a law consumes is
 * used up in finite time, or follows a small inflow without delay at amounts whose relaxation is faster than
 * any step. Rounding then decides the signs of amounts and rates, and no step is short enough. Amounts so
 * small that they count as 0 in a step (rt_ode_nothing) do not need such a law. There it is replaced by the
 * line from its value at 0 to its value at the smallest amount that counts, or by the product of these lines
 * if it reads several such amounts. This changes an amount by no more than that smallest amount, and keeps
 * conserved sums, because it only replaces the rate of a reaction. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ode.h"

/* The most amounts of one law that may be small at once: 2 to this power is the number of values that are
 * combined. */
enum { MOST_SMALL = 4 };
static const double TRACE = 1e-14; /* relative to the present or possible amount */
static const double ABOVE = 2;

void rt_steep_create(struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    struct rt_steep *w = &o->steep;
    int32_t most = m->grad_ptr ? m->grad_ptr[m->n_reactions] : 0;
    w->grad = rt_alloc((size_t)most, sizeof *w->grad);
    w->ptr = rt_alloc((size_t)m->n_reactions + 1, sizeof *w->ptr);
    w->law = rt_alloc((size_t)m->n_reactions, sizeof *w->law);
    w->x = rt_alloc((size_t)o->n, sizeof *w->x);
}

void rt_steep_destroy(struct rt_ode *o)
{
    free(o->steep.grad);
    free(o->steep.ptr);
    free(o->steep.law);
    free(o->steep.x);
}

/* Whether a law is infinitely steep in its argument e at 0, or has half of its value at a trace already,
 * because the line along its slope at 0 is far above its value there. x has the possible amounts of all
 * species. */
static bool is_steep(const struct rt_ode *o, int32_t j, int32_t e, double *x)
{
    const struct crnl_model *m = o->m;
    const double *p = o->job->param;
    int32_t s = m->grad_species[e];
    double all = x[s], t = rt_events_time(&o->events, o->t);
    x[s] = 0;
    double slope = m->expr(m->env, m->grad_expr[e], x, t, p, NULL, 1);
    x[s] = TRACE * all;
    double there = m->expr(m->env, rt_law(m, j), x, t, p, NULL, 1);
    x[s] = all;
    return m->species_kind[s] != CRNL_CONSTANT && !o->is_signed[s] &&
           !(fabs(slope) * TRACE * all <= ABOVE * fabs(there));
}

void rt_steep_at_start(struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    struct rt_steep *w = &o->steep;
    int32_t n = 0;
    w->n = 0;
    double most = 0;
    for (int64_t s = 0; s < o->n; s++) {
        w->x[s] = fmax(o->largest[s], o->possible[s]);
        most = fmax(most, w->x[s]);
    }
    /* amounts of 0 get a unit from the others, because results must not depend on units */
    for (int64_t s = 0; s < o->n; s++) {
        w->x[s] = w->x[s] > 0 ? w->x[s] : most > 0 ? most : 1;
    }
    for (int32_t j = 0; j < m->n_reactions && m->grad_ptr && o->moving->grows; j++) {
        int32_t first = n;
        for (int32_t e = m->grad_ptr[j]; e < m->grad_ptr[j + 1]; e++) {
            if (is_steep(o, j, e, w->x)) {
                w->grad[n++] = e;
            }
        }
        if (n > first && n - first <= MOST_SMALL) {
            w->law[w->n] = j;
            w->ptr[w->n++] = first;
        } else {
            n = first;
        }
    }
    w->ptr[w->n] = n;
}

static bool is_small(const struct rt_ode *o, const double *x, int32_t s)
{
    return x[s] < rt_ode_nothing(o, s);
}

bool rt_steep_near(const struct rt_ode *o, const double *x)
{
    const struct rt_steep *w = &o->steep;
    bool near = false;
    for (int32_t i = 0; i < w->ptr[w->n] && !near; i++) {
        near = is_small(o, x, o->m->grad_species[w->grad[i]]);
    }
    return near;
}

bool rt_steep_rises(const struct rt_ode *o, const double *x)
{
    const struct rt_steep *w = &o->steep;
    bool rises = false;
    for (int32_t i = 0; i < w->ptr[w->n] && !rises; i++) {
        int32_t s = o->m->grad_species[w->grad[i]];
        rises = fabs(x[s]) > 2 * fmax(fmax(fabs(o->start[s]), fabs(o->x[s])), rt_ode_nothing(o, s));
    }
    return rises;
}

void rt_steep_raise(const struct rt_ode *o, const double *x, bool counts, double *raised)
{
    const struct rt_steep *w = &o->steep;
    memcpy(raised, x, (size_t)o->n * sizeof *x);
    for (int32_t i = 0; i < w->ptr[w->n]; i++) {
        int32_t s = o->m->grad_species[w->grad[i]];
        raised[s] = fmax(raised[s], counts ? rt_ode_nothing(o, s) : 0);
    }
}

/* Finds the small amounts that steep law i reads. */
static int32_t find_small(const struct rt_ode *o, int32_t i, const double *x, int32_t small[MOST_SMALL])
{
    const struct rt_steep *w = &o->steep;
    int32_t n = 0;
    for (int32_t k = w->ptr[i]; k < w->ptr[i + 1]; k++) {
        int32_t s = o->m->grad_species[w->grad[k]];
        if (is_small(o, x, s)) {
            small[n++] = s;
        }
    }
    return n;
}

/* The rate of steep law i at x, on the lines between its values; with of >= 0, the derivative by small[of].
 * The other amounts are those in y, which is restored. NaN if the law has no value at one of the places. */
static double rate_along(const struct rt_ode *o, int32_t i, double t, const double *x, const int32_t *small,
                         int32_t n, int32_t of, double *y)
{
    double sum = 0, before[MOST_SMALL];
    for (int32_t k = 0; k < n; k++) {
        before[k] = y[small[k]];
    }
    for (int corner = 0; corner < 1 << n; corner++) {
        double weight = 1;
        for (int32_t k = 0; k < n; k++) {
            double nothing = rt_ode_nothing(o, small[k]), part = x[small[k]] / nothing;
            bool up = corner >> k & 1;
            y[small[k]] = up ? nothing : 0;
            weight *= k == of ? (up ? 1 : -1) / nothing : up ? part : 1 - part;
        }
        sum += weight * rt_rate(o->m, o->steep.law[i], t, y, o->job->param, o->events.k);
    }
    for (int32_t k = 0; k < n; k++) {
        y[small[k]] = before[k];
    }
    return sum;
}

void rt_steep_rhs(const struct rt_ode *o, double t, const double *x, double *y, double *dx)
{
    const struct crnl_model *m = o->m;
    t = rt_events_time(&o->events, t);
    for (int32_t i = 0; i < o->steep.n; i++) {
        int32_t small[MOST_SMALL], j = o->steep.law[i], n = find_small(o, i, x, small);
        double v =
            n > 0 ? rate_along(o, i, t, x, small, n, -1, y) - rt_rate(m, j, t, y, o->job->param, o->events.k)
                  : 0;
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1] && fabs(v) < INFINITY; e++) {
            dx[m->net_species[e]] += m->net_delta[e] * v;
        }
    }
}

/* Adds v to the entry of the Jacobian in row `row` and column `col`. */
static void add_entry(const struct rt_jacobian *j, int32_t row, int32_t col, double v, double *values)
{
    for (int32_t i = j->col[col]; i < j->col[col + 1]; i++) {
        values[i] += j->row[i] == row ? v : 0;
    }
}

void rt_steep_jacobian(const struct rt_ode *o, const struct rt_jacobian *jac, double t, const double *x,
                       double *y, double *values)
{
    const struct crnl_model *m = o->m;
    const struct rt_steep *w = &o->steep;
    t = rt_events_time(&o->events, t);
    for (int32_t i = 0; i < w->n; i++) {
        int32_t small[MOST_SMALL], j = w->law[i], n = find_small(o, i, x, small);
        for (int32_t k = w->ptr[i]; k < w->ptr[i + 1]; k++) {
            int32_t e = w->grad[k], s = m->grad_species[e], of = 0;
            while (of < n && small[of] != s) {
                of++;
            }
            double v =
                of == n ? 0
                        : rate_along(o, i, t, x, small, n, of, y) -
                              o->events.k[j] * m->expr(m->env, m->grad_expr[e], y, t, o->job->param, NULL, 1);
            for (int32_t c = m->net_ptr[j]; c < m->net_ptr[j + 1] && fabs(v) < INFINITY; c++) {
                add_entry(jac, m->net_species[c], s, m->net_delta[c] * v, values);
            }
        }
    }
}
