/* Are two networks equal up to the names of species, parameters and phases? Colour refinement (1-dimensional
 * Weisfeiler and Leman) with bounded individualisation: equality comes with the renaming as its witness; what
 * has no counterpart is named. */
#ifndef IR_NET_MATCH_H
#define IR_NET_MATCH_H

#include "ir/net/net.h"

enum net_part {
    PART_SPECIES,
    PART_SLOT,
    PART_GUARD,
    PART_REACTION,
    PART_EVENT,
    PART_SYMBOL,
    PART_ASSUME,
    PART_KINDS
};

struct net_item {
    enum net_part part;
    int32_t id; /* index of the species, slot, ... in its network */
};

enum net_match_answer { NET_MATCH_EQUAL, NET_MATCH_DIFFERENT, NET_MATCH_UNDECIDED };

struct net_match {
    enum net_match_answer answer;
    int32_t *species;             /* EQUAL: species of b for each of a; else NULL */
    VEC(struct net_item) only[2]; /* DIFFERENT: what of a (of b) has no counterpart; both may be empty */
    bool units_differ;
};

/* What is compared: species with kind, initial amount and whether they are inputs; parameters that are used,
 * with defaults; reactions with rates; events in order; phases and clock; assumptions; units and volume;
 * inputs and outputs of declared shape. Rates are equal when they are the same expression, where + and * may
 * be turned round. `limit` bounds the work, about 10 ns each; 0: a default of a few seconds. Past it the
 * answer is UNDECIDED. */
struct net_match net_match(const struct net *a, const struct net *b, int64_t limit);
void net_match_free(struct net_match *m);

/* The network with its parameters replaced by their defaults in all expressions. NULL if a default cannot be
 * computed. */
struct net *net_with_defaults(const struct net *n);

#endif
