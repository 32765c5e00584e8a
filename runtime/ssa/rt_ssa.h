/* Stochastic runs: a driver (run_ssa.c) over steppers, which advance a trajectory reaction by reaction or in
 * leaps. A stepper changes s->w: amounts, time, the number of events, the random stream. */
#ifndef RT_SSA_H
#define RT_SSA_H

#include "runtime/rt_events.h"
#include "runtime/rt_state.h"

struct rt_ssa;
struct rt_stepper {
    int (*refuse)(struct rt_ssa *s, struct rt_error *e); /* refuses jobs that it cannot run; NULL: it runs
                                                            all */
    void (*create)(struct rt_ssa *s);                    /* creates s->data; NULL: it needs none */
    void (*start)(struct rt_ssa *s);                     /* called when a trajectory begins; NULL: nothing to
                                                            do */
    /* Advances to t_stop, or by at least max_events more events, for which it may take one step that is not
     * exact. The result is one of enum crnl_ssa_result, with the meaning that struct crnl_ssa gives it. */
    int (*advance)(struct rt_ssa *s, double t_stop, int64_t max_events);
    void (*destroy)(struct rt_ssa *s); /* frees s->data, if there is any */
    bool has_no_kernel;                /* it uses no kernel */
    void (*changed)(struct rt_ssa *s); /* called when amounts or constants have changed; NULL: nothing to
                                          do */
    /* If amounts change between reactions (s->moves): foresee gives the state at a later time if nothing
     * happens; since_mark gives the state at a time since the last mark, with the discrete amounts of that
     * time. The states are valid until the next call. NULL: only reactions change amounts. */
    const double *(*foresee)(struct rt_ssa *s, double t);
    bool (*all_moves)(const struct rt_job *job); /* ... including discrete ones; NULL: never */
    void (*mark)(struct rt_ssa *s);
    /* For checkpoints. state: its pieces, in addition to s->w, of what continues from the middle of a run;
     * NULL: there are none. anew: forgets everything except these and s->w; NULL: there is nothing else.
     * has_no_state: whether that would not suffice. */
    void (*state)(struct rt_ssa *s, struct rt_state *p);
    void (*anew)(struct rt_ssa *s);
    bool (*has_no_state)(const struct rt_ssa *s); /* for this run; NULL: it has a state */
    const double *(*since_mark)(struct rt_ssa *s, double t);
};

/* The operations of a kernel of the slot. Everything that a kernel knows between calls is in w and in
 * w->kernel, which it created. */
struct rt_ssa_code {
    void *(*create)(const struct crnl_model *m); /* NULL: it needs nothing */
    void (*reset)(void *kernel);                 /* amounts or constants have changed */
    int (*run)(const struct crnl_model *m, struct crnl_ssa *w, int64_t max_events); /* as crnl_model.ssa */
    void (*destroy)(void *kernel);
};

/* Steps of many reactions, by jumps or by noise, have weak order 2 in two halves (Anderson, Koyama,
 * Multiscale Model. Simul. 10, 1493, 2012; Anderson, Mattingly, Commun. Math. Sci. 9, 301, 2011; theta =
 * 1/2): the first half uses the propensities a(x) at its start and leads to y, the second half uses these
 * rates. */
static inline double rt_second_rate(double at_start, double half_way)
{
    return fmax(2 * half_way - at_start, 0);
}

double *rt_ssa_readers(const struct crnl_model *m); /* number of reactions that read each species; the caller
                                                       frees it */
struct crnl_estimate rt_ssa_estimate(const struct crnl_model *m, const struct crnl_amounts *at);
/* Half the width of the interval of an amount within which the rejection kernel computes no new bounds. */
double rt_rejection_width(double x, double readers);

/* A part of a run, the burn-in or what is measured: until t_end, or for n_events more events. */
struct rt_ssa_stretch {
    double t_end;
    int64_t n_events;
    bool measuring, until_in_time; /* `until` may turn true between two reactions */
    struct rt_grid grid;
};
enum rt_ssa_stage { RT_SSA_BURN_IN, RT_SSA_MEASURE, RT_SSA_OVER };

/* What a run asks of its stepper: to advance to t_stop, or by a number of events. */
struct rt_ask {
    double t_stop, t_row, due; /* times of the next row, and of the next event, phase or turn */
    int64_t budget, before;    /* before: events of the run so far */
    int result;                /* if neither TIME nor DEAD, it was already done while t_stop was found */
    bool in_time;
};

