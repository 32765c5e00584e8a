#include "ir/net_index.h"

#include <stdlib.h>
#include <string.h>

#include "support/hash.h"
#include "support/mem.h"

struct entry {
    const char *name; /* or NULL and `expr` */
    expr_id expr;
    int32_t value;
    bool used;
};

struct table {
    struct entry *slot;
    size_t n, size; /* power of two */
};

struct net_index {
    struct table symbols, observed;
};

static uint64_t hash_entry(const struct entry *e)
{
    return e->name ? hash_bytes(e->name, strlen(e->name)) : hash_mix(1, e->expr);
}

static bool same_key(const struct entry *x, const struct entry *y)
{
    return x->name ? strcmp(x->name, y->name) == 0 : x->expr == y->expr;
}

static struct entry *probe(const struct table *t, const struct entry *key)
{
    size_t h = hash_entry(key) & (t->size - 1);
    while (t->slot[h].used && !same_key(&t->slot[h], key)) {
        h = (h + 1) & (t->size - 1);
    }
    return &t->slot[h];
}

static void table_add(struct table *t, struct entry e)
{
    if (t->n * 2 >= t->size) {
        struct table bigger = {NULL, t->n, t->size ? t->size * 2 : 16};
        bigger.slot = mem_zalloc(bigger.size, sizeof *bigger.slot);
        for (size_t i = 0; i < t->size; i++) {
            if (t->slot[i].used) {
                *probe(&bigger, &t->slot[i]) = t->slot[i];
            }
        }
        free(t->slot);
        *t = bigger;
    }
    struct entry *at = probe(t, &e);
    t->n += !at->used;
    *at = e;
}

static int32_t table_find(const struct table *t, struct entry key)
{
    if (t->size == 0) {
        return -1;
    }
    const struct entry *at = probe(t, &key);
    return at->used ? at->value : -1;
}

struct net_index *net_index_create(void)
{
    return mem_zalloc(1, sizeof(struct net_index));
}

void net_index_destroy(struct net_index *x)
{
    if (x) {
        free(x->symbols.slot);
        free(x->observed.slot);
        free(x);
    }
}

void net_index_add_symbol(struct net_index *x, const char *name, int32_t symbol)
{
    table_add(&x->symbols, (struct entry){name, 0, symbol, true});
}

int32_t net_index_symbol(const struct net_index *x, const char *name)
{
    return table_find(&x->symbols, (struct entry){name, 0, 0, true});
}

void net_index_add_observed(struct net_index *x, expr_id e, int32_t observed)
{
    table_add(&x->observed, (struct entry){NULL, e, observed, true});
}

int32_t net_index_observed(const struct net_index *x, expr_id e)
{
    return table_find(&x->observed, (struct entry){NULL, e, 0, true});
}
