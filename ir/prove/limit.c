#include "ir/prove/limit.h"

#include <math.h>
#include <stdlib.h>

#include "ir/fact/fact.h"
#include "support/mem.h"

static bool is_consumed(const struct term *change, size_t n, species_id s)
{
    for (size_t i = 0; i < n; i++) {
        if (change[i].species == s) {
            return change[i].count < 0;
        }
    }
    return false;
}

static uint64_t size_of(int64_t count)
{
    return count < 0 ? 0 - (uint64_t)count : (uint64_t)count;
}

/* Fires a reaction with these n net changes until its scarcest reactant is used up. Returns false if numbers
 * grow too large. */
static bool fire_to_completion(const struct net *net, const struct reaction *r, const struct term *change,
                               size_t n, struct arena *a, struct rational *x)
{
    struct rational extent = {0};
    bool found = false, ok = true;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        species_id s = net_lhs(net, r)[i].species;
        if (rational_is_zero(x[s]) && !is_consumed(change, n, s)) {
            return true; /* a catalyst is absent in the end */
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (change[i].count < 0) {
            struct rational possible = rational_scale(a, x[change[i].species], 1, size_of(change[i].count));
            if (!found || rational_compare(a, possible, extent) < 0) {
                extent = possible;
                found = true;
            }
        }
    }
    for (size_t i = 0; found && i < n && ok; i++) {
        struct rational turned = rational_scale(a, extent, size_of(change[i].count), 1),
                        *to = &x[change[i].species];
        *to = change[i].count < 0 ? rational_subtract(a, *to, turned) : rational_add(a, *to, turned);
        ok = rational_bits(*to) <= LIMIT_BITS;
    }
    return ok;
}

bool limit_rational(const struct net *net, struct arena *a, struct rational *x)
{
    struct rate_independence f = fact_rate_independence(net);
    VEC(struct term) change = {0};
    bool ok = f.holds;
    for (size_t i = 0; i < net->reaction.n && ok; i++) {
        const struct reaction *r = &net->reaction.data[f.order[i]];
        if (net->guard.data[r->guard].initially) {
            vec_reserve(&change, r->n_lhs + r->n_rhs);
            ok = fire_to_completion(net, r, change.data, net_change(net, r, change.data), a, x);
        }
    }
    vec_free(&change);
    fact_rate_independence_free(&f);
    return ok;
}

bool limit_exact(const struct net *net, double *x)
{
    struct arena *a = arena_create();
    struct rational *exact = mem_zalloc(net->species.n + 1, sizeof *exact);
    bool ok = true;
    for (size_t s = 0; s < net->species.n && ok; s++) {
        ok = x[s] >= 0 && x[s] < INFINITY;
        exact[s] = ok ? rational_of(a, x[s]) : exact[s];
    }
    ok = ok && limit_rational(net, a, exact);
    for (size_t s = 0; s < net->species.n && ok; s++) {
        x[s] = rational_value(a, exact[s]);
    }
    free(exact);
    arena_destroy(a);
    return ok;
}
