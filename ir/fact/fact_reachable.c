/* The states that a small network reaches from its initial amounts, and the propensities between them, by
 * their definition. Other facts hold for all rates; here they can be tested by enumeration. The solver of
 * the master equation has a faster enumeration of its own (runtime/cme). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fact/fact.h"
#include "ir/interp/interp.h"
#include "support/hash_index.h"
#include "support/mem.h"

struct explorer {
    const struct net *n;
    struct interp *it;
    struct reachable *r;
    struct hash_index index;
    double *x, *p, *k;
    struct term *change;
    int32_t *amount; /* amounts of the current state */
};

static const char *cannot(const struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (n->reaction.data[j].rate_kind == RATE_LAW) {
            return "it has rate laws";
        }
    }
    return n->event.n > 0              ? "it has events"
           : n->clock.n > 0            ? "it has a clock"
           : net_first_unknown(n) >= 0 ? "a reaction changes amounts by what is no whole number, or later"
                                       : NULL;
}

static void list_changing(struct reachable *r, const struct net *n, struct term *change)
{
    bool *changes = mem_zalloc(n->species.n + 1, sizeof *changes);
    for (size_t j = 0; j < n->reaction.n; j++) {
        size_t m = net_change(n, &n->reaction.data[j], change);
        for (size_t i = 0; i < m; i++) {
            changes[change[i].species] = true;
        }
    }
    for (size_t s = 0; s < n->species.n; s++) {
        if (changes[s]) {
            vec_push(&r->changing, (species_id)s);
        }
    }
    free(changes);
}

/* The number of the state in x->amount, which is added if it is new and there is room; otherwise -1. */
static int32_t find(struct explorer *x, int64_t most)
{
    struct reachable *r = x->r;
    size_t size = r->changing.n, turn = 0;
    uint64_t hash = hash_bytes(x->amount, size * sizeof *x->amount);
    int32_t i;
    while ((i = hash_index_next(&x->index, hash, &turn)) >= 0) {
        if (memcmp(&r->amount.data[(size_t)i * size], x->amount, size * sizeof *x->amount) == 0) {
            return i;
        }
    }
    if (r->n == most) {
        return -1;
    }
    hash_index_add(&x->index, hash, (int32_t)r->n);
    for (size_t k = 0; k < size; k++) {
        vec_push(&r->amount, x->amount[k]);
    }
    return (int32_t)r->n++;
}

/* Sets x->amount to the state to which reaction j leads from the state x->x. Returns false if an amount
 * leaves its range. */
static bool fire(struct explorer *x, reaction_id j)
{
    size_t m = net_change(x->n, &x->n->reaction.data[j], x->change);
    for (size_t i = 0, at = 0; i < x->r->changing.n; i++) {
        int64_t v = (int64_t)x->x[x->r->changing.data[i]];
        if (at < m && x->change[at].species == x->r->changing.data[i]) {
            v += x->change[at++].count;
        }
        if (v < 0 || v > INT32_MAX) {
            return false;
        }
        x->amount[i] = (int32_t)v;
    }
    return true;
}

/* Adds the transitions of state `from`; transitions to the same state are added up. */
static bool explore(struct explorer *x, int32_t from, int64_t most)
{
    struct reachable *r = x->r;
    struct interp_ssa_state w = {.x = x->x, .k = x->k, .p = x->p, .inv_volume = 1};
    for (size_t i = 0; i < r->changing.n; i++) {
        x->x[r->changing.data[i]] = r->amount.data[(size_t)from * r->changing.n + i];
    }
    for (reaction_id j = 0; j < (reaction_id)x->n->reaction.n; j++) {
        double a = interp_propensity(x->it, j, &w);
        if (!(a > 0 && a < INFINITY)) {
            continue;
        }
        int32_t to = fire(x, j) ? find(x, most) : -1;
        if (to < 0) {
            r->why = "more states can be reached than are looked at";
            return false;
        }
        size_t first = r->first.data[from], at = first;
        while (at < r->to.n && r->to.data[at] != to) {
            at++;
        }
        if (to != from && at == r->to.n) {
            vec_push(&r->to, to);
            vec_push(&r->rate, 0);
        }
        if (to != from) {
            r->rate.data[at] += a;
        }
    }
    return true;
}

static bool is_counted(struct explorer *x)
{
    for (size_t i = 0; i < x->r->changing.n; i++) {
        double v = x->x[x->r->changing.data[i]];
        if (!(v >= 0 && v <= INT32_MAX && v == floor(v))) {
            x->r->why = "initial amounts are no whole numbers";
            return false;
        }
        x->amount[i] = (int32_t)v;
    }
    return true;
}

static void explore_all(struct explorer *x, int64_t most)
{
    struct reachable *r = x->r;
    int32_t slot;
    if (!interp_params(x->it, NULL, NULL, x->p, &slot) || !interp_initial(x->it, x->p, x->x) ||
        !interp_rates(x->it, x->p, x->k)) {
        r->why = "amounts or rates cannot be computed at the default parameters";
        return;
    }
    interp_effective(x->it, x->k, 1, x->k);
    bool good = is_counted(x) && find(x, most) == 0;
    for (int32_t i = 0; good && i < r->n; i++) {
        vec_push(&r->first, r->to.n);
        good = explore(x, i, most);
    }
    vec_push(&r->first, r->to.n);
    r->complete = good;
}

struct reachable fact_reachable(const struct net *n, int64_t most)
{
    struct reachable r = {.why = cannot(n)};
    if (r.why) {
        return r;
    }
    size_t widest = 1;
    for (size_t j = 0; j < n->reaction.n; j++) {
        size_t terms = (size_t)n->reaction.data[j].n_lhs + n->reaction.data[j].n_rhs;
        widest = terms > widest ? terms : widest;
    }
    struct explorer x = {.n = n, .it = interp_create(n), .r = &r};
    x.change = mem_alloc(widest * sizeof *x.change);
    x.x = mem_zalloc(n->species.n + 1, sizeof *x.x);
    x.p = mem_zalloc((size_t)n->n_slots + 1, sizeof *x.p);
    x.k = mem_zalloc(n->reaction.n + 1, sizeof *x.k);
    list_changing(&r, n, x.change);
    x.amount = mem_zalloc(r.changing.n + 1, sizeof *x.amount);
    explore_all(&x, most);
    interp_destroy(x.it);
    hash_index_free(&x.index);
    free(x.change);
    free(x.x);
    free(x.p);
    free(x.k);
    free(x.amount);
    return r;
}

void fact_reachable_free(struct reachable *r)
{
    vec_free(&r->changing);
    vec_free(&r->amount);
    vec_free(&r->first);
    vec_free(&r->to);
    vec_free(&r->rate);
    *r = (struct reachable){0};
}
