/* Species that turn into the same products, and do nothing else, become one species.
 *
 *   A -> X + B                        A -> X + B
 *   C -> 2 Y                          C -> 2 X
 *   X -> P + Q, Y -> P + Q            X -> P + Q
 *
 * Preserves (S) the limit of a rate-independent network, for every species that is left: the reaction of X
 * fires whenever that of X or Y did. The conditions on both species are those of pass unimolecular. That
 * pass would put P + Q into all sides that contain X or Y; this pass leaves a fan-out for them. Copies of
 * copies are found too, because products are handled first. */
#include <stdlib.h>

#include "ir/net/amount.h"
#include "ir/net/net_sides.h"
#include "ir/pass/passing.h"
#include "ir/net/rebuild.h"
#include "support/hash_index.h"
#include "support/mem.h"

struct copies {
    struct net *n;
    struct pass_context *c;
    species_id *same; /* by species: the species that replaces it */
    term_vec term;    /* product sides of the species seen so far, in terms of species that are left */
    VEC(struct met) met;
    struct hash_index by_terms; /* finds entries of `met` by their sides */
    struct multiset sum;
};

struct met { /* a species seen so far, with the product side of its reaction */
    size_t first, n;
    species_id species;
    const char *why; /* why it may not be a copy; NULL: it may */
    struct span at;
};

static bool add_products(struct copies *x, const struct term *rhs, uint32_t n)
{
    bool ok = true;
    for (uint32_t i = 0; i < n; i++) {
        struct term t = {x->same[rhs[i].species], rhs[i].count};
        ok = multiset_add(&x->sum, &t, 1, 1) && ok;
    }
    return ok;
}

/* The species seen before with the same side, or NULL. */
static struct met *find_met(struct copies *x, const struct term *side, size_t n, uint64_t hash)
{
    size_t turn = 0;
    for (int32_t i; (i = hash_index_next(&x->by_terms, hash, &turn)) >= 0;) {
        struct met *m = &x->met.data[i];
        if (side_equal(x->term.data + m->first, (uint32_t)m->n, side, (uint32_t)n)) {
            return m;
        }
    }
    return NULL;
}

/* Handles a species `m`, whose side is at the end of x->term. */
static void meet(struct copies *x, struct met m)
{
    const struct species *species = x->n->species.data;
    uint64_t hash = side_hash(0, x->term.data + m.first, (uint32_t)m.n);
    struct met *first = find_met(x, x->term.data + m.first, m.n, hash);
    const struct met *kept = first && first->why ? first : &m;
    if (first && kept->why) {
        pass_missed(x->c, kept->at, "%s and %s turn into the same, but %s stays: %s",
                    species[first->species].name, species[m.species].name, species[kept->species].name,
                    kept->why);
    }
    if (first && !first->why && !m.why) {
        pass_done(x->c, m.at, "%s is %s, which turns into the same", species[m.species].name,
                  species[first->species].name);
        x->same[m.species] = first->species;
    }
    if (!first) {
        hash_index_add(&x->by_terms, hash, (int32_t)x->met.n);
        vec_push(&x->met, m);
        return;
    }
    x->term.n = m.first;
    if (first->why && !m.why) {
        m.first = first->first; /* the two sides are the same */
        *first = m;
    }
}

static void find_copies(struct copies *x, const int32_t *order)
{
    const struct net *n = x->n;
    struct uses uses = uses_of(n, NULL);
    reaction_id *reader = passing_readers(n);
    for (size_t i = n->reaction.n; i > 0; i--) {
        const struct reaction *r = &n->reaction.data[order[i - 1]];
        if (r->n_lhs != 1) {
            continue;
        }
        struct met m = {.first = x->term.n, .species = net_lhs(n, r)->species};
        m.why = passing_reason(n, &uses, reader, order[i - 1], &m.at);
        bool ok = add_products(x, net_rhs(n, r), r->n_rhs);
        m.n = multiset_take(&x->sum, &x->term);
        if (ok) {
            meet(x, m);
        }
    }
    free(reader);
    uses_free(&uses);
}

static bool products(void *env, const struct reaction *r, const struct term *rhs)
{
    struct copies *x = env;
    return add_products(x, rhs, r->n_rhs) || pass_overflow(x->c, r->span, NULL);
}

/* Removes the copies. The coordinates of the witness are the species that are left; initial amounts are
 * added up. */
static bool remove_copies(struct copies *x)
{
    struct net *n = x->n;
    bool *remove = mem_zalloc(n->species.n + 1, sizeof *remove),
         *lost = mem_zalloc(n->species.n + 1, sizeof *lost);
    species_id *to = mem_alloc((n->species.n + 1) * sizeof *to), kept = 0;
    for (size_t s = 0; s < n->species.n; s++) {
        species_id same = x->same[s];
        remove[s] = same != (species_id)s;
        lost[same] = lost[same] || remove[s];
        to[s] = remove[s] ? -1 : kept++;
        if (remove[s]) {
            net_add_amount(n, same, 1, (species_id)s);
        }
    }
    if (x->c->witness) {
        x->c->witness->n_coordinates = kept;
        for (size_t s = 0; s < n->species.n; s++) {
            struct term t = {to[x->same[s]], 1};
            linear_map_add_row(&x->c->witness->before, &t, 1);
        }
    }
    bool ok = rebuild_products(n, remove, &x->sum, products, x);
    rebuild_forget(n, lost);
    rebuild_remove_species(n, remove, NULL);
    free(lost);
    free(remove);
    free(to);
    return ok;
}

bool pass_copies(struct net *n, struct pass_context *c)
{
    bool ok;
    const int32_t *order = passing_order(n, c, &ok);
    if (!order) {
        return ok;
    }
    struct copies x = {.n = n, .c = c, .same = mem_alloc((n->species.n + 1) * sizeof *x.same)};
    vec_reserve(&x.term, 1); /* a pointer into it is needed for empty sides too */
    multiset_open(&x.sum, n->species.n);
    for (size_t s = 0; s < n->species.n; s++) {
        x.same[s] = (species_id)s;
    }
    find_copies(&x, order);
    if (c->n_done > 0) {
        ok = remove_copies(&x);
    } else {
        pass_missed(c, (struct span){0}, "no two species turn into the same");
    }
    multiset_close(&x.sum);
    vec_free(&x.term);
    vec_free(&x.met);
    hash_index_free(&x.by_terms);
    free(x.same);
    return ok;
}
