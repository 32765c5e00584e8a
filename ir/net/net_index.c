#include "ir/net/net_index.h"

#include "support/hash_index.h"
#include "support/map.h"
#include "support/vec.h"

struct entry {
    expr_id expr;
    int32_t observed;
};

struct net_index {
    struct map symbols;
    VEC(struct entry) observed;
    struct hash_index by_expr;
};

struct net_index *net_index_create(void)
{
    return mem_zalloc(1, sizeof(struct net_index));
}

void net_index_destroy(struct net_index *x)
{
    if (x) {
        map_free(&x->symbols);
        vec_free(&x->observed);
        hash_index_free(&x->by_expr);
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

static struct entry *find(const struct net_index *x, expr_id e)
{
    size_t turn = 0;
    for (int32_t i; (i = hash_index_next(&x->by_expr, hash_mix(1, e), &turn)) >= 0;) {
        if (x->observed.data[i].expr == e) {
            return &x->observed.data[i];
        }
    }
    return NULL;
}

void net_index_add_observed(struct net_index *x, expr_id e, int32_t observed)
{
    struct entry *old = find(x, e);
    if (old) {
        old->observed = observed;
        return;
    }
    hash_index_add(&x->by_expr, hash_mix(1, e), (int32_t)x->observed.n);
    vec_push(&x->observed, (struct entry){e, observed});
}

int32_t net_index_observed(const struct net_index *x, expr_id e)
{
    const struct entry *at = find(x, e);
    return at ? at->observed : -1;
}
