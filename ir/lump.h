/* Partitions of species that a network can be lumped by: the coarsest ones that refine what is observed (Cardelli,
 * Tribastone, Tschaikowski, Vandin: Maximal aggregation of polynomial dynamical systems, PNAS 2017), found by
 * splitting blocks whose species have different signatures until none is split. A signature is a random linear hash,
 * twice modulo 2^61 - 1: species that differ get different ones but for a probability below n^2 / 2^120. */
#ifndef IR_LUMP_H
#define IR_LUMP_H

#include "ir/net.h"

enum lump {
    LUMP_COUNTS, /* sums of blocks: the propensity of each change of the sums depends on the sums alone */
    LUMP_SUMS    /* sums of blocks: their right side depends on the sums alone (forward equivalence) */
};

struct partition {
    int32_t *block;    /* by species; blocks are numbered by their first species, ascending */
    species_id *first; /* by block */
    int32_t *size;     /* by block */
    int32_t n_blocks;
};
struct partition lump_partition(const struct net *n, enum lump kind);
void lump_free(struct partition *p);

#endif
