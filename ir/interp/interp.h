/* The slow interpreter of a network, which is the reference: everything is computed from its definition, by
 * walking expressions and recomputing every propensity at every event. Kernels must agree with it bit for
 * bit. */
#ifndef IR_INTERP_H
#define IR_INTERP_H

#include "ir/net/net.h"
#include "runtime/crnl_num.h"

struct interp;

/* Creates an interpreter of a network, which must outlive it and must not change. */
struct interp *interp_create(const struct net *n);
void interp_destroy(struct interp *it);

/* Computes the parameters from their defaults, in order, into p[net->n_slots]. `fixed` (may be NULL) marks
 * slots that keep their value. `globals` are the numbers of the program (NULL: declared defaults are taken).
 * Returns false if a default is missing or cannot be computed; *slot says which. */
bool interp_params(struct interp *it, const double *globals, const uint8_t *fixed, double *p, int32_t *slot);
/* Computes the initial amounts x at parameters p. Returns false if one cannot be computed (an index out of
 * range). */
bool interp_initial(struct interp *it, const double *p, double *x);
/* Computes the rate constant k of each reaction, which is 1 for laws. Returns false if one cannot be
 * computed. */
bool interp_rates(struct interp *it, const double *p, double *k);
/* Computes the constants of struct crnl_ssa: k / V^(order - 1), V for a law, and 0 for a reaction whose
 * guard is initially off. */
void interp_effective(struct interp *it, const double *k, double volume, double *effective);
/* The value of a scalar expression of the network: real, integer or boolean (0 or 1). NaN if an index is out
 * of range. */
double interp_value(struct interp *it, expr_id e, const double *x, double t, const double *p,
                    const double *capture, double inv_volume);
/* Computes dx/dt, with effective constants k, at volume 1. */
void interp_rhs(struct interp *it, double t, const double *x, const double *p, const double *k, double *dx);

/* The state of a trajectory: members of struct crnl_ssa, with the same meaning (runtime/crnl_rt.h). */
struct interp_ssa_state {
    double *x;
    const double *k, *p;
    double inv_volume;
    double t, t_stop, t_next; /* t_next < 0: no event is pending */
    int64_t events;
    struct crnl_rng rng;
    int32_t
        bad; /* the reaction that has a bad propensity, makes an amount negative, or has a fractional
                change */
    int32_t fired; /* the reaction that fired last; -1: none */
    struct crnl_wait wait;
};
enum interp_ssa_result { INTERP_TIME, INTERP_EVENT, INTERP_DEAD, INTERP_BAD }; /* ORDER crnl_ssa_result */

double interp_propensity(struct interp *it, reaction_id j, const struct interp_ssa_state *w);
/* Simulates an event by the naive direct method, with the rules of runtime/crnl_num.h for waiting and
 * selection. */
enum interp_ssa_result interp_ssa_step(struct interp *it, struct interp_ssa_state *w);
/* Simulates until t_stop, or until max_events more events have happened (INTERP_EVENT). */
enum interp_ssa_result interp_ssa_run(struct interp *it, struct interp_ssa_state *w, int64_t max_events);

/* Simulates a trajectory from w->t = 0 to t_end with the network's clock and events, as a method independent
 * of the runtime's. k: constants before the clock masks them. The volume is 1; amounts that events give are
 * taken as they are. Conditions are tested after reactions and events, not in between, so they must not read
 * the time. Returns INTERP_TIME or INTERP_BAD. */
enum interp_ssa_result interp_course(struct interp *it, struct interp_ssa_state *w, const double *k,
                                     double t_end);

#endif
