/* If X -> P is the only reaction that reads or consumes X, then X is replaced by P wherever it is made, and
 * in the initial amounts (paper 002, Algorithm 2).
 *
 *   species X = 3, P           species P = 3
 *   A -> 2 X + B
 *   X -> P + C                 A -> 2 P + 2 C + B
 *
 * Preserves (S) the limit of a rate-independent network, for every species that is left: the result is a
 * bisimulation under X -> P. Times are not preserved. The conditions on X are that it is discrete, and not
 * an input, observed, assumed, or used by an event; its reaction must have just one X on the left, mass
 * action and no guard, and must not make an input. --max-products bounds the sides that are made: the
 * species with the largest contributions then stay. */
#include <stdlib.h>
#include <string.h>

#include "ir/net/amount.h"
#include "ir/pass/pass.h"
#include "ir/pass/passing.h"
#include "ir/net/rebuild.h"
#include "support/mem.h"

struct elimination {
    struct net *n;
    struct pass_context *c;
    const int32_t *order;    /* a firing order of the reactions */
    bool *remove;            /* by species: whether it is removed */
    reaction_id *reader;     /* by species: the reaction that has it on the left; -1: none, -2: several */
    int64_t *size;           /* by species: number of molecules that it becomes, at most INT64_MAX */
    uint32_t *first, *count; /* by removed species: its range of `image`, the terms that replace it */
    term_vec image;
    struct multiset sum;
    bool overflows; /* a count overflowed, which was reported */
};

/* Chooses the candidates, which are species X with a reaction X -> P of their own, and makes a remark on
 * those that must stay. */
static void choose(struct elimination *e)
{
    const struct net *n = e->n;
    struct uses uses = uses_of(n, NULL);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        if (r->n_lhs != 1) {
            continue;
        }
        species_id s = net_lhs(n, r)->species;
        struct span at;
        const char *why = passing_reason(n, &uses, e->reader, (reaction_id)j, &at);
        e->remove[s] = !why;
        if (why) {
            pass_missed(e->c, at, "%s stays: %s", n->species.data[s].name, why);
        }
    }
    uses_free(&uses);
}

static int64_t saturating(int64_t a, int64_t b, int64_t factor)
{
    int64_t product;
    return __builtin_mul_overflow(b, factor, &product) || __builtin_add_overflow(a, product, &a) ? INT64_MAX
                                                                                                 : a;
}

static int64_t size_of_products(const struct elimination *e, const struct reaction *r,
                                const struct term **largest)
{
    const struct term *rhs = net_rhs(e->n, r);
    int64_t size = 0, most = 1;
    *largest = NULL;
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        int64_t one = e->remove[rhs[i].species] ? e->size[rhs[i].species] : 1;
        size = saturating(size, one, rhs[i].count);
        if (one > most) {
            most = one;
            *largest = &rhs[i];
        }
    }
    return size;
}

/* Keeps species whose images would make a side too long. Species that are products of others are handled
 * first. */
static void bound_products(struct elimination *e)
{
    const struct net *n = e->n;
    int64_t bound = e->c->options->max_products;
    for (size_t i = n->reaction.n; bound > 0 && i > 0; i--) {
        const struct reaction *r = &n->reaction.data[e->order[i - 1]];
        const struct term *largest;
        int64_t size = size_of_products(e, r, &largest);
        for (; size > bound && largest; size = size_of_products(e, r, &largest)) {
            e->remove[largest->species] = false;
            pass_missed(e->c, r->span,
                        "%s stays: this reaction would have %lld products, --max-products=%lld",
                        n->species.data[largest->species].name, (long long)size, (long long)bound);
        }
        if (r->n_lhs == 1 && e->remove[net_lhs(n, r)->species]) {
            e->size[net_lhs(n, r)->species] = size;
        }
    }
}

static bool add_image(struct elimination *e, const struct term *t)
{
    species_id s = t->species;
    return e->remove[s] ? multiset_add(&e->sum, e->image.data + e->first[s], e->count[s], t->count)
                        : multiset_add(&e->sum, t, 1, 1);
}

static bool overflow(struct elimination *e, const struct reaction *r)
{
    return pass_overflow(e->c, r->span,
                         "bound the products of one reaction, for example with --max-products=1000");
}

