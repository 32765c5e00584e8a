/* What constructions of Boltzmann machines share. Unit i is two species, of which one is there: i.on and, next to it, i.off. In scratch
 * memory, but for the network. */
#ifndef IR_LOWER_BOLTZMANN_H
#define IR_LOWER_BOLTZMANN_H

#include "ir/lower/lower.h"

struct boltzmann {
    const struct lowerer *l;
    struct net *net;
    struct arena *scratch;
    int32_t n;          /* units */
    species_id *on;     /* [n]; that of unit i off is the next one */
    int32_t *neighbour; /* [n], room for boltzmann_neighbours */
};

struct boltzmann boltzmann_open(const struct lowerer *l);
/* The network, or NULL and none if the construction is not good; frees the rest. */
struct net *boltzmann_close(struct boltzmann *b, bool good);

/* Of a model whose parameters are known. */
double boltzmann_weight(const struct boltzmann *b, int32_t i, int32_t j);
double boltzmann_bias(const struct boltzmann *b, int32_t i);
/* The units that unit i is connected with, in b->neighbour; how many. */
int32_t boltzmann_neighbours(struct boltzmann *b, int32_t i);
/* Whether a pair of reactions for each state of a unit's neighbours, sum of 2^(d + 1) over the units, are at most 2^20; else E0522
 * with the number. */
bool boltzmann_is_small(struct boltzmann *b);

/* Species of all units, all off, and the symbols NAME.on and NAME.off of each group, with their parts of the record. */
void boltzmann_add_units(struct boltzmann *b, struct lowering *record);
/* "v[2]", in scratch memory. */
const char *boltzmann_unit_name(const struct boltzmann *b, int32_t i);
/* Mass action. A constant rate that is 0 or no finite number is E0522; false. */
bool boltzmann_add_reaction(struct boltzmann *b, const struct term *lhs, const struct term *rhs, size_t n,
                            expr_id rate, const char *origin);

#endif
