/* Deterministic runs: one driver (run_ode.c) over a table of solver operations. A solver takes one internal step at a
 * time and interpolates inside the last one, so that its steps do not depend on where rows are wanted. */
#ifndef RT_ODE_H
#define RT_ODE_H

#include "runtime/rt_events.h"

struct rt_ode;
struct rt_ode_solver {
    int (*create)(struct rt_ode *o, struct rt_error *e);
    int (*start)(struct rt_ode *o, struct rt_error *e); /* anew, from o->t and o->x */
    /* One step, not beyond t_stop (may be INFINITY): moves t_before, t, x. */
    int (*step)(struct rt_ode *o, double t_stop, struct rt_error *e);
    void (*at)(struct rt_ode *o, double t, double *x); /* t_before <= t <= o->t */
    void (*destroy)(struct rt_ode *o);
    const char *help; /* what to try when it gives up */
};

struct rt_ode {
    const struct rt_ode_solver *solver;
    const struct rt_job *job;
    const struct crnl_model *m;
    int64_t n; /* n_species */
    double t_before, t, *x;
    double t_horizon;                           /* end of the run; INFINITY: not known */
    double *largest, *possible, *floor, *slack; /* of tolerances, below */
    struct rt_events events;                    /* and the effective constants */
    double *f, *y;                              /* scratch of the driver */
    double *peak, *mark, t_mark; /* search for a steady state: largest amounts; state at an earlier time */
    int64_t steps;
    int32_t stuck; /* steps since time moved */
    void *data;    /* the solver's */
};

void *rt_ode_create(const struct rt_ode_solver *solver, const struct rt_job *job, struct rt_error *e);
int rt_ode_run(void *workspace, struct rt_recorder *r);
void rt_ode_destroy(void *workspace);

/* Tolerances (ode_tolerance.c). `largest` is the largest |x| so far, `possible` what could be there of what began at 0, `floor` the
 * absolute part of the tolerance, `slack` below 0 counts as 0. Begin: of a run; at_start: before a solver starts from o->t and o->x. */
void rt_ode_scales_begin(struct rt_ode *o);
void rt_ode_scales_at_start(struct rt_ode *o);
/* 1/(rtol |x| + floor) at an accepted state, which becomes known as such. */
void rt_ode_weights(struct rt_ode *o, const double *x, double *weight);
/* A change of amount s that counts: rtol |x| + floor, where |x| is at least a thousandth of its largest. */
double rt_ode_tolerance(const struct rt_ode *o, int64_t s);

/* dx at x; false if some derivative is not finite. */
bool rt_ode_rhs(const struct rt_ode *o, double t, const double *x, double *dx);
/* CRNL_SOLVER, naming time, reason and the species whose scaled error is largest (NULL: not known). */
int rt_ode_fail(const struct rt_ode *o, const char *reason, const double *scaled_error, struct rt_error *e);

#endif
