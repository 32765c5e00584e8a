/* Which propensities change when a reaction fires: those of all reactions that read a species that it
 * changes. The time is linear in the size of the answer. */
#include <stdlib.h>
#include <string.h>

#include "ir/fact/fact.h"
#include "ir/net/readers.h"
#include "support/mem.h"

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

struct dependency fact_dependency(const struct net *n)
{
    size_t n_reactions = n->reaction.n;
    struct readers x = readers_of(n);
    struct dependency d = {.ptr = mem_zalloc(n_reactions + 1, sizeof *d.ptr)};
    int32_t *last = mem_alloc((n_reactions + 1) * sizeof *last);
    memset(last, 0xFF, (n_reactions + 1) * sizeof *last);
    VEC(int32_t) out = {0};
    VEC(species_id) changed = {0};
    for (size_t j = 0; j < n_reactions; j++) {
        const struct reaction *r = &n->reaction.data[j];
        vec_reserve(&changed, (size_t)r->n_lhs + r->n_rhs + r->n_fractions);
        size_t n_changed = net_changed_species(n, r, changed.data), first = out.n;
        for (size_t k = 0; k < n_changed; k++) {
            species_id s = changed.data[k];
            for (int32_t i = x.ptr[s]; i < x.ptr[s + 1]; i++) {
                if (last[x.reaction[i]] != (int32_t)j) {
                    last[x.reaction[i]] = (int32_t)j;
                    vec_push(&out, x.reaction[i]);
                }
            }
        }
        if (out.n > first + 1) {
            qsort(out.data + first, out.n - first, sizeof *out.data, by_value);
        }
        d.ptr[j + 1] = (int32_t)out.n;
    }
    d.reaction = out.data;
    vec_free(&changed);
    free(last);
    readers_free(&x);
    return d;
}

void fact_dependency_free(struct dependency *d)
{
    free(d->ptr);
    free(d->reaction);
    *d = (struct dependency){0};
}
