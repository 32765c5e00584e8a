/* Species on which nothing observed depends are dropped, with the reactions that change only such species.
 *
 *   A + B -> C + W                      A + B -> C
 *   W -> 0
 *   output C                            output C
 *
 * Preserves (T) the law over time of all species that are left, because no rate of a reaction that changes
 * them reads a dropped species. A species is needed if an output or an experiment reads it, if it is an
 * input, or if an event or assumption mentions it; and also if it is read by the rate of a reaction that
 * changes a needed species. */
#include <stdlib.h>

#include "ir/pass/removal.h"
#include "ir/net/readers.h"
#include "ir/net/uses.h"
#include "support/mem.h"

struct need {
    const struct net *n;
    bool *species, *reaction;
    reaction_id *reader; /* by needed species: the reaction that reads it; -1: it is observed */
    VEC(species_id) found;
};

static void need_species(struct need *x, species_id s, reaction_id reader)
{
    if (!x->species[s]) {
        x->species[s] = true;
        x->reader[s] = reader;
        vec_push(&x->found, s);
    }
}

struct law {
    struct need *need;
    reaction_id reaction;
};

static void need_leaf(void *env, expr_id id, const struct expr *e)
{
    const struct law *law = env;
    (void)id;
    if (e->op == EXPR_SPECIES) {
        need_species(law->need, e->a, law->reaction);
    }
}

/* The reactants of a law are needed too: they must stay on its side, because the law consumes them. */
static void need_reaction(struct need *x, int32_t j)
{
    const struct reaction *r = &x->n->reaction.data[j];
    if (x->reaction[j]) {
        return;
    }
    x->reaction[j] = true;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        need_species(x, net_lhs(x->n, r)[i].species, j);
    }
    if (r->rate_kind == RATE_LAW) {
        struct law law = {x, j};
        expr_visit(x->n->ex, r->rate, need_leaf, &law);
    }
}

static void remark_needed(const struct need *x, const struct uses *uses, struct pass_context *c)
{
    struct arena *a = arena_create();
    for (size_t s = 0; s < x->n->species.n; s++) {
        const char *name = x->n->species.data[s].name;
        reaction_id j = x->reader[s];
        if (x->species[s] && j < 0) {
            unsigned observed = USE_ANY & ~USE_LAW;
            pass_kept(c, uses_place(uses, (species_id)s, observed), "%s stays: %s", name,
                      uses_reason(uses, (species_id)s, observed));
        } else if (x->species[s]) {
            pass_kept(c, x->n->reaction.data[j].span, "%s stays: what is observed depends on %s", name,
                      net_reaction_text(x->n, j, a));
        }
    }
    arena_destroy(a);
}

static void find_needed(struct need *x, struct pass_context *c)
{
    struct uses uses = uses_of(x->n, NULL);
    struct readers changers = changers_of(x->n);
    for (size_t s = 0; s < x->n->species.n; s++) {
        if (uses.of[s] & ~(unsigned)USE_LAW) {
            need_species(x, (species_id)s, -1);
        }
    }
    while (x->found.n > 0) {
        species_id s = x->found.data[--x->found.n];
        for (int32_t i = changers.ptr[s]; i < changers.ptr[s + 1]; i++) {
            need_reaction(x, changers.reaction[i]);
        }
    }
    if (c->options->remarks) {
        remark_needed(x, &uses, c);
    }
    readers_free(&changers);
    uses_free(&uses);
}

bool pass_unobservable(struct net *n, struct pass_context *c)
{
    struct need x = {.n = n,
                     .species = mem_zalloc(n->species.n + 1, sizeof *x.species),
                     .reader = mem_alloc((n->species.n + 1) * sizeof *x.reader),
                     .reaction = mem_zalloc(n->reaction.n + 1, sizeof *x.reaction)};
    find_needed(&x, c);
    removal_apply(n, c,
                  &(struct removal){.keep_species = x.species,
                                    .keep_reaction = x.reaction,
                                    .reaction = "a reaction that changes nothing observed is dropped",
                                    .species = "nothing observed depends on %s"});
    vec_free(&x.found);
    free(x.species);
    free(x.reader);
    free(x.reaction);
    return true;
}
