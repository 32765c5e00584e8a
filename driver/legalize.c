#include "driver/legalize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fact/fact.h"
#include "ir/interp/interp.h"
#include "support/mem.h"
#include "runtime/crnl_utf8.h"

static double largest_constant(const struct net *net)
{
    struct interp *it = interp_create(net);
    double *p = mem_zalloc((size_t)net->n_slots + 1, sizeof *p);
    double *k = mem_zalloc(net->reaction.n + 1, sizeof *k);
    double largest = NAN;
    int32_t slot;
    if (interp_params(it, NULL, NULL, p, &slot) && interp_rates(it, p, k)) {
        for (size_t j = 0; j < net->reaction.n; j++) {
            largest = fmax(largest, k[j]);
        }
    }
    free(k);
    free(p);
    interp_destroy(it);
    return largest;
}

static bool apply(struct pipeline *p, struct net *net, enum pass_id pass)
{
    size_t species = net->species.n, reactions = net->reaction.n;
    double before = largest_constant(net);
    if (!pipeline_optimise(p, net, passes[pass].name)) {
        return false;
    }
    crnl_say(stderr, "%s: %s\n", passes[pass].name, passes[pass].help);
    crnl_say(stderr,
             "  species %zu -> %zu (%+lld), reactions %zu -> %zu (%+lld), largest rate constant %g -> %g\n",
             species, net->species.n, (long long)net->species.n - (long long)species, reactions,
             net->reaction.n, (long long)net->reaction.n - (long long)reactions, before,
             largest_constant(net));
    crnl_say(stderr, "  %s\n", passes[pass].claim);
    return true;
}

static bool reads_constant(const struct net *net)
{
    for (size_t j = 0; j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        for (uint32_t i = 0; i < r->n_lhs + r->n_rhs; i++) {
            const struct term *t = i < r->n_lhs ? &net_lhs(net, r)[i] : &net_rhs(net, r)[i - r->n_lhs];
            if (net->species.data[t->species].kind == SPECIES_CONSTANT) {
                return true;
            }
        }
    }
    return false;
}

static bool has_empty_side(const struct net *net)
{
    for (size_t j = 0; j < net->reaction.n; j++) {
        if (net->reaction.data[j].n_lhs == 0 || net->reaction.data[j].n_rhs == 0) {
            return true;
        }
    }
    return false;
}

static bool fit(struct pipeline *p, struct net *net, unsigned takes, int64_t reactants, int64_t products)
{
    if (!(takes & TAKES_CONSTANT) && reads_constant(net) && !apply(p, net, PASS_LEGALIZE_CONSTANTS)) {
        return false;
    }
    if (!(takes & TAKES_EMPTY) && has_empty_side(net) && !apply(p, net, PASS_LEGALIZE_EMPTY)) {
        return false;
    }
    if (reactants && fact_max_reactants(net) > reactants && !apply(p, net, PASS_LEGALIZE_REACTANTS)) {
        return false;
    }
    return !products || fact_max_products(net) <= products || apply(p, net, PASS_LEGALIZE_PRODUCTS);
}

/* Removes reactions that never happen, before gates are made for them or counted. */
static void take_out_never(struct pipeline *p, struct net *net, const struct text_format *format)
{
    if (p->options->dsd) {
        text_take_out_never(net, TEXT_NEVER_GATES, NULL, p->diag);
    } else if (!format) {
        text_take_out_never(net, TEXT_NEVER_COSTS, NULL, p->diag);
    } else if (!(format->takes & TAKES_RATES)) {
        text_take_out_never(net, TEXT_NEVER_USED, format->name, p->diag);
    }
}

bool legalize(struct pipeline *p, struct net *net, const struct text_format *format)
{
    const struct options *o = p->options;
    take_out_never(p, net, format);
    if (o->dsd) {
        unsigned takes = TAKES_ALL & ~(unsigned)TAKES_CONSTANT;
        if ((o->legalize && !fit(p, net, takes, 2, 0)) || !apply(p, net, PASS_DSD_SOLOVEICHIK2010)) {
            return false;
        }
    }
    return !o->legalize || !format || fit(p, net, format->takes, format->reactants, format->products);
}
