#include "ir/net/net_index.h"

#include <stdlib.h>

#include "support/hash.h"
#include "support/map.h"
#include "support/mem.h"

struct entry {
    expr_id expr; /* 0: free */
    int32_t value;
};

struct net_index {
    struct map symbols;
    struct entry *observed;
    size_t n, size; /* of observed; size is a power of two */
};

static struct entry *probe(const struct net_index *x, expr_id e)
{
    size_t h = hash_mix(1, e) & (x->size - 1);
    while (x->observed[h].expr && x->observed[h].expr != e) {
        h = (h + 1) & (x->size - 1);
    }
    return &x->observed[h];
}

struct net_index *net_index_create(void)
{
    return mem_zalloc(1, sizeof(struct net_index));
}

void net_index_destroy(struct net_index *x)
{
    if (x) {
        map_free(&x->symbols);
        free(x->observed);
        free(x);
    }
}

void net_index_add_symbol(struct net_index *x, const char *name, int32_t symbol)
{
    map_set(&x->symbols, name, symbol);
}

int32_t net_index_symbol(const struct net_index *x, const char *name)
{
    return map_find(&x->symbols, name);
}

void net_index_add_observed(struct net_index *x, expr_id e, int32_t observed)
{
    if (x->n * 2 >= x->size) {
        struct net_index old = *x;
        x->size = old.size ? old.size * 2 : 16;
        x->observed = mem_zalloc(x->size, sizeof *x->observed);
        for (size_t i = 0; i < old.size; i++) {
            if (old.observed[i].expr) {
                *probe(x, old.observed[i].expr) = old.observed[i];
            }
        }
        free(old.observed);
    }
    struct entry *at = probe(x, e);
    x->n += at->expr == 0;
    *at = (struct entry){e, observed};
}

int32_t net_index_observed(const struct net_index *x, expr_id e)
{
    const struct entry *at = x->size > 0 ? probe(x, e) : NULL;
    return at && at->expr ? at->value : -1;
}
