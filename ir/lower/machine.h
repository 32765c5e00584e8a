/* A detailed balanced network as the machine of paper 001: copies of the network whose reactions read
 * potentials. The potential P of species S is made and used up together with S, so that the law of the
 * machine is that of the network times the product of P^-S (section II.D.2 of the paper). */
#ifndef IR_LOWER_MACHINE_H
#define IR_LOWER_MACHINE_H

#include "ir/lower/lower.h"

struct machine {
    const struct lowerer *l;
    const struct net *from;
    struct arena *scratch;
    double *k;          /* [reactions] rate constants at the default parameters */
    int32_t n_changing; /* number of species that reactions change; each has a potential */
    species_id *changing;
    /* For READ_EDGES: the units and connections of the machine, as species. The potentials of a unit's edges
     * act on all reactions of the unit. Empty for READ_SPECIES. */
    int32_t n_edges;
    const int32_t *edge;                  /* [2 n_edges] the units of each edge */
    const species_id *edge_on, *edge_off; /* [n_edges] */
    const species_id *unit_on, *unit_off; /* [n_units] */
    int32_t n_units;
};

/* The two readings of the paper, in the order of machine_readings. READ_SPECIES: a potential changes exactly
 * when its species does (the lists of SI XI.D). READ_EDGES: the potentials of edges act on every reaction of
 * the units that they join (what the authors ran). */
enum machine_reading { READ_SPECIES, READ_EDGES };
extern const char *const machine_readings[];

/* Returns false after an error: l->from is not detailed balanced, or has no edges to read. The caller
 * destroys m->scratch. */
bool machine_open(struct machine *m, const struct lowerer *l, const struct lowering *record,
                  enum machine_reading reading);
/* Adds the species of a copy of `from`, with `prefix` before their names. Returns the new ids, by species of
 * `from`. */
species_id *machine_add_species(const struct machine *m, struct net *net, const char *prefix,
                                int32_t instance);
/* Adds the reactions of the copy, at `factor` times their rates. `potential` are n sets of potentials, each
 * by species of `from`; -1: none. Returns false after an error. */
bool machine_add_reactions(const struct machine *m, struct net *net, const species_id *copy,
                           const species_id *const *potential, int n, expr_id factor, const char *origin);
/* Adds a potential, such as P.S, for each changing species, with the initial amount 1 and a symbol. Returns
 * them by species of `from`. */
species_id *machine_add_potentials(const struct machine *m, struct net *net, const char *prefix,
                                   enum species_kind kind);
/* The species that `text` names, such as "S", "A" or "A[2]"; the name of a unit means the species that is
 * present when the unit is on. Returns -1 after an error. */
species_id machine_species(const struct lowerer *l, const struct net *n, const struct lowering *record,
                           const char *text, struct span span);
/* When the reactions with a label happen, as `during = (learn = awake)` says: in a phase of the network's
 * clock, while a guard is on, or at a rate in proportion to a species, which catalyses them. */
struct machine_during {
    int32_t guard;
    species_id by; /* -1: none */
};
/* Finds for each of `labels`, which NULL ends, when its reactions happen. Names are looked up in
 * `names_of`, whose ids are also those of the network under construction. Returns false after an error. */
bool machine_find_during(const struct lowerer *l, const struct lower_given *given, const struct net *names_of,
                         const struct lowering *record, const char *const *labels,
                         struct machine_during *out);
/* Adds a mass action reaction with a label and the constant `rate` and, if `back` is not 0, its reverse with
 * the constant `back`. */
void machine_add_swing(struct net *net, const char *label, const struct machine_during *during,
                       const struct term side[2][2], const size_t n[2], expr_id rate, expr_id back,
                       struct span span);
/* Adds a parameter and its symbol to the network. */
expr_id machine_add_param(const struct lowerer *l, struct net *net, const char *name, double value);

#endif
