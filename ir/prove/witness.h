/* The claim of a pass about its result, in a form that a checker without any code of passes can decide
 * (certify.h). Two linear maps take the states of the network before and after the pass to common
 * coordinates, about which the claim is. The runner owns the witness; a pass fills it if it gets one. */
#ifndef IR_WITNESS_H
#define IR_WITNESS_H

#include "ir/net/net.h"

/* A linear combination of coordinates for each species; a map without rows (ptr.n == 0) is the identity. */
struct linear_map {
    VEC(uint32_t) ptr;     /* row s is term[ptr[s] .. ptr[s + 1]] */
    VEC(struct term) term; /* `species` is a coordinate, and count its coefficient, which may be negative */
};

enum claim {
    CLAIM_LAW,   /* T: the law of the coordinates over time, both of counts and as an ODE */
    CLAIM_ODE,   /* O: the ODE of the coordinates */
    CLAIM_LIMIT, /* S: the limit of the coordinates of a rate-independent network */
    CLAIM_STEPS /* A: the reactions, up to those that change nothing, but neither rates nor initial amounts */
};

/* LIMIT: in its reaction, which consumes one molecule of it and one of another species, the species is never
 * the scarcer one. The proof shows that the total that is made of the species, minus the total of the other
 * one, is not negative, as a linear form in numbers of firings and initial amounts. Each step replaces the
 * firings of a reaction by the total of its reactant `by`, to which they are equal if `by` is the only
 * reactant, and which they do not exceed otherwise; by = -1: the number of firings is at least 0. */
struct bound_step {
    reaction_id reaction;
    species_id by;
};
struct abundant {
    species_id species;
    reaction_id reaction;
    uint32_t first, n; /* the range of its steps */
};

struct witness {
    enum claim claim;
    int32_t n_coordinates;
    struct linear_map before, after;
    VEC(species_id) absent;        /* LAW, ODE: species before the pass whose amount is 0 at all times */
    VEC(struct abundant) abundant; /* LIMIT: such species before the pass; they have no coordinate */
    VEC(struct bound_step) step;
    /* ODE: for each species after the pass the species before it whose product it is at all times; no row,
     * or an empty one: it is no product. A product has a coordinate of its own, with the species' number. */
    struct linear_map product;
    VEC(species_id) equal; /* ODE: by species before: one of equal amount; or empty */
};

/* Starts a witness with the strongest claim among the classes of a pass (pass.h; STEPS if it may
 * approximate), and with the identity map of the network's species. */
void witness_open(struct witness *w, const struct net *before, const char *classes);
/* Completes a witness: added species without a row contribute to no coordinate. */
void witness_close(struct witness *w, const struct net *after);
void witness_free(struct witness *w);
/* Sets the map before the pass: removed species contribute to no coordinate, all others to the one of their
 * new number. */
void witness_removed(struct witness *w, size_t n_species, const bool *removed);
/* Appends the row of the next species. */
void linear_map_add_row(struct linear_map *m, const struct term *row, size_t n);
/* Row i, which has *n terms; NULL and 0 if the map has no such row or if it is empty. */
const struct term *linear_map_row(const struct linear_map *m, size_t i, size_t *n);

#endif
