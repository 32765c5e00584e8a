/* Runs of a network by the Rosenbrock method in the lanes of vectors, each with its own steps. Mass action
 * alone: right sides and Jacobians are the loops of the table (table_ode.c), a run in each lane. */
#ifndef RT_ROSENBROCK_LANES_H
#define RT_ROSENBROCK_LANES_H

#include "rt_ode.h"
#include "rt_rosenbrock.h"

/* What the solver knows of a run. */
struct rosenbrock {
    struct rt_jacobian jacobian;
    struct rosenbrock_factors sparse, full; /* full: for Jacobians by differences; n = 0: not made yet */
    struct rosenbrock_step step, full_step;
    double *memory, *full_memory;
    void *host;                  /* in lanes: what the host of the run has */
    struct rosenbrock_step *now; /* of the last step; NULL: there is none */
    bool analytic;
    double *dense, *raised; /* [ROSENBROCK_DENSE][n]; [n] */
    bool has_dense;         /* dense is of the last step */
    int n_unsolved;         /* trials since the start whose equations could not be solved */
    double bound;
    double h;                      /* the next step; 0: it is the first one */
    double accepted, accepted_way; /* length of the last step, and its factor (`longer`); 0: there is none */
};

/* Whether digits bound the steps: equations of longer steps have too few of them to be solved. */
bool rosenbrock_is_held(const struct rosenbrock *c);

/* A step that is tried. */
struct rosenbrock_trial {
    double wanted, h;
    bool ends, failed; /* ends: at t_stop; failed: it was longer before */
};
/* begin: what the first trial wants, where jacobian, f and weight of `s` are known. length: of the next
 * trial; judge: what follows from its error and factor: whether the step is done, or wanted is shorter. end:
 * the solver's memory after a step that is done. */
void rosenbrock_begin(struct rt_ode *o, const struct rosenbrock_step *s, double t_stop,
                      struct rosenbrock_trial *trial);
double rosenbrock_length(const struct rt_ode *o, double t_stop, struct rosenbrock_trial *trial);
bool rosenbrock_judge(const struct rt_ode *o, double error, double longer, struct rosenbrock_trial *trial);
void rosenbrock_end(struct rt_ode *o, double longer, const struct rosenbrock_trial *trial);

/* Numbers are [..][wide]. */
struct rosenbrock_lanes {
    struct rosenbrock_step step;
    const struct crnl_model *m;
    const struct rt_jacobian *jacobian;
    double root_of_n;
    double *k;                                  /* [n_reactions] */
    double *largest, *possible, *floor, *below; /* [n] as in struct rt_ode; below: what is admitted below 0 */
    double *rtol, *noise;                       /* [1] */
    int64_t *is_signed, *by_scale, *is_absent;  /* [n] -1: yes */
    int64_t *makes_noise;                       /* [n] */
    double *raised;                             /* [n] scratch */
    int64_t *odd,
        *is_beyond; /* [1] odd: there is no trial; is_beyond: more than the trial would happen at its
                                 end */
};
/* begin: scales, weights, derivatives and Jacobian of a step; step: a trial, and whether more would
 * happen. */
struct rosenbrock_lane_steps {
    int wide;
    bool (*is_here)(void);
    void (*begin)(struct rosenbrock_lanes *l);
    void (*step)(struct rosenbrock_lanes *l);
};
extern const struct rosenbrock_lane_steps rosenbrock_avx2, rosenbrock_avx512;

/* A solver that uses the method for a part of its steps. enter: takes steps alone up to where the next ones
 * are by the method, and makes the run one of the method; false: it has ended. after: after each step;
 * whether the host must see the run before the next one. leave: the run is the host's again. */
struct rosenbrock_host {
    bool (*enter)(struct rt_ode *o, struct rt_stretch *s);
    bool (*after)(struct rt_ode *o);
    void (*leave)(struct rt_ode *o);
};
/* Whether nothing but reactions of mass action can happen in runs of the network. */
bool rosenbrock_may_be_beside(const struct crnl_model *m);
/* All steps of runs that have begun to be measured, as far as nothing else happens in them. host = NULL:
 * there is none. */
void rosenbrock_beside(struct rt_ode *const *o, struct rt_stretch *const *s, int n,
                       const struct rosenbrock_host *host);

#endif
