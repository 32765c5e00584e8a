/* The slow interpreter of a network: the oracle. Everything is computed from the definition, by walking
 * expressions and recomputing every propensity at every event; kernels must agree with it bit for bit. */
#ifndef IR_INTERP_H
#define IR_INTERP_H

#include "ir/net/net.h"
#include "runtime/crnl_num.h"

struct interp;

/* The network must outlive it and stay as it is. */
struct interp *interp_create(const struct net *n);
void interp_destroy(struct interp *it);

/* Parameters by their defaults, in order; `p` has net->n_slots values. fixed (may be NULL): slots that
 * keep their value. globals (may be NULL: the declared default is taken): program parameters. False: a
 * default is missing or cannot be computed; `slot` says which. */
bool interp_params(struct interp *it, const double *globals, const uint8_t *fixed, double *p, int32_t *slot);
/* Initial amounts at parameters p. False: cannot be computed (index out of range). */
bool interp_initial(struct interp *it, const double *p, double *x);
/* Rate constant of each reaction; 1 for laws. */
bool interp_rates(struct interp *it, const double *p, double *k);
/* k / V^(order - 1), V for a law, 0 for a reaction whose guard is initially off: the constants of struct
 * crnl_ssa. */
void interp_effective(struct interp *it, const double *k, double volume, double *effective);
/* Any scalar expression of the network: real, integer or boolean (0, 1). NaN if an index is out of range. */
double interp_value(struct interp *it, expr_id e, const double *x, double t, const double *p,
                    const double *capture, double inv_volume);
/* dx/dt with effective constants k at volume 1. */
void interp_rhs(struct interp *it, double t, const double *x, const double *p, const double *k, double *dx);

/* One trajectory: the fields that struct crnl_ssa has, with their meaning (runtime/crnl_rt.h). */
struct interp_ssa_state {
    double *x;
    const double *k, *p;
    double inv_volume;
    double t, t_stop, t_next; /* t_next < 0: none pending */
    int64_t events;
    struct crnl_rng rng;
    int32_t
        bad; /* reaction with a bad propensity, a negative amount after it, or a fractional change */
    int32_t fired; /* the last one, -1 none */
    struct crnl_wait wait;
};
enum interp_ssa_result { INTERP_TIME, INTERP_EVENT, INTERP_DEAD, INTERP_BAD }; /* ORDER crnl_ssa_result */

double interp_propensity(struct interp *it, reaction_id j, const struct interp_ssa_state *w);
/* One event of the naive direct method, with the rules of runtime/crnl_num.h for waiting and selection. */
enum interp_ssa_result interp_ssa_step(struct interp *it, struct interp_ssa_state *w);
/* Until t_stop, or max_events more events (INTERP_EVENT). */
enum interp_ssa_result interp_ssa_run(struct interp *it, struct interp_ssa_state *w, int64_t max_events);

/* A trajectory from w->t = 0 to t_end with the network's clock and events: the second method to what the
 * runtime does. k: constants before the clock masks them. Volume 1; amounts that events give are taken as
 * they are. Conditions are looked at after reactions and events, not between: they must not read the time.
 * INTERP_TIME or INTERP_BAD. */
enum interp_ssa_result interp_course(struct interp *it, struct interp_ssa_state *w, const double *k,
                                     double t_end);

#endif