struct rt_ssa {
    const struct rt_stepper *stepper;
    const struct rt_job *job;
    const struct rt_ssa_code *code;
    const struct crnl_kernel *kernel, *first; /* the kernel in use, and the one at the start of each run */
    struct crnl_kernel_choice choice;
    int64_t next_choice; /* number of events of the run after which the kernel is chosen again */
    struct crnl_ssa w;
    struct crnl_watch *watch; /* watch of the model, also in w if its kernels sum up; NULL: there is none */
    struct rt_recorder *r;
    struct rt_events events; /* includes the effective constants */
    double t_last;           /* time of the last event, or start of the measurement */
    double t_base;           /* start of the measurement */
    enum rt_ssa_stage stage;
    struct rt_ssa_stretch stretch;
    int status; /* status of the run */
    int64_t since_check;
    int64_t next_place;  /* number of events of the run after which the stepper forgets its own state
                            (ssa_state.c) */
    int32_t dead_phases; /* number of consecutive phases of the clock in which nothing can fire */
    double *readers;     /* [n_species] number of reactions that read each */
    bool waits;          /* `until` held where the run was continued, and must turn false before it can end
                            the run */
    bool each;           /* the state after each reaction is needed, ... */
    bool by_lane;        /* ... for conditions only, at which the lane of the run looks */
    bool is_watched;     /* the state after each step is needed */
    bool moves; /* amounts change between reactions: conditions and formulas of them are treated as those of
                   the time */
    bool looks; /* values that kernels do not sum up are observed, ... */
    double *before; /* ... and this is the state since t_last */
    void *data;     /* data of the stepper */
};

/* kernels_ssa.c: chooses the kernel of least cost at these amounts and constants, or the one that the run
 * names. Does nothing if it is already in use. Returns false after an error. */
bool rt_ssa_choose(struct rt_ssa *s, const double *x, const double *k, struct rt_error *e);
void rt_ssa_take(struct rt_ssa *s, const struct crnl_kernel *kernel);
void rt_ssa_drop(struct rt_ssa *s);

/* watch.c: statistics along a trajectory inside kernels. */
struct crnl_watch *rt_watch_create(const struct crnl_model *m); /* NULL: nothing is summed up */
void rt_watch_destroy(struct crnl_watch *w);
/* Starts at w->t. is_first: for the first time in a run. */
void rt_watch_begin(struct crnl_ssa *w, bool is_first);
/* Called when reaction j has fired at w->t and is counted in w->events; w->watch is not NULL. */
void rt_watch_reaction(struct crnl_ssa *w, int32_t j);
void rt_watch_flush(struct crnl_ssa *w, struct rt_recorder *r); /* ends the block and begins another one */
void rt_watch_end(struct crnl_ssa *w, struct rt_recorder *r);   /* ends the last block */

void *rt_ssa_create(const struct rt_stepper *stepper, const struct rt_job *job, struct rt_error *e);
int rt_ssa_run(void *workspace, struct rt_recorder *r);
/* The same in parts, for runs in lockstep: until the stage is OVER, ask, let the kernel advance, and answer.
 * If asking fails, with s->status set, the stage ends. */
bool rt_ssa_run_many(void *workspace, const struct rt_runs *runs); /* lockstep.c */
void rt_ssa_run_beside(void *const *workspace, struct rt_recorder *const *r, int n);
void rt_ssa_begin(struct rt_ssa *s, struct rt_recorder *r);
int rt_ssa_ask(struct rt_ssa *s, struct rt_ask *q);
void rt_ssa_answer(struct rt_ssa *s, const struct rt_ask *q, int result);
/* If a row is due at q->t_stop, where the amounts are s->w.x, and nothing else is, it is recorded, and
 * q->t_stop advances. */
bool rt_ssa_pass_row(struct rt_ssa *s, struct rt_ask *q);
void rt_ssa_stage_ends(struct rt_ssa *s);
void rt_ssa_finish(struct rt_ssa *s); /* all parts that are left, by its own kernel */
void rt_ssa_destroy(void *workspace);
void rt_ssa_renew(void *workspace, const struct rt_job *job, struct rt_error *e);

/* ssa_state.c. rt_ssa_go_on: a run that has begun continues from the state in the checkpoint, if there is
 * one. rt_ssa_look_state: keeps the state between two calls of the stepper, if it is needed and available. */
void rt_ssa_go_on(struct rt_ssa *s);
void rt_ssa_look_state(struct rt_ssa *s);
/* run_ssa.c: ends the part that statistics have seen, and begins another one. */
void rt_ssa_looks_end(struct rt_ssa *s);
void rt_ssa_looks_begin(struct rt_ssa *s);
/* kernels_ssa.c: a kernel by its number; NULL: there is none, or it may not run the network. */
const struct crnl_kernel *rt_ssa_kernel(const struct rt_ssa *s, int32_t id);

/* Advances by the kernel of the network, which is exact. */
int rt_ssa_exact(struct rt_ssa *s, double t_stop, int64_t max_events);
/* Called when something other than the kernel has changed amounts or constants: a pending time becomes
 * void. */
void rt_ssa_changed(struct rt_ssa *s);

#endif
