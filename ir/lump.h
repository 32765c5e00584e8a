/* Partitions of species that a network can be lumped by: the coarsest ones that refine what is observed (Cardelli,
 * Tribastone, Tschaikowski, Vandin: Maximal aggregation of polynomial dynamical systems, PNAS 2017), and of the species that
 * no sum depends on nothing is left. Blocks are split until their species have the same derivatives of what happens to each
 * block, as polynomials. Polynomials are compared by linear hashes (residue.h): species that differ are told apart but for a
 * probability below n^2 / 2^120. Time is of the order of m log n for m terms in the sides of reactions. */
#ifndef IR_LUMP_H
#define IR_LUMP_H

#include "ir/net.h"

enum lump {
    LUMP_COUNTS, /* sums of blocks: the propensity of each change of the sums depends on the sums alone */
    LUMP_SUMS    /* sums of blocks: their right side depends on the sums alone (forward equivalence) */
};

struct partition {
    int32_t *
        block; /* by species; blocks are numbered by their first species, ascending; -1: no sum depends on it */
    species_id *first; /* by block */
    int32_t *size;     /* by block */
    int32_t n_blocks;
};
struct partition lump_partition(const struct net *n, enum lump kind);
void lump_free(struct partition *p);

#endif
