/* Inside of net_match.c: a network as a coloured graph. Items are its species, used parameter slots, guards,
 * reactions, events, input and output symbols and assumptions; the colour of an item is a hash of what it is
 * and of the colours around it, so that items of different colour are different. Equal hashes of 64 bits are
 * taken for equal. */
#ifndef IR_NET_COLOR_H
#define IR_NET_COLOR_H

#include "ir/prove/net_match.h"

struct incidence {
    int32_t source; /* item that refers to this one */
    uint64_t role;  /* reactant three times, in a rate, ... */
};

struct net_graph {
    const struct net *net;
    int32_t first[PART_KINDS + 1]; /* items first[part] .. first[part + 1] */
    int32_t n_items;
    int32_t *id;            /* of each item in the network */
    int32_t *slot_item;     /* by slot: its item, -1 unused */
    uint64_t *color, *next; /* by item */
    uint64_t *kind;         /* by item: what never changes */
    struct incidence *incidence;
    int32_t *incidence_ptr; /* [n_items + 1] */
    bool *reached;          /* by expression */
    uint64_t *value;        /* by expression: hash under the colours at hand */
    bool nested;            /* a binder inside of another: not told apart */
};

struct net_graph *net_graph_create(const struct net *n);
void net_graph_destroy(struct net_graph *g);
/* Work of a round, for the limit. */
int64_t net_graph_cost(const struct net_graph *g);
struct net_item net_graph_item(const struct net_graph *g, int32_t item);
bool net_graph_is_named(const struct net_graph *g,
                        int32_t item); /* species, slot, guard: what a renaming maps */

/* Colours by kind alone; by the name of each named item; by its place in the order. */
void net_graph_color_by_kind(struct net_graph *g);
void net_graph_color_by_name(struct net_graph *g);
void net_graph_color_by_order(struct net_graph *g);
/* One round: every colour from its own and those around it. */
void net_graph_refine(struct net_graph *g);

uint64_t color_mix(uint64_t h, uint64_t word);

#endif
