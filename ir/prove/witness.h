/* What a pass claims about its result, in a form that a checker without any code of passes can decide
 * (certify.h). Two linear maps take the states of the network before and after to a common quotient, whose
 * coordinates the claim is about. Owned by the runner; a pass fills it when it is given one. */
#ifndef IR_WITNESS_H
#define IR_WITNESS_H

#include "ir/net/net.h"

/* For each species a combination of coordinates; without rows (ptr.n == 0) the identity. */
struct linear_map {
    VEC(uint32_t) ptr;     /* row s: term[ptr[s] .. ptr[s + 1]] */
    VEC(struct term) term; /* `species` is a coordinate; the count may be negative */
};

enum claim {
    CLAIM_LAW,   /* T: the law of the coordinates over time, as counts and as an ODE */
    CLAIM_ODE,   /* O: the ODE of the coordinates */
    CLAIM_LIMIT, /* S: the limit of the coordinates, of a rate-independent network */
    CLAIM_STEPS /* A: the reactions, up to those that change nothing; not their rates, nor amounts at first */
};

/* LIMIT: in its reaction, where it is consumed once with one molecule of another, the species is never the
 * scarcer one. Proof: all that is made of it less all that is made of the other, as a sum over firings and
 * initial amounts, is not negative. Each step replaces the firings of a reaction by all that is made of its
 * reactant `by`, which they are if it reacts there alone, and else at most; -1: they are at least 0. */
struct bound_step {
    reaction_id reaction;
    species_id by;
};
struct abundant {
    species_id species;
    reaction_id reaction;
    uint32_t first, n; /* steps */
};

struct witness {
    enum claim claim;
    int32_t n_coordinates;
    struct linear_map before, after;
    VEC(species_id) absent;        /* LAW, ODE: species of the network before that are 0 at all times */
    VEC(struct abundant) abundant; /* LIMIT: of the network before; they have no coordinate */
    VEC(struct bound_step) step;
    /* ODE: by species after, the species before whose product it is at all times; no row, or an empty one:
     * none. Each has a coordinate of its own, that of its number. */
    struct linear_map product;
    VEC(species_id) equal; /* ODE: by species before, one that has its amount at all times; or empty */
};

/* The strongest claim among the classes of a pass (pass.h; STEPS if it may approximate), with the identity of
 * the network's species. */
void witness_open(struct witness *w, const struct net *before, const char *classes);
/* Species that were added and have no row go to no coordinate. */
void witness_close(struct witness *w, const struct net *after);
void witness_free(struct witness *w);
/* The map before: species that are removed go to no coordinate, the others to that of their new number. */
void witness_removed(struct witness *w, size_t n_species, const bool *removed);
/* Appends the row of the next species. */
void linear_map_add_row(struct linear_map *m, const struct term *row, size_t n);
/* Row i, of *n terms; of those that the map has not, and of empty ones, NULL and 0. */
const struct term *linear_map_row(const struct linear_map *m, size_t i, size_t *n);

#endif
