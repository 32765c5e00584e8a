/* A species that is not present initially, that is not given from outside, and that no reaction which can
 * fire makes, is never present. Such species are dropped, with all reactions that need them. This includes a
 * rail that is never made, and its value then has only one rail.
 *
 *   species A = 1, B, C, y.p, y.n
 *   A -> y.p                            A -> y.p
 *   B -> C
 *   C + A -> y.n
 *   output y = y.p - y.n                output y = y.p
 *
 * Preserves (T) the law of every species over time, because the propensities of dropped reactions are always
 * 0. A species counts as present initially if its initial amount is not the constant 0, if it is an input,
 * or if an event or an experiment may give it an amount; a reaction with a rate law counts as one that can
 * fire. */
#include <stdlib.h>

#include "ir/pass/removal.h"
#include "ir/net/readers.h"
#include "ir/net/uses.h"
#include "support/mem.h"

struct spread {
    const struct net *n;
    bool *present;         /* by species: whether it may be present */
    reaction_id *maker;    /* by present species: the reaction that makes it; -1: it is given */
    int32_t *waits;        /* by reaction: number of its reactants that are not present; laws wait for none */
    bool *fires;           /* by reaction: whether it can fire */
    VEC(species_id) found; /* present species whose consequences are still to be found */
};

static void add_species(struct spread *x, species_id s, reaction_id maker)
{
    if (!x->present[s]) {
        x->present[s] = true;
        x->maker[s] = maker;
        vec_push(&x->found, s);
    }
}

/* A law can fire although its reactants are absent, so that they become present. */
static void fire(struct spread *x, size_t j)
{
    const struct reaction *r = &x->n->reaction.data[j];
    x->fires[j] = true;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        add_species(x, net_lhs(x->n, r)[i].species, (reaction_id)j);
    }
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        add_species(x, net_rhs(x->n, r)[i].species, (reaction_id)j);
    }
}

static void start(struct spread *x, const struct uses *uses)
{
    const struct net *n = x->n;
    for (size_t s = 0; s < n->species.n; s++) {
        double v;
        expr_id init = n->species.data[s].init;
        if ((init && !(expr_const_real(n->ex, init, &v) && v == 0)) ||
            uses->of[s] & (USE_INPUT | USE_EVENT_WRITE | USE_FRACTION)) {
            add_species(x, (species_id)s, -1);
        }
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        x->waits[j] = n->reaction.data[j].rate_kind == RATE_LAW ? 0 : (int32_t)n->reaction.data[j].n_lhs;
        if (x->waits[j] == 0) {
            fire(x, j);
        }
    }
}

static void follow(struct spread *x)
{
    struct readers readers = readers_of(x->n);
    while (x->found.n > 0) {
        species_id s = x->found.data[--x->found.n];
        for (int32_t i = readers.ptr[s]; i < readers.ptr[s + 1]; i++) {
            int32_t j = readers.reaction[i];
            if (x->n->reaction.data[j].rate_kind == RATE_MASS_ACTION && --x->waits[j] == 0) {
                fire(x, (size_t)j);
            }
        }
    }
    readers_free(&readers);
}

static void remark_present(const struct spread *x, const struct uses *uses, struct pass_context *c)
{
    struct arena *a = arena_create();
    for (size_t s = 0; s < x->n->species.n; s++) {
        const struct species *y = &x->n->species.data[s];
        unsigned mask = USE_INPUT | USE_EVENT_WRITE | USE_FRACTION;
        const char *given = uses_reason(uses, (species_id)s, mask);
        reaction_id j = x->maker[s];
        if (x->present[s] && j >= 0) {
            pass_kept(c, x->n->reaction.data[j].span, "%s stays: it may come by %s", y->name,
                      net_reaction_text(x->n, j, a));
        } else if (x->present[s]) {
            pass_kept(c, given ? uses_place(uses, (species_id)s, mask) : y->span, "%s stays: %s", y->name,
                      given ? given : "it may be there at first");
        }
    }
    arena_destroy(a);
}

static void remove_absent(struct net *n, struct pass_context *c, const struct spread *x)
{
    expr_id *value = mem_zalloc(n->species.n + 1, sizeof *value), zero = expr_real(n->ex, 0);
    for (size_t s = 0; s < n->species.n; s++) {
        value[s] = zero;
        if (!x->present[s] && c->witness) {
            vec_push(&c->witness->absent, (species_id)s);
        }
    }
    removal_apply(n, c,
                  &(struct removal){.keep_species = x->present,
                                    .keep_reaction = x->fires,
                                    .value = value,
                                    .reaction = "a reaction that can never fire is dropped",
                                    .species = "%s is never there"});
    free(value);
}

bool pass_unreachable(struct net *n, struct pass_context *c)
{
    struct spread x = {.n = n,
                       .present = mem_zalloc(n->species.n + 1, sizeof *x.present),
                       .maker = mem_alloc((n->species.n + 1) * sizeof *x.maker),
                       .waits = mem_zalloc(n->reaction.n + 1, sizeof *x.waits),
                       .fires = mem_zalloc(n->reaction.n + 1, sizeof *x.fires)};
    struct uses uses = uses_of(n, NULL);
    start(&x, &uses);
    follow(&x);
    if (c->options->remarks) {
        remark_present(&x, &uses, c);
    }
    uses_free(&uses);
    remove_absent(n, c, &x);
    vec_free(&x.found);
    free(x.present);
    free(x.maker);
    free(x.waits);
    free(x.fires);
    return true;
}
