/* Machines: discrete species that react with one another and with no other discrete ones, as those of a
 * vesicle do. What a jump of a machine changes, rates and equations of bulk, depends only on the machine's
 * own amounts; if these have few states, it is looked up in a table. Machines with the same reactions, such
 * as replicas, have the same design and share its table. */
#ifndef RT_MACHINES_H
#define RT_MACHINES_H

#include "rt_hybrid.h"

struct rt_change { /* a change of the equation of a bulk species */
    int32_t bulk;
    struct rt_quadratic by;
};
struct rt_move { /* a reaction that can fire in a state */
    int32_t reaction; /* index among those of the machine */
    int32_t to;
    double counts; /* k times its falling factorials */
    int32_t change_begin, change_end;
};
struct rt_machine_state {
    int32_t move_begin, move_end;
    double bound; /* bound on the sum of hazards in the state */
};
struct rt_design {
    int32_t first; /* a machine of this design */
    int32_t n_states, cap_states, n_moves, cap_moves, n_changes, cap_changes;
    double *x; /* [n_states][species of a machine] */
    struct rt_machine_state *state;
    struct rt_move *move;
    struct rt_change *change;
    double *high, *ratio; /* [reactions of a machine] as in struct rt_hybrid */
    bool *reads;          /* [n_bulk] */
    bool is_due;          /* it reads a bulk species with a new interval */
};
struct rt_machines {
    const struct rt_terms *terms;
    int32_t n;
    int32_t *species_ptr, *species;   /* by machine */
    int32_t *reaction_ptr, *reaction; /* the machine's firing reactions */
    int32_t *smooth_ptr, *smooth;     /* reactions that read the machine and change bulk */
    int32_t *of, *place;              /* [n_species] the machine, or -1; the index within it */
    int32_t *design;                  /* [n] -1: no table */
    int32_t *state;                   /* [n] */
    bool *is_wide;                    /* [n] whether it has too many states for a table */
    int32_t n_designs;
    struct rt_design *designs;
    double *k, *x; /* the constants and amounts for which the tables are made */
    double *full;  /* [n_species] scratch */
    bool is_made, is_of_start;
};
struct rt_machines *rt_machines_create(const struct rt_terms *t);
void rt_machines_destroy(struct rt_machines *s);
/* Brings the machines up to date with the amounts and constants of w. At the start of a run tables are those
 * of its first state, so that a workspace that was used before draws the same; later, machines without a
 * table stay without. Returns whether the tables have changed. */
bool rt_machines_put(struct rt_machines *s, const struct crnl_ssa *w, bool at_start);

#endif
