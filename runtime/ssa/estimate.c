/* Estimates the cost of an event in the present state: how many propensities it changes, as a mean over the
 * reactions, weighted by their rates. */
#include <math.h>
#include <stdlib.h>

#include "rt_ssa.h"

enum { SAMPLE = 1 << 10 }; /* how many reactions are sampled, if some of them can fire */

double *rt_ssa_readers(const struct crnl_model *m)
{
    double *readers = rt_alloc((size_t)m->n_species, sizeof *readers);
    for (int32_t e = 0; e < m->lhs_ptr[m->n_reactions]; e++) {
        readers[m->lhs_species[e]]++;
    }
    return readers;
}

/* Mass action at the given amounts; laws, and reactions without known amounts, count as 1. */
static double rate_at(const struct crnl_model *m, int32_t j, const struct crnl_amounts *at)
{
    if (!at || !at->x || !at->k || rt_law(m, j) >= 0) {
        return 1;
    }
    double a = at->k[j];
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        a = rt_times_falling(a, at->x[m->lhs_species[e]], m->lhs_count[e]);
    }
    return a > 0 && a < INFINITY ? a : 0;
}

/* What `leaves` said last: amounts and changes are mostly alike. */
struct memo {
    double x, readers, delta, left, change;
};

/* The fraction of events changing an amount x by delta that make it leave its interval, as in a random walk.
 * *change: by how much bounds of the propensities that read it change then, relative to these. */
static double leaves(struct memo *m, double x, double readers, double delta, double *change)
{
    if (m->x == x && m->readers == readers && m->delta == delta) {
        *change = m->change;
        return m->left;
    }
    double width = x < 1 ? 0 : rt_rejection_width(x, readers);
    double above = x > 1 ? x - 1 : 0, steps = 1 + (delta < 0 && above < width ? above : width);
    double relative = steps / (x > 1 ? x : 1), left = delta * delta / (steps * steps);
    *m = (struct memo){x, readers, delta, left < 1 ? left : 1, relative < 1 ? relative : 1};
    *change = m->change;
    return m->left;
}

/* Adds every stride-th reaction to e; returns the sum of their propensities. */
static double add_up(struct crnl_estimate *e, const struct crnl_model *m, const struct crnl_amounts *at,
                     const double *readers, int32_t stride)
{
    double total = 0, looked = 0, firing = 0;
    struct memo memo[2] = {{.readers = -1},
                           {.readers = -1}}; /* for species that a reaction takes, and makes */
    for (int32_t j = 0; j < m->n_reactions; j += stride) {
        double a = rate_at(m, j, at);
        for (int32_t i = m->net_ptr[j]; a > 0 && i < m->net_ptr[j + 1]; i++) {
            int32_t s = m->net_species[i];
            struct memo *known = &memo[m->net_delta[i] > 0];
            double change,
                left = leaves(known, at && at->x ? at->x[s] : 0, readers[s], m->net_delta[i], &change);
            e->updates += a * readers[s];
            e->renewals += a * readers[s] * left;
            e->moves += a * readers[s] * left * change;
        }
        total += a;
        looked++;
        firing += a > 0;
    }
    /* an amount whose reactions cannot fire mostly stays where it is */
    e->moves *= looked > 0 ? firing / looked : 0;
    return total;
}

struct crnl_estimate rt_ssa_estimate(const struct crnl_model *m, const struct crnl_amounts *at)
{
    struct crnl_estimate e = {.is_made = true};
    if (at && at->estimate && at->estimate->is_made) {
        return *at->estimate;
    }
    double *counted = at && at->readers ? NULL : rt_ssa_readers(m);
    const double *readers = counted ? counted : at->readers;
    double total = add_up(&e, m, at, readers, 1 + m->n_reactions / SAMPLE);
    total = total > 0 ? total : add_up(&e, m, at, readers, 1);
    /* nothing can fire: all reactions get equal weight */
    total = total > 0 ? total : add_up(&e, m, NULL, readers, 1);
    e.updates /= total > 0 ? total : 1;
    e.renewals /= total > 0 ? total : 1;
    e.moves /= total > 0 ? total : 1;
    free(counted);
    if (at && at->estimate) {
        *at->estimate = e;
    }
    return e;
}
