/* Internals of net_match.c: a network as a coloured graph. Its items are species, used parameter slots,
 * guards, reactions, events, input and output symbols, and assumptions. The colour of an item is a hash of
 * its kind and of the colours of its neighbours, so that items of different colours are different. Equal
 * 64-bit hashes are assumed to mean equal colours. */
#ifndef IR_NET_COLOR_H
#define IR_NET_COLOR_H

#include "ir/prove/net_match.h"

struct incidence {
    int32_t source; /* the item that refers to this one */
    uint64_t role;  /* how it refers: as a reactant three times, in a rate, ... */
};

struct net_graph {
    const struct net *net;
    int32_t first[PART_KINDS + 1]; /* the items of a part are first[part] .. first[part + 1] */
    int32_t n_items;
    int32_t *id;            /* by item: its index in the network */
    int32_t *slot_item;     /* by slot: its item; -1: unused */
    uint64_t *color, *next; /* by item */
    uint64_t *kind;         /* by item: the part of its colour that never changes */
    struct incidence *incidence;
    int32_t *incidence_ptr; /* [n_items + 1] */
    bool *reached;          /* by expression: whether an item reads it */
    uint64_t *value;        /* by expression: its hash under the current colours */
    bool nested;            /* whether a loop is inside another one; their loop variables are not told
                               apart */
};

struct net_graph *net_graph_create(const struct net *n);
void net_graph_destroy(struct net_graph *g);
/* The work of a round of refinement. */
int64_t net_graph_cost(const struct net_graph *g);
struct net_item net_graph_item(const struct net_graph *g, int32_t item);
bool net_graph_is_named(const struct net_graph *g,
                        int32_t item); /* whether a renaming maps the item: a species, slot or guard */

/* Initial colours: by kind only; by kind and the name of each named item; by kind and position. */
void net_graph_color_by_kind(struct net_graph *g);
void net_graph_color_by_name(struct net_graph *g);
void net_graph_color_by_order(struct net_graph *g);
/* A round of refinement: every colour becomes a hash of itself and of its neighbours' colours. */
void net_graph_refine(struct net_graph *g);

uint64_t color_mix(uint64_t h, uint64_t word);

#endif
