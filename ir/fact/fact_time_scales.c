#include "ir/fact/fact.h"

#include <math.h>
#include <stdlib.h>

#include "ir/interp/interp.h"
#include "support/mem.h"

struct state {
    const struct net *n;
    struct interp *it;
    double *p, *k, *x;
};

/* Fills in the initial amounts; an amount of 0 is replaced by the mean of the positive ones. */
static void fill_amounts(struct state *w)
{
    double sum = 0;
    size_t positive = 0;
    if (!interp_initial(w->it, w->p, w->x)) {
        for (size_t s = 0; s < w->n->species.n; s++) {
            w->x[s] = 0;
        }
    }
    for (size_t s = 0; s < w->n->species.n; s++) {
        if (w->x[s] > 0) {
            sum += w->x[s];
            positive++;
        }
    }
    double mean = positive ? sum / (double)positive : 1;
    for (size_t s = 0; s < w->n->species.n; s++) {
        w->x[s] = w->x[s] > 0 ? w->x[s] : mean;
    }
}

static double propensity(const struct state *w, reaction_id j)
{
    const struct reaction *r = &w->n->reaction.data[j];
    if (r->rate_kind == RATE_LAW) {
        return interp_value(w->it, r->rate, w->x, 0, w->p, NULL, 1);
    }
    double v = w->k[j];
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        v *= pow(w->x[net_lhs(w->n, r)[i].species], (double)net_lhs(w->n, r)[i].count);
    }
    return v;
}

/* d propensity / d amount: exact for mass action, a central difference for a law. */
static double sensitivity(struct state *w, reaction_id j, struct term reactant)
{
    double x = w->x[reactant.species];
    if (w->n->reaction.data[j].rate_kind == RATE_MASS_ACTION) {
        return propensity(w, j) * (double)reactant.count / x;
    }
    double h = 1e-5 * x;
    w->x[reactant.species] = x + h;
    double above = propensity(w, j);
    w->x[reactant.species] = x - h;
    double below = propensity(w, j);
    w->x[reactant.species] = x;
    return fabs(above - below) / (2 * h);
}

static int64_t count_on(const struct term *side, uint32_t n, species_id s)
{
    for (uint32_t i = 0; i < n; i++) {
        if (side[i].species == s) {
            return side[i].count;
        }
    }
    return 0;
}

struct time_scales fact_time_scales(const struct net *n)
{
    struct time_scales result = {.fast = -1, .slow = -1};
    struct state w = {.n = n, .it = interp_create(n)};
    w.p = mem_zalloc((size_t)n->n_slots + 1, sizeof *w.p);
    w.k = mem_zalloc(n->reaction.n + 1, sizeof *w.k);
    w.x = mem_zalloc(n->species.n + 1, sizeof *w.x);
    int32_t slot;
    bool good = interp_params(w.it, NULL, NULL, w.p, &slot) && interp_rates(w.it, w.p, w.k);
    fill_amounts(&w);
    for (size_t j = 0; j < n->reaction.n && good; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = 0; i < r->n_lhs && net_change_is_known(r); i++) {
            struct term t = net_lhs(n, r)[i];
            int64_t lost = t.count - count_on(net_rhs(n, r), r->n_rhs, t.species);
            bool consumed = lost > 0 && n->species.data[t.species].kind != SPECIES_CONSTANT;
            double rate = consumed ? (double)lost * sensitivity(&w, (reaction_id)j, t) : 0;
            if (!(rate > 0 && rate < INFINITY)) {
                continue;
            }
            if (result.fast < 0 || rate > result.fastest) {
                result.fastest = rate;
                result.fast = (reaction_id)j;
            }
            if (result.slow < 0 || rate < result.slowest) {
                result.slowest = rate;
                result.slow = (reaction_id)j;
            }
        }
    }
    interp_destroy(w.it);
    free(w.p);
    free(w.k);
    free(w.x);
    return result;
}
