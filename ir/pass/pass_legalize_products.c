/* More than two product molecules are released by a tree of fast intermediates; a catalyst among them is
 * released at once:
 *
 *   A ->{k} B + C + D + E        A ->{k} F1 + F2
 *                                F1 ->{k_fast} B + C
 *                                F2 ->{k_fast} D + E
 *
 * Class S: the limit of a rate-independent network is the same for every k_fast. Class A over time: products
 * are delayed by 1 / k_fast for each level of the tree, which is exact in the limit k_fast -> infinity. */
#include <stdlib.h>

#include "ir/pass/legalize.h"
#include "ir/pass/pass.h"
#include "ir/net/uses.h"
#include "support/mem.h"

enum { MAX_PRODUCTS = 100000 };

struct fan {
    struct rewrite *w;
    const struct reaction *r;
    const struct term *molecule; /* for each molecule a term of count 1 */
    expr_id fast;
};

static bool is_wide(const struct rewrite *w, const struct reaction *r)
{
    int64_t n = rewrite_molecules(rewrite_rhs(w, r), r->n_rhs);
    return n > 2 && n <= MAX_PRODUCTS && net_change_is_known(r) && !rewrite_mixes_kinds(w, r);
}

static void remark(const struct rewrite *w, const struct reaction *r, struct pass_context *c)
{
    int64_t n = rewrite_molecules(rewrite_rhs(w, r), r->n_rhs);
    if (rewrite_leaves_alone(c, r) || n <= 2) {
        return;
    }
    if (rewrite_mixes_kinds(w, r)) {
        pass_missed(c, r->span, "%lld product molecules stay: discrete species and bulk take part",
                    (long long)n);
    } else if (n > MAX_PRODUCTS) {
        pass_missed(c, r->span, "more than %d products are left together", MAX_PRODUCTS);
    }
}

/* The species that stands for the molecules from .. to. */
static species_id node(const struct fan *f, size_t from, size_t to)
{
    if (to - from == 1) {
        return f->molecule[from].species;
    }
    size_t middle = from + (to - from) / 2;
    struct term whole = {rewrite_species(f->w, "F", rewrite_kind(f->w, f->r), 0, f->r->span), 1};
    rewrite_stands_for(f->w, whole.species, f->molecule + from, to - from);
    struct term half[2] = {{node(f, from, middle), 1}, {node(f, middle, to), 1}};
    rewrite_add_always(f->w, f->r, &whole, 1, half, 2, f->fast);
    return whole.species;
}

static bool is_reactant(const struct rewrite *w, const struct reaction *r, species_id s)
{
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        if (rewrite_lhs(w, r)[i].species == s) {
            return true;
        }
    }
    return false;
}

static void split(struct rewrite *w, const struct reaction *r, expr_id fast)
{
    const struct term *rhs = rewrite_rhs(w, r);
    size_t n = 0, total = (size_t)rewrite_molecules(rhs, r->n_rhs);
    struct term *molecule = mem_alloc(total * sizeof *molecule);
    for (int catalysts = 1; catalysts >= 0; catalysts--) {
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            bool now = is_reactant(w, r, rhs[i].species) == (catalysts == 1);
            for (int64_t k = 0; now && k < rhs[i].count; k++) {
                molecule[n++] = (struct term){rhs[i].species, 1};
            }
        }
    }
    struct fan f = {w, r, molecule, fast};
    size_t middle = is_reactant(w, r, molecule[0].species) ? 1 : n / 2;
    struct term half[2] = {{node(&f, 0, middle), 1}, {node(&f, middle, n), 1}};
    rewrite_add(w, r, rewrite_lhs(w, r), r->n_lhs, half, 2, (enum rate_kind)r->rate_kind, r->rate);
    free(molecule);
}

/* The number of product molecules that are reactants too. If there is one, it stays beside the intermediate.
 * If there are more, they are part of the intermediate, which then makes a reactant of its own reaction. */
static int64_t catalysts(const struct net *n, const struct reaction *r)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        for (uint32_t k = 0; k < r->n_rhs; k++) {
            bool same = net_lhs(n, r)[i].species == net_rhs(n, r)[k].species;
            sum += same ? net_rhs(n, r)[k].count : 0;
        }
    }
    return sum;
}

/* Whether the pass preserves the limit. It does if the network is rate-independent and all its species are
 * discrete. A wide reaction must have at most one catalyst, and must not make a species given from outside,
 * since a clamp turns off the reaction by which the intermediate makes that species. */
static bool keeps_limit(const struct net *n, struct pass_context *c)
{
    struct uses uses = uses_of(n, NULL);
    bool keeps = facts_rate_independence(c->facts, n)->holds;
    for (size_t s = 0; s < n->species.n && keeps; s++) {
        keeps = n->species.data[s].kind == SPECIES_DISCRETE;
    }
    for (size_t i = 0; i < n->reaction.n && keeps; i++) {
        const struct reaction *r = &n->reaction.data[i];
        bool wide = rewrite_molecules(net_rhs(n, r), r->n_rhs) > 2;
        keeps = !wide || catalysts(n, r) <= 1;
        for (uint32_t k = 0; k < r->n_rhs && wide && keeps; k++) {
            keeps = !(uses.of[net_rhs(n, r)[k].species] & USE_INPUT);
        }
    }
    uses_free(&uses);
    return keeps;
}

bool pass_legalize_products(struct net *n, struct pass_context *c)
{
    if (c->witness && keeps_limit(n, c)) {
        c->witness->claim = CLAIM_LIMIT;
    }
    rewrite_wide_sides(n, c,
                       &(struct rewrite_wide){is_wide, split, remark, "intermediates for its products"});
    return true;
}
