/* Partitions of species by which a network can be lumped: the coarsest partition that respects what is
 * observed (Cardelli, Tribastone, Tschaikowski, Vandin: Maximal aggregation of polynomial dynamical systems,
 * PNAS 2017). Species on which no sum depends are in no block. A block is split until the derivatives, by
 * its species, of the change of each block are the same polynomial. Polynomials are compared by linear
 * hashes (residue.h); the probability that two different species are not told apart is below n^2 / 2^120.
 * The time is of the order of m log n for m terms in the sides of reactions. */
#ifndef IR_LUMP_H
#define IR_LUMP_H

#include "ir/net/net.h"
#include "ir/net/uses.h"

enum lump {
    LUMP_COUNTS, /* sums of blocks: the propensity of each change of the sums is a function of the sums */
    LUMP_SUMS    /* sums of blocks: the right sides of their ODEs are functions of the sums (forward
                    equivalence) */
};

struct partition {
    int32_t *
        block; /* by species: its block; blocks are numbered in the order of their first species; -1: no sum
                  needs the species */
    species_id *first; /* by block */
    int32_t *size;     /* by block */
    int32_t n_blocks;
    species_id *
        told_from; /* by species: the last species to share its block before a split, or -1 */
};
struct partition lump_partition(const struct net *n, enum lump kind);
void lump_free(struct partition *p);

/* For messages: lump_difference gives a reaction that explains why species s and t are in different blocks;
 * -1 if outputs are the reason. */
struct lump_difference;
struct lump_difference *lump_difference_open(const struct net *n, enum lump kind, const struct partition *p);
reaction_id lump_difference(struct lump_difference *d, species_id s, species_id t);
void lump_difference_close(struct lump_difference *d);

/* Uses (enum use) that keep a species in a block of its own, whatever its reactions are. */
enum {
    LUMP_APART =
        USE_INPUT | USE_EVENT_WRITE | USE_LAW | USE_ASSUME | USE_EVENT_READ | USE_NO_OUTPUTS | USE_FRACTION
};

#endif
