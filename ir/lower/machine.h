/* A detailed-balance network as the machine of paper 001: copies of it whose reactions read potentials.
 * Potential P of species S is made and used up with S, so that the law of the machine is its own times the
 * product of P^-S (section II.D.2 of the paper). */
#ifndef IR_LOWER_MACHINE_H
#define IR_LOWER_MACHINE_H

#include "ir/lower/lower.h"

struct machine {
    const struct lowerer *l;
    const struct net *from;
    struct arena *scratch;
    double *k;          /* [reactions] at the default parameters */
    int32_t n_changing; /* species that reactions change: each has a potential */
    species_id *changing;
    /* By species, with edges as units' neighbours know them: the potentials of a unit's edges act on all its
     * reactions. Empty in the paper's reading. */
    int32_t n_edges;
    const int32_t *edge;                  /* [2 n_edges] units */
    const species_id *edge_on, *edge_off; /* [n_edges] */
    const species_id *unit_on, *unit_off; /* [n_units] */
    int32_t n_units;
};

/* The two readings, in the order of the words: a potential moves exactly when its species does (the lists of
 * SI XI.D); or those of edges act on every reaction of the units that they join (what the authors ran). */
enum machine_reading { READ_SPECIES, READ_EDGES };
extern const char *const machine_readings[];

/* False after an error: l->from is not detailed balanced, or has no edges to read. m->scratch is the
 * caller's to destroy. */
bool machine_open(struct machine *m, const struct lowerer *l, const struct lowering *record,
                  enum machine_reading reading);
/* A copy with PREFIX before its names: ids by species of `from`. */
species_id *machine_add_species(const struct machine *m, struct net *net, const char *prefix,
                                int32_t instance);
/* Its reactions, at `factor` times the rates. potential: n sets, by species of `from`, -1 none. False after
 * an error. */
bool machine_add_reactions(const struct machine *m, struct net *net, const species_id *copy,
                           const species_id *const *potential, int n, expr_id factor, const char *origin);
/* P.S for each changing species, 1 at first; with symbols. By species of `from`. */
species_id *machine_add_potentials(const struct machine *m, struct net *net, const char *prefix,
                                   enum species_kind kind);
/* The species that `text` names, "S", "A", "A[2]": of a unit that which is there when it is on. -1 after an
 * error. */
species_id machine_species(const struct lowerer *l, const struct net *n, const struct lowering *record,
                           const char *text, struct span span);
/* When reactions with a label happen: `during = (learn = awake)`, in a phase of the network's clock, a
 * guard, or at a rate in proportion to a species, which catalyses them. */
struct machine_during {
    int32_t guard;
    species_id by; /* -1: none */
};
/* Of labels[n], up to NULL; the names are those of `names_of`, whose ids the network under construction has
 * too. False after an error. */
bool machine_find_during(const struct lowerer *l, const struct lower_given *given, const struct net *names_of,
                         const struct lowering *record, const char *const *labels,
                         struct machine_during *out);
/* A reaction of mass action at `rate` with a label and, if `back` is not 0, its reverse at that. */
void machine_add_swing(struct net *net, const char *label, const struct machine_during *during,
                       const struct term side[2][2], const size_t n[2], expr_id rate, expr_id back,
                       struct span span);
/* A parameter of the network with its symbol. */
expr_id machine_add_param(const struct lowerer *l, struct net *net, const char *name, double value);

#endif
