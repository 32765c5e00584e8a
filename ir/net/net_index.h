/* Hash tables of a network: symbols by name, and observed quantities by expression. The network owns them. */
#ifndef IR_NET_INDEX_H
#define IR_NET_INDEX_H

#include "ir/expr/expr.h"

struct net_index;

struct net_index *net_index_create(void);
void net_index_destroy(struct net_index *x);
/* `name` must live as long as the index. A later symbol of the same name hides the earlier one. */
void net_index_add_symbol(struct net_index *x, const char *name, int32_t symbol);
int32_t net_index_symbol(const struct net_index *x, const char *name); /* -1: none */
void net_index_add_observed(struct net_index *x, expr_id e, int32_t observed);
int32_t net_index_observed(const struct net_index *x, expr_id e); /* -1: none */

#endif
