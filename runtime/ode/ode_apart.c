/* Rates of very different size. Doubles have 16 digits. If reactions go back and forth k times per unit of
 * time, the equations of an implicit step of length h have entries of h k next to 1. In the quantities that
 * such reactions conserve, and that only slow reactions change, h k rounding errors are then left of what
 * the step corrects. This is visible only where sums are conserved, so that is what is looked for. A solver
 * whose steps are as short as the fast reactions, as those of solvers that are not for stiff problems are,
 * advances, but does not reach the end. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ode.h"

enum { FIRST_LOOK = 8, BETWEEN_LOOKS = 64, MOST_FAST = 200 };
/* h k, in rounding errors, times the error of the step in tolerances: the loss of the step, in tolerances. */
static const double LOST = 10;
static const double SAME = 1e-9; /* relative to an entry: what elimination leaves of 0 */
/* If in this number of consecutive windows more than ENDLESS steps were left to the end, the run is refused:
 * that is more than a day. A run that ends may lengthen its steps slowly during some windows
 * (BIOMD0000000589 by bdf at 1e-10). */
enum { WINDOW = 1024, WINDOWS = 128 };
static const double ENDLESS = 1e11;
static const double GROWN = 2; /* relative to the progress of the window before: steps are becoming longer */

/* How often a reaction with this rate turns over the amount of its entry e; 0 if that is not known. */
static double turnover(const struct rt_ode *o, int32_t e, double rate)
{
    const struct crnl_model *m = o->m;
    int32_t s = m->net_species[e];
    double share = fabs(m->net_delta[e] * rate) / fmax(fabs(o->x[s]), rt_ode_tolerance(o, s));
    return share < INFINITY ? share : 0;
}

static double gross_rate(const struct rt_ode *o, int32_t j)
{
    double t = rt_events_time(&o->events, o->t),
           rate = o->events.k[j] == 0 ? 0 : rt_rate(o->m, j, t, o->x, o->job->param, o->events.k);
    return fmax(fabs(rate), rt_ode_largest_term(o, j));
}

double rt_ode_fastest_turnover(const struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    double fastest = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double rate = gross_rate(o, j);
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            fastest = fmax(fastest, turnover(o, e, rate));
        }
    }
    return fastest;
}

/* Finds reactions that use up a species more often than `limit`, and these species, numbered from 1 in
 * `number`. */
static int32_t find_fast(const struct rt_ode *o, double limit, bool *fast, int32_t *number)
{
    const struct crnl_model *m = o->m;
    int32_t n = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double rate = gross_rate(o, j);
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            int32_t s = m->net_species[e];
            if (m->net_delta[e] < 0 && turnover(o, e, rate) > limit) {
                fast[j] = true;
                number[s] = number[s] > 0 ? number[s] : ++n;
            }
        }
    }
    return n;
}

/* Adds v to a basis of n rows, where row i is empty or has its first entry, 1, at i; returns false if v is
 * in its span. */
static bool add_to_basis(double *basis, int32_t n, double *v)
{
    for (int32_t i = 0; i < n; i++) {
        double *row = basis + (size_t)i * (size_t)n, by = v[i];
        if (fabs(by) <= SAME) {
            continue;
        }
        if (row[i] == 0) {
            for (int32_t k = i; k < n; k++) {
                row[k] = v[k] / by;
            }
            return true;
        }
        for (int32_t k = i; k < n; k++) {
            v[k] -= by * row[k];
        }
    }
    return false;
}

/* Whether the species that fast reactions use up have a sum that these conserve and that only slow reactions
 * change. */
static bool keeps_sum(const struct rt_ode *o, const bool *fast, const int32_t *number, int32_t n)
{
    const struct crnl_model *m = o->m;
    double *basis = rt_alloc((size_t)n * (size_t)n, sizeof *basis), *v = rt_alloc((size_t)n, sizeof *v);
    int32_t rank = 0;
    for (int32_t j = 0; j < m->n_reactions && rank < n; j++) {
        memset(v, 0, (size_t)n * sizeof *v);
        for (int32_t e = m->net_ptr[j]; fast[j] && e < m->net_ptr[j + 1]; e++) {
            if (number[m->net_species[e]] > 0) {
                v[number[m->net_species[e]] - 1] += m->net_delta[e];
            }
        }
        rank += fast[j] && add_to_basis(basis, n, v);
    }
    free(basis);
    free(v);
    return rank < n;
}

/* The largest error of the numbered species, in tolerances. */
static double largest_error(const struct rt_ode *o, const int32_t *number, const double *error)
{
    double most = 0;
    for (int64_t s = 0; s < o->n; s++) {
        most = number[s] > 0 ? fmax(most, fabs(error[s]) / rt_ode_tolerance(o, s)) : most;
    }
    return most;
}

bool rt_ode_is_long(const struct rt_ode *o)
{
    return o->t_horizon < INFINITY && o->crawl.fastest * (o->t - o->t_before) * DBL_EPSILON > LOST;
}

bool rt_ode_has_lost(const struct rt_ode *o, const double *error)
{
    double step = o->t - o->t_before, roundings = o->crawl.fastest * step * DBL_EPSILON;
    bool *fast = rt_alloc((size_t)o->m->n_reactions, sizeof *fast);
    int32_t *number = rt_alloc((size_t)o->n, sizeof *number),
            n = find_fast(o, LOST / (step * DBL_EPSILON), fast, number);
    bool lost = n > 1 && n <= MOST_FAST && roundings * largest_error(o, number, error) > LOST &&
                keeps_sum(o, fast, number, n);
    free(fast);
    free(number);
    return lost;
}

/* Whether steps have been so short for so long that no end is in sight. */
static bool is_endless(struct rt_ode *o)
{
    struct rt_crawl *w = &o->crawl;
    if (++w->steps % WINDOW != 0) {
        return false;
    }
    double moved = o->t - w->t;
    bool crawls = (o->t_horizon - o->t) * WINDOW > moved * ENDLESS && moved < GROWN * w->moved &&
                  o->t_horizon < INFINITY;
    w->times = crawls ? w->times + 1 : 0;
    w->t = o->t;
    w->moved = moved;
    return w->times >= WINDOWS;
}

void rt_ode_apart_begin(struct rt_ode *o)
{
    o->crawl = (struct rt_crawl){.t = o->t};
}

int rt_ode_check_apart(struct rt_ode *o, struct rt_error *e)
{
    if (is_endless(o)) {
        return rt_ode_fail(o, RT_ODE_ENDLESS, NULL, e);
    }
    int64_t n = o->crawl.steps;
    if (n % BETWEEN_LOOKS == 0 || (n >= FIRST_LOOK && (n & (n - 1)) == 0)) {
        o->crawl.fastest = rt_ode_fastest_turnover(o);
    }
    return CRNL_OK;
}
