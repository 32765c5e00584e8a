/* Stochastic runs: one driver (run_ssa.c) over what moves a trajectory on, reaction by reaction or in leaps. A stepper
 * changes s->w: amounts, time, the number of events, the random stream. */
#ifndef RT_SSA_H
#define RT_SSA_H

#include "runtime/rt_events.h"

struct rt_ssa;
struct rt_stepper {
    int (*create)(struct rt_ssa *s, struct rt_error *e); /* of s->data; NULL: it needs none */
    void (*start)(struct rt_ssa *s);                     /* a trajectory begins; NULL: nothing to do */
    /* On to t_stop, or for at least max_events more events; for the latter it may take one step that is not exact. The result
     * is one of enum crnl_ssa_result, with what struct crnl_ssa says of it. */
    int (*advance)(struct rt_ssa *s, double t_stop, int64_t max_events);
    void (*destroy)(struct rt_ssa *s); /* of s->data, if there is any */
};

struct rt_ssa {
    const struct rt_stepper *stepper;
    const struct rt_job *job;
    struct crnl_ssa w;
    struct rt_recorder *r;
    struct rt_events events; /* and the effective constants */
    double t_last;           /* of the last event, or the start of the measurement */
    double t_base;           /* start of the measurement */
    int64_t since_check;
    int32_t dead_phases; /* of the clock, one after the other, in which nothing can fire */
    bool is_watched;     /* something looks at the state after each step */
    void *data;          /* the stepper's */
};

void *rt_ssa_create(const struct rt_stepper *stepper, const struct rt_job *job, struct rt_error *e);
int rt_ssa_run(void *workspace, struct rt_recorder *r);
void rt_ssa_destroy(void *workspace);

/* The kernel of the network: exact. */
int rt_ssa_exact(struct rt_ssa *s, double t_stop, int64_t max_events);
/* Something other than the kernel has changed amounts or constants: a pending time is void. */
void rt_ssa_changed(struct rt_ssa *s);

#endif
