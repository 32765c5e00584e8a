/* The uses of species by anything other than the sides of reactions. A pass may not change what is observed
 * of a network, and may not remove a species that a run sets or an event changes. */
#ifndef IR_USES_H
#define IR_USES_H

#include "ir/net/net.h"

enum use {
    USE_INPUT = 1,  /* `input`, or set by an experiment */
    USE_OUTPUT = 2, /* an output or an experiment reads it */
    USE_LAW = 4,    /* a rate law reads it */
    USE_ASSUME = 8,
    USE_EVENT_READ = 16, /* the condition or a value of an event reads it */
    USE_EVENT_WRITE = 32,
    USE_NO_OUTPUTS = 64, /* the network declares no outputs, so that every species is observed */
    USE_FRACTION = 128,  /* it takes part, in any way, in a reaction whose change is not known */
    USE_ANY = 255
};

struct use_place {
    species_id species;
    unsigned use;
    struct span at;
};
struct uses {
    uint8_t *of;                 /* by species: flags of enum use */
    VEC(struct use_place) place; /* the place of the first use of each kind, sorted by species */
};

/* pair[s] is the partner rail of species s, or -1; pair may be NULL. The difference of two partners does not
 * count as a use of either. */
struct uses uses_of(const struct net *n, const species_id *pair);
void uses_free(struct uses *u);
/* The first reason in `mask` that applies to s, as a phrase for remarks; NULL if none does. */
const char *uses_reason(const struct uses *u, species_id s, unsigned mask);
/* The place of that use; an empty span if no reason applies. */
struct span uses_place(const struct uses *u, species_id s, unsigned mask);
/* Whether an output or an experiment observes the symbol. */
bool uses_is_observed(const struct symbol *s);

#endif
