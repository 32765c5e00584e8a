/* Partitions of species that a network can be lumped by: the coarsest ones that refine what is observed
 * (Cardelli, Tribastone, Tschaikowski, Vandin: Maximal aggregation of polynomial dynamical systems, PNAS
 * 2017), and of the species that no sum depends on nothing is left. Blocks are split until their species have
 * the same derivatives of what happens to each block, as polynomials. Polynomials are compared by linear
 * hashes (residue.h): species that differ are told apart but for a probability below n^2 / 2^120. Time is of
 * the order of m log n for m terms in the sides of reactions. */
#ifndef IR_LUMP_H
#define IR_LUMP_H

#include "ir/net/net.h"
#include "ir/net/uses.h"

enum lump {
    LUMP_COUNTS, /* sums of blocks: the propensity of each change of the sums depends on the sums alone */
    LUMP_SUMS    /* sums of blocks: their right side depends on the sums alone (forward equivalence) */
};

struct partition {
    int32_t *
        block; /* by species; blocks are numbered by their first species, ascending; -1: no sum needs it */
    species_id *first; /* by block */
    int32_t *size;     /* by block */
    int32_t n_blocks;
    species_id *
        told_from; /* by species: the last one that shared its block when blocks were split, or -1 */
};
struct partition lump_partition(const struct net *n, enum lump kind);
void lump_free(struct partition *p);

/* For messages: a reaction by which two species that were told apart differ, -1 if outputs do. */
struct lump_difference;
struct lump_difference *lump_difference_open(const struct net *n, enum lump kind, const struct partition *p);
reaction_id lump_difference(struct lump_difference *d, species_id s, species_id t);
void lump_difference_close(struct lump_difference *d);

/* What keeps a species out of sums, whatever it reacts with: enum use. */
enum {
    LUMP_APART =
        USE_INPUT | USE_EVENT_WRITE | USE_LAW | USE_ASSUME | USE_EVENT_READ | USE_NO_OUTPUTS | USE_FRACTION
};

#endif
