#include "ir/fact/fact.h"

#include <stdlib.h>

#include "ir/fact/null_space.h"
#include "support/mem.h"

struct conservation fact_conservation(const struct net *n)
{
    return fact_conservation_within(n, NULL_SPACE_WORK);
}

struct conservation fact_conservation_within(const struct net *n, int64_t most_work)
{
    size_t n_reactions = n->reaction.n;
    int32_t *ptr = mem_zalloc(n_reactions + 1, sizeof *ptr);
    struct term *change = mem_alloc((n->term.n + 1) * sizeof *change);
    bool *skip = mem_zalloc(n->species.n + 1, sizeof *skip);
    size_t room = n->term.n;
    for (size_t s = 0; s < n->species.n; s++) {
        skip[s] = n->species.data[s].kind == SPECIES_CONSTANT;
    }
    for (size_t i = 0; i < n->change.n; i++) {
        skip[n->change.data[i].species] = true; /* an event would break a law that contains it */
    }
    for (size_t i = 0; i < n->fraction.n; i++) {
        skip[n->fraction.data[i].species] = true; /* its change by a reaction is not known */
    }
    for (size_t j = 0; j < n_reactions; j++) {
        const struct reaction *r = &n->reaction.data[j];
        if ((size_t)ptr[j] + r->n_lhs + r->n_rhs > room) {
            room = (room + r->n_lhs + r->n_rhs) * 2; /* reactions may share ranges of terms, so the first
                                                        estimate may be too small */
            change = mem_resize(change, room + 1, sizeof *change);
        }
        ptr[j + 1] = ptr[j] + (int32_t)net_whole_change(n, r, change + ptr[j]);
    }
    struct conservation c = null_space(n->species.n, skip, n_reactions, ptr, change, most_work);
    free(ptr);
    free(change);
    free(skip);
    return c;
}

void fact_conservation_free(struct conservation *c)
{
    vec_free(&c->term);
    vec_free(&c->first);
    *c = (struct conservation){0};
}
