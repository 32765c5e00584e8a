/* Names of a network that becomes a part of another one. */
#include "ir/net/net.h"
#include "ir/net/net_index.h"

static const char *prefixed(struct net *n, struct arena *scratch, const char *prefix, const char *name)
{
    return name ? intern_text(n->names, arena_printf(scratch, "%s%s", prefix, name)) : NULL;
}

void net_add_prefix(struct net *n, const char *prefix)
{
    struct arena *scratch = arena_create();
    for (size_t i = 0; i < n->species.n; i++) {
        n->species.data[i].name = prefixed(n, scratch, prefix, n->species.data[i].name);
    }
    for (size_t i = 0; i < n->reaction.n; i++) {
        n->reaction.data[i].label = prefixed(n, scratch, prefix, n->reaction.data[i].label);
    }
    for (size_t i = 0; i < n->param.n; i++) {
        n->param.data[i].name = prefixed(n, scratch, prefix, n->param.data[i].name);
    }
    for (size_t i = 1; i < n->guard.n; i++) {
        n->guard.data[i].name = prefixed(n, scratch, prefix, n->guard.data[i].name);
    }
    net_index_destroy(n->index);
    n->index = net_index_create();
    for (size_t i = 0; i < n->symbol.n; i++) {
        n->symbol.data[i].name = prefixed(n, scratch, prefix, n->symbol.data[i].name);
        net_index_add_symbol(n->index, n->symbol.data[i].name, (int32_t)i);
    }
    for (size_t i = 0; i < n->observed.n; i++) {
        net_index_add_observed(n->index, n->observed.data[i], (int32_t)i);
    }
    arena_destroy(scratch);
}
