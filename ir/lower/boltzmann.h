/* Shared code of the constructions of Boltzmann machines. Unit i is represented by two adjacent species,
 * i.on and i.off, exactly one of which is present. Everything except the network is in scratch memory. */
#ifndef IR_LOWER_BOLTZMANN_H
#define IR_LOWER_BOLTZMANN_H

#include "ir/lower/lower.h"

struct boltzmann {
    const struct lowerer *l;
    struct net *net;
    struct arena *scratch;
    int32_t n;          /* number of units */
    species_id *on;     /* [n]: species i.on; species i.off is the next one */
    int32_t *neighbour; /* [n]: filled by boltzmann_neighbours */
    /* First slots of the network parameters w and theta, which follow the model if its parameters are not
     * known at compile time. */
    int32_t first[2];
    expr_id k; /* rate constant k, option 0 of the lowerer */
};

/* Starts a network for a machine. Weights, biases and rates are expressions: constants, or expressions over
 * network parameters that follow the model. */
struct boltzmann boltzmann_open(const struct lowerer *l);
/* Adds the assumption that parameters which are not known yet are those of a Boltzmann machine: weights are
 * symmetric, and a unit has weight 0 to itself. The model's parameters satisfy this, but a user may set
 * those of the network. */
void boltzmann_assume_symmetric(struct boltzmann *b);
/* Frees everything except the network, and returns the network. If `good` is false, frees the network too
 * and returns NULL. */
struct net *boltzmann_close(struct boltzmann *b, bool good);

expr_id boltzmann_weight(const struct boltzmann *b, int32_t i, int32_t j); /* weight of the connection by
                                                                              which j acts on i */
expr_id boltzmann_bias(const struct boltzmann *b, int32_t i);
/* Whether unit j acts on unit i: the weight is not 0 or, if weights are not known, the model connects
 * them. */
bool boltzmann_joins(const struct boltzmann *b, int32_t i, int32_t j);
/* Writes the units with which unit i is connected to b->neighbour, and returns their number. */
int32_t boltzmann_neighbours(struct boltzmann *b, int32_t i);
/* Whether all connections go both ways; if not, reports E0522. */
bool boltzmann_has_law(const struct lowerer *l);
/* Whether the number of reactions is at most 2^20 if each unit has a pair for each state of its neighbours:
 * the sum of 2^(d + 1) over units of degree d. If not, reports E0522 with that number. */
bool boltzmann_is_small(struct boltzmann *b);

/* The energies that are released when unit i turns on, by state of its neighbours: in state s, neighbour d
 * is on if bit d of s is set, and the energy is theta_i plus the sum of w_ij over the neighbours that are
 * on. The array is in scratch memory; b->neighbour must hold the `degree` neighbours. */
expr_id *boltzmann_gains(const struct boltzmann *b, int32_t i, int32_t degree);
/* The origin of the reactions of unit i, such as "v[2] of bm", in scratch memory. */
const char *boltzmann_origin(const struct boltzmann *b, int32_t i);

/* Adds the species of all units, which are all off, and for each group the symbols NAME.on and NAME.off with
 * their entries in the record. */
void boltzmann_add_units(struct boltzmann *b, struct lowering *record);
/* Adds a mass action reaction. A constant rate that is 0 or not finite is reported as E0522; the result is
 * then false. */
bool boltzmann_add_reaction(struct boltzmann *b, const struct term *lhs, const struct term *rhs, size_t n,
                            expr_id rate, const char *origin);

#endif