/* Computes the images of removed species, products before reactants. */
static bool compute_images(struct elimination *e)
{
    const struct net *n = e->n;
    bool ok = true;
    for (size_t i = n->reaction.n; ok && i > 0; i--) {
        const struct reaction *r = &n->reaction.data[e->order[i - 1]];
        if (r->n_lhs != 1 || !e->remove[net_lhs(n, r)->species]) {
            continue;
        }
        species_id s = net_lhs(n, r)->species;
        for (uint32_t k = 0; k < r->n_rhs; k++) {
            const struct term *t = &net_rhs(n, r)[k];
            bool held = n->species.data[t->species].kind == SPECIES_CONSTANT;
            ok = (held || add_image(e, t)) && ok;
        }
        e->first[s] = (uint32_t)e->image.n;
        e->count[s] = (uint32_t)multiset_take(&e->sum, &e->image);
        ok = ok || overflow(e, r);
    }
    return ok;
}

/* Collects the products of a reaction, where removed species are replaced by their images. Only the first
 * overflow is reported. */
static bool products(void *env, const struct reaction *r, const struct term *rhs)
{
    struct elimination *e = env;
    bool ok = true;
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        ok = add_image(e, &rhs[i]) && ok;
    }
    if (!ok && !e->overflows) {
        overflow(e, r);
        e->overflows = true;
    }
    return ok;
}

/* The initial amount of a removed species is added to the species of its image. */
static void move_initial_amounts(struct elimination *e)
{
    struct net *n = e->n;
    for (size_t s = 0; s < n->species.n; s++) {
        for (uint32_t i = e->first[s]; e->remove[s] && i < e->first[s] + e->count[s]; i++) {
            net_add_amount(n, e->image.data[i].species, e->image.data[i].count, (species_id)s);
        }
    }
}

static void fill_witness(const struct elimination *e, struct witness *w)
{
    const struct net *n = e->n;
    species_id kept = 0, *to = mem_alloc((n->species.n + 1) * sizeof *to);
    term_vec row = {0};
    for (size_t s = 0; s < n->species.n; s++) {
        to[s] = e->remove[s] ? -1 : kept++;
    }
    w->n_coordinates = kept;
    for (size_t s = 0; s < n->species.n; s++) {
        row.n = 0;
        if (!e->remove[s]) {
            vec_push(&row, (struct term){to[s], 1});
        }
        for (uint32_t i = 0; e->remove[s] && i < e->count[s]; i++) {
            struct term t = e->image.data[e->first[s] + i];
            vec_push(&row, (struct term){to[t.species], t.count});
        }
        linear_map_add_row(&w->before, row.data, row.n);
    }
    vec_free(&row);
    free(to);
}

static bool eliminate(struct elimination *e)
{
    struct net *n = e->n;
    for (size_t s = 0; s < n->species.n; s++) {
        e->size[s] = 1;
    }
    choose(e);
    bound_products(e);
    for (size_t s = 0; s < n->species.n; s++) {
        if (e->remove[s]) {
            pass_done(e->c, n->reaction.data[e->reader[s]].span, "%s is eliminated", n->species.data[s].name);
        }
    }
    if (e->c->n_done == 0) {
        return true;
    }
    if (!compute_images(e)) {
        return false;
    }
    if (e->c->witness) {
        fill_witness(e, e->c->witness);
    }
    move_initial_amounts(e);
    bool ok = rebuild_products(e->n, e->remove, &e->sum, products, e);
    rebuild_remove_species(n, e->remove, NULL);
    return ok;
}

bool pass_unimolecular(struct net *n, struct pass_context *c)
{
    bool ok;
    const int32_t *order = passing_order(n, c, &ok);
    if (!order) {
        return ok;
    }
    size_t m = n->species.n + 1;
    struct elimination e = {.n = n,
                            .c = c,
                            .order = order,
                            .remove = mem_zalloc(m, sizeof *e.remove),
                            .reader = passing_readers(n),
                            .size = mem_alloc(m * sizeof *e.size),
                            .first = mem_zalloc(m, sizeof *e.first),
                            .count = mem_zalloc(m, sizeof *e.count)};
    multiset_open(&e.sum, n->species.n);
    ok = eliminate(&e);
    multiset_close(&e.sum);
    vec_free(&e.image);
    free(e.remove);
    free(e.reader);
    free(e.size);
    free(e.first);
    free(e.count);
    return ok;
}
