/* Species that nothing observed depends on go, and reactions that change only such species.
 *
 *   A + B -> C + W                      A + B -> C
 *   W -> 0
 *   output C                            output C
 *
 * Preserves (T) the law over time of all species that are left: no rate of what changes them reads what goes. Needed
 * are what outputs and experiments read, inputs, and what events and assumptions mention; and then what the rates read of
 * reactions that change a needed species. */
#include <stdlib.h>

#include "ir/pass.h"
#include "ir/readers.h"
#include "ir/rebuild.h"
#include "ir/uses.h"
#include "support/mem.h"

struct need {
    const struct net *n;
    bool *species, *reaction;
    VEC(species_id) found;
};

static void need_species(struct need *x, species_id s)
{
    if (!x->species[s]) {
        x->species[s] = true;
        vec_push(&x->found, s);
    }
}

static void need_leaf(void *env, expr_id id, const struct expr *e)
{
    (void)id;
    if (e->op == EXPR_SPECIES) {
        need_species(env, e->a);
    }
}

/* Reactants of a law are needed too: they must not go from its side while it fires. */
static void need_reaction(struct need *x, int32_t j)
{
    const struct reaction *r = &x->n->reaction.data[j];
    if (x->reaction[j]) {
        return;
    }
    x->reaction[j] = true;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        need_species(x, net_lhs(x->n, r)[i].species);
    }
    if (r->rate_kind == RATE_LAW) {
        expr_visit(x->n->ex, r->rate, need_leaf, x);
    }
}

static void find_needed(struct need *x)
{
    struct uses uses = uses_of(x->n, NULL);
    struct readers changers = changers_of(x->n);
    for (size_t s = 0; s < x->n->species.n; s++) {
        if (uses.of[s] & ~(unsigned)USE_LAW) {
            need_species(x, (species_id)s);
        }
    }
    while (x->found.n > 0) {
        species_id s = x->found.data[--x->found.n];
        for (int32_t i = changers.ptr[s]; i < changers.ptr[s + 1]; i++) {
            need_reaction(x, changers.reaction[i]);
        }
    }
    readers_free(&changers);
    uses_free(&uses);
}

static void remove_others(struct net *n, struct pass_context *c, const struct need *x)
{
    bool *drop = mem_zalloc(n->reaction.n + 1, sizeof *drop),
         *remove = mem_zalloc(n->species.n + 1, sizeof *remove);
    for (size_t j = 0; j < n->reaction.n; j++) {
        drop[j] = !x->reaction[j];
        if (drop[j]) {
            pass_done(c, n->reaction.data[j].span, "a reaction that changes nothing observed is dropped");
        }
    }
    for (size_t s = 0; s < n->species.n; s++) {
        remove[s] = !x->species[s];
        if (remove[s]) {
            pass_done(c, n->species.data[s].span, "nothing observed depends on %s", n->species.data[s].name);
        }
    }
    if (c->witness) {
        witness_removed(c->witness, n->species.n, remove);
    }
    rebuild_drop_reactions(n, drop);
    rebuild_remove_species(n, remove, NULL);
    free(drop);
    free(remove);
}

bool pass_unobservable(struct net *n, struct pass_context *c)
{
    struct need x = {.n = n,
                     .species = mem_zalloc(n->species.n + 1, sizeof *x.species),
                     .reaction = mem_zalloc(n->reaction.n + 1, sizeof *x.reaction)};
    find_needed(&x);
    remove_others(n, c, &x);
    vec_free(&x.found);
    free(x.species);
    free(x.reaction);
    return true;
}
