/* Decides whether two networks are equal up to the names of species, parameters and phases, by colour
 * refinement (1-dimensional Weisfeiler and Leman) with bounded individualisation. If they are equal, the
 * renaming is the witness; otherwise the result names what has no counterpart. */
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
    int32_t *species;             /* EQUAL: for each species of a the species of b; otherwise NULL */
    VEC(struct net_item) only[2]; /* DIFFERENT: items of a, and of b, without counterpart */
    bool units_differ;
};

/* Compares species with their kind, initial amount and whether they are inputs; used parameters with their
 * defaults; reactions with their rates; events in order; phases and clock; assumptions; units and volume;
 * and inputs and outputs with their declared shape. Rates are equal if they are the same expression, where
 * the operands of + and * may be exchanged. `limit` bounds the work, in units of about 10 ns; 0: a default
 * of a few seconds. Beyond it the answer is UNDECIDED. */
struct net_match net_match(const struct net *a, const struct net *b, int64_t limit);
void net_match_free(struct net_match *m);

/* A copy of the network whose expressions have the defaults in place of parameters. Returns NULL if a
 * default cannot be computed. */
struct net *net_with_defaults(const struct net *n);

#endif
