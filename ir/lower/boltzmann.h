/* What constructions of Boltzmann machines share. Unit i is two species, of which one is there: i.on and,
 * next to it, i.off. In scratch memory, but for the network. */
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
    /* Slots of w and theta, parameters of the network that follow the model, where that has none when
     * compiling. */
    int32_t first[2];
    expr_id k; /* of the lowerer's option 0 */
};

/* Weights, biases and rates are expressions: constants, or over the parameters of the network that follow
 * the model. */
struct boltzmann boltzmann_open(const struct lowerer *l);
/* Has the network assume that parameters which are not known yet are those of a machine: weights are the
 * same both ways, and 0 from a unit to itself. Those of the model are; but the network's own may be set. */
void boltzmann_assume_symmetric(struct boltzmann *b);
/* The network, or NULL and none if the construction is not good; frees the rest. */
struct net *boltzmann_close(struct boltzmann *b, bool good);

expr_id boltzmann_weight(const struct boltzmann *b, int32_t i, int32_t j); /* of what j does to i */
expr_id boltzmann_bias(const struct boltzmann *b, int32_t i);
/* Whether unit j does something to unit i: by a weight that is not 0 or, where weights are not known, as the
 * model says. */
bool boltzmann_joins(const struct boltzmann *b, int32_t i, int32_t j);
/* The units that unit i is connected with, in b->neighbour; how many. */
int32_t boltzmann_neighbours(struct boltzmann *b, int32_t i);
/* Whether connections go both ways; else E0522. */
bool boltzmann_has_law(const struct lowerer *l);
/* Whether a pair of reactions for each state of a unit's neighbours, sum of 2^(d + 1) over the units, are
 * at most 2^20; else E0522 with the number. */
bool boltzmann_is_small(struct boltzmann *b);

/* For each state s of the neighbours of unit i, of which neighbour d is on if bit d of s is set: theta_i +
 * the sum of w_ij over those that are on, by which the energy falls when the unit turns on. In scratch
 * memory; `degree` of them are in b->neighbour. */
expr_id *boltzmann_gains(const struct boltzmann *b, int32_t i, int32_t degree);
/* "v[2] of bm", in scratch memory: where the reactions of unit i come from. */
const char *boltzmann_origin(const struct boltzmann *b, int32_t i);

/* Species of all units, all off, and the symbols NAME.on and NAME.off of each group, with their parts of
 * the record. */
void boltzmann_add_units(struct boltzmann *b, struct lowering *record);
/* Mass action. A constant rate that is 0 or no finite number is E0522; false. */
bool boltzmann_add_reaction(struct boltzmann *b, const struct term *lhs, const struct term *rhs, size_t n,
                            expr_id rate, const char *origin);

#endif
