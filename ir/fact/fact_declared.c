/* Whether rates change with parameters as the declared energies do. The test compares the ratios of rates at
 * the default parameters with those at parameters moved along the gradients of the energies, which is how
 * learning moves them. */
#include <math.h>
#include <stdlib.h>

#include "ir/fact/fact.h"
#include "ir/interp/interp.h"
#include "support/mem.h"

static const double TOLERANCE = 1e-9;

/* The energies at the default parameters; undeclared energies and those of constant species are 0. */
static bool find_energies(const struct net *n, double *p, double *energy)
{
    struct interp *it = interp_create(n);
    int32_t slot;
    bool ok = interp_params(it, NULL, NULL, p, &slot);
    for (size_t s = 0; ok && s < n->species.n; s++) {
        const struct species *y = &n->species.data[s];
        energy[s] =
            y->energy && y->kind != SPECIES_CONSTANT ? interp_value(it, y->energy, NULL, 0, p, NULL, 1) : 0;
        ok = fabs(energy[s]) < INFINITY;
    }
    interp_destroy(it);
    return ok;
}

/* A fixed pseudo-random number between -0.5 and 0.5 for each species. */
static double direction(size_t s)
{
    struct crnl_rng rng;
    crnl_rng_seed(&rng, 1, 0, 0, (uint64_t)s, CRNL_DRAW_EXPRESSION);
    return crnl_rng_uniform(&rng) - 0.5;
}

/* The same network with different defaults: p plus the sum over species s of direction(s) times the gradient
 * of the energy of s. */
static struct net *moved(const struct net *n, double *p)
{
    struct net *to = net_clone(n);
    struct interp *it = interp_create(to);
    double *step = mem_zalloc((size_t)n->n_slots + 1, sizeof *step);
    for (size_t s = 0; s < n->species.n; s++) {
        expr_id energy = n->species.data[s].energy;
        for (int32_t slot = 0; energy && slot < n->n_slots; slot++) {
            if (expr_uses(to->ex, energy, EXPR_PARAM, slot)) {
                expr_id slope = expr_derivative(to->ex, energy, EXPR_PARAM, slot);
                step[slot] += direction(s) * interp_value(it, slope, NULL, 0, p, NULL, 1);
            }
        }
    }
    for (int32_t slot = 0; slot < n->n_slots; slot++) {
        p[slot] += step[slot];
    }
    for (size_t i = 0; i < to->param.n; i++) {
        struct net_param *d = &to->param.data[i];
        d->init = d->shape.rank ? expr_const_array(to->ex, TYPE_REAL, d->shape, p + d->first)
                                : expr_real(to->ex, p[d->first]);
    }
    interp_destroy(it);
    free(step);
    return to;
}

/* The energy of the products of a reaction minus that of its reactants. */
static double gain(const struct net *n, reaction_id j, const double *energy)
{
    const struct reaction *r = &n->reaction.data[j];
    double sum = 0;
    for (int side = 0; side < 2; side++) {
        const struct term *t = side ? net_rhs(n, r) : net_lhs(n, r);
        for (uint32_t i = 0; i < (side ? r->n_rhs : r->n_lhs); i++) {
            sum += (side ? 1 : -1) * (double)t[i].count * energy[t[i].species];
        }
    }
    return sum;
}

static char *compare(const struct net *n, const struct detailed_balance d[2], double *const energy[2])
{
    for (size_t i = 0; i < d[0].pair.n; i++) {
        reaction_id j = d[0].pair.data[i].forward;
        double ratio = d[1].pair.data[i].log_ratio - d[0].pair.data[i].log_ratio;
        double fall = gain(n, j, energy[0]) - gain(n, j, energy[1]);
        if (!(fabs(ratio - fall) <= TOLERANCE * fmax(1, fabs(fall)))) {
            struct arena *a = arena_create();
            char *why = mem_strdup(arena_printf(
                a, "where the energies of '%s' change by %.6g, the logarithm of its rates changes by %.6g",
                net_reaction_text(n, j, a), fall, ratio));
            arena_destroy(a);
            return why;
        }
    }
    return NULL;
}

char *fact_energies_declared(const struct net *n)
{
    double *p = mem_zalloc((size_t)n->n_slots + 1, sizeof *p),
           *energy[2] = {mem_zalloc(n->species.n + 1, sizeof **energy),
                         mem_zalloc(n->species.n + 1, sizeof **energy)};
    bool known = find_energies(n, p, energy[0]);
    struct net *to = known ? moved(n, p) : NULL;
    char *why = known && find_energies(to, p, energy[1])
                    ? NULL
                    : mem_strdup("its energies cannot be computed at the default parameters");
    if (!why) {
        struct detailed_balance d[2] = {fact_detailed_balance(n), fact_detailed_balance(to)};
        for (int i = 0; i < 2 && !why; i++) {
            why = d[i].holds ? NULL : mem_strdup(d[i].why);
        }
        why = why ? why : compare(n, d, energy);
        fact_detailed_balance_free(&d[0]);
        fact_detailed_balance_free(&d[1]);
    }
    if (to) {
        net_destroy(to);
    }
    free(energy[0]);
    free(energy[1]);
    free(p);
    return why;
}
