/* Finds, for two species in different blocks, a reaction of one of them that has no counterpart for the
 * other. The two are assumed to be in the same block; then the derivatives by each of the changes of blocks
 * are compared monomial by monomial. */
#include <stdlib.h>

#include "ir/pass/lump.h"
#include "ir/net/readers.h"
#include "ir/prove/residue.h"
#include "support/mem.h"

struct contribution { /* the contribution of a reaction to the derivative by a species: monomial and value */
    struct residue at, value;
    reaction_id reaction;
};
typedef VEC(struct contribution) contributions;

struct lump_difference {
    const struct net *n;
    enum lump kind;
    const struct partition *p;
    struct readers readers;
    struct residue *rate; /* by expression: its residue */
    VEC(struct term) change;
};

struct lump_difference *lump_difference_open(const struct net *n, enum lump kind, const struct partition *p)
{
    struct lump_difference *d = mem_zalloc(1, sizeof *d);
    *d = (struct lump_difference){
        .n = n, .kind = kind, .p = p, .readers = readers_of(n), .rate = residue_of_expressions(n->ex)};
    return d;
}

void lump_difference_close(struct lump_difference *d)
{
    readers_free(&d->readers);
    free(d->rate);
    vec_free(&d->change);
    free(d);
}

static struct residue times(int64_t count, struct residue x)
{
    return residue_product(residue_of_integer(count), x);
}

/* The effect of reaction r on blocks, where s and t belong to the same block. */
static struct residue effect(struct lump_difference *d, const struct reaction *r, species_id s, species_id t)
{
    struct residue sum = {{0, 0}};
    vec_reserve(&d->change, (size_t)r->n_lhs + r->n_rhs + 1);
    d->change.n = net_whole_change(d->n, r, d->change.data);
    for (size_t i = 0; i < d->change.n; i++) {
        int32_t b = d->p->block[d->change.data[i].species];
        b = b == d->p->block[t] ? d->p->block[s] : b;
        if (b >= 0) {
            sum = residue_sum(sum, times(d->change.data[i].count, residue_of_symbol(8, (uint64_t)b, 0)));
        }
    }
    return sum;
}

/* Appends the contributions of the mass action reactions that read `by`, which is s or t. */
static void contribute(struct lump_difference *d, species_id by, species_id s, species_id t,
                       contributions *out)
{
    for (int32_t k = d->readers.ptr[by]; k < d->readers.ptr[by + 1]; k++) {
        reaction_id j = d->readers.reaction[k];
        const struct reaction *r = &d->n->reaction.data[j];
        struct residue rest = residue_of_symbol(9, (uint64_t)r->guard, 0), does = effect(d, r, s, t);
        int64_t count = 0;
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            const struct term *x = &net_lhs(d->n, r)[i];
            count = x->species == by ? x->count : count;
            rest = residue_sum(
                rest, times(x->count - (x->species == by), residue_of_symbol(5, (uint64_t)x->species, 0)));
        }
        if (r->rate_kind == RATE_MASS_ACTION && !residue_is_zero(does)) {
            struct residue value = times(count, d->rate[r->rate]);
            bool sums = d->kind == LUMP_SUMS;
            struct residue at = sums ? rest : residue_sum(rest, times(3, does));
            vec_push(out, (struct contribution){at, sums ? residue_product(value, does) : value, j});
        }
    }
}

static struct residue sum_at(const contributions *x, struct residue at)
{
    struct residue sum = {{0, 0}};
    for (size_t i = 0; i < x->n; i++) {
        if (residue_equal(x->data[i].at, at)) {
            sum = residue_sum(sum, x->data[i].value);
        }
    }
    return sum;
}

/* The reaction of the first contribution in x whose monomial has a different sum in y. */
static reaction_id without_like(const contributions *x, const contributions *y)
{
    for (size_t i = 0; i < x->n; i++) {
        if (!residue_equal(sum_at(x, x->data[i].at), sum_at(y, x->data[i].at))) {
            return x->data[i].reaction;
        }
    }
    return -1;
}

reaction_id lump_difference(struct lump_difference *d, species_id s, species_id t)
{
    enum { MOST_READERS = 1000 }; /* a bound, because the comparison takes quadratic time */
    const int32_t *ptr = d->readers.ptr;
    contributions own = {0}, other = {0};
    if (ptr[s + 1] - ptr[s] > MOST_READERS || ptr[t + 1] - ptr[t] > MOST_READERS) {
        return -1;
    }
    contribute(d, s, s, t, &own);
    contribute(d, t, s, t, &other);
    reaction_id j = without_like(&own, &other);
    j = j < 0 ? without_like(&other, &own) : j;
    vec_free(&own);
    vec_free(&other);
    return j;
}
