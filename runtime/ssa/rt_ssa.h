/* Stochastic runs: one driver (run_ssa.c) over what moves a trajectory on, reaction by reaction or in
 * leaps. A stepper changes s->w: amounts, time, the number of events, the random stream. */
#ifndef RT_SSA_H
#define RT_SSA_H

#include "runtime/rt_events.h"
#include "runtime/rt_state.h"

struct rt_ssa;
struct rt_stepper {
    int (*refuse)(struct rt_ssa *s, struct rt_error *e); /* what it cannot run, for each job; NULL: nothing */
    void (*create)(struct rt_ssa *s);                    /* of s->data; NULL: it needs none */
    void (*start)(struct rt_ssa *s);                     /* a trajectory begins; NULL: nothing to do */
    /* On to t_stop, or for at least max_events more events; for the latter it may take one step that is
     * not exact. The result is one of enum crnl_ssa_result, with what struct crnl_ssa says of it. */
    int (*advance)(struct rt_ssa *s, double t_stop, int64_t max_events);
    void (*destroy)(struct rt_ssa *s); /* of s->data, if there is any */
    bool has_no_kernel;                /* it does all itself */
    void (*changed)(struct rt_ssa *s); /* amounts or constants are others; NULL: nothing to do */
    /* Where amounts move between reactions (s->moves): the state at a time from now on if nothing happens;
     * the state at a time since the last mark, with what was discrete then. They are valid until the next
     * call. NULL: amounts move by reactions alone. */
    const double *(*foresee)(struct rt_ssa *s, double t);
    bool (*all_moves)(const struct rt_job *job); /* ... also what is discrete; NULL: never */
    void (*mark)(struct rt_ssa *s);
    /* For checkpoints: its pieces, in addition to s->w, of what goes on from the middle of a run; NULL: there
     * are none. Anew: it knows nothing but these and s->w; NULL: it never does. No state: that would not
     * do. */
    void (*state)(struct rt_ssa *s, struct rt_state *p);
    void (*anew)(struct rt_ssa *s);
    bool (*has_no_state)(const struct rt_ssa *s); /* of this run; NULL: it has one */
    const double *(*since_mark)(struct rt_ssa *s, double t);
};

/* What a kernel of the slot does. All it knows between calls is in w and in what it has created,
 * w->kernel. */
struct rt_ssa_code {
    void *(*create)(const struct crnl_model *m); /* NULL: it needs nothing */
    void (*reset)(void *kernel);                 /* amounts or constants are others */
    int (*run)(const struct crnl_model *m, struct crnl_ssa *w, int64_t max_events); /* as crnl_model.ssa */
    void (*destroy)(void *kernel);
};

/* Steps of many reactions, by jumps or by noise, are of weak order 2 in two halves (Anderson, Koyama,
 * Multiscale Model. Simul. 10, 1493, 2012; Anderson, Mattingly, Commun. Math. Sci. 9, 301, 2011; theta =
 * 1/2): the first at the propensities a(x) of its start, which leads to y, the second at these rates. */
static inline double rt_second_rate(double at_start, double half_way)
{
    return fmax(2 * half_way - at_start, 0);
}

double *rt_ssa_readers(const struct crnl_model *m); /* how many reactions read each species; free it */
struct crnl_estimate rt_ssa_estimate(const struct crnl_model *m, const struct crnl_amounts *at);
/* Half the interval of an amount, in which the rejection kernel computes no new bounds. */
double rt_rejection_width(double x, double readers);

/* Until t_end or n_events more events. */
struct rt_phase {
    double t_end;
    int64_t n_events;
    bool measuring, until_in_time; /* `until` may turn true between two reactions */
    struct rt_grid grid;
};
enum rt_ssa_stage { RT_SSA_BURN_IN, RT_SSA_MEASURE, RT_SSA_OVER };

/* What a run asks of its stepper: on to t_stop, or so many more events. */
struct rt_ask {
    double t_stop, t_row, due; /* the next row; event, phase or turn */
    int64_t budget, before;    /* events of the run so far */
    int result;                /* neither TIME nor DEAD: it has been done, in finding t_stop */
    bool in_time;
};

struct rt_ssa {
    const struct rt_stepper *stepper;
    const struct rt_job *job;
    const struct rt_ssa_code *code;
    const struct crnl_kernel *kernel, *first; /* in use; at the start of each run */
    struct crnl_kernel_choice choice;
    int64_t next_choice; /* events of the run after which the kernel is chosen again */
    struct crnl_ssa w;
    struct crnl_watch *watch; /* of the model, in w if its kernels sum up; NULL: there is none */
    struct rt_recorder *r;
    struct rt_events events; /* and the effective constants */
    double t_last;           /* of the last event, or the start of the measurement */
    double t_base;           /* start of the measurement */
    enum rt_ssa_stage stage;
    struct rt_phase phase;
    int status; /* of the run */
    int64_t since_check;
    int64_t next_place;  /* events of the run after which it goes on anew (ssa_state.c) */
    int32_t dead_phases; /* of the clock, one after the other, in which nothing can fire */
    double *readers;     /* [n_species] reactions that read each */
    bool waits;          /* `until` held where it goes on from, and has to fail before it ends the run */
    bool each;           /* somebody wants to see the state after each reaction */
    bool is_watched;     /* something looks at the state after each step */
    bool moves; /* amounts do between reactions: conditions and formulas of them are as those of the time */
    bool looks; /* ... at what kernels do not sum up, ... */
    double *before; /* ... and this is the state since t_last */
    void *data;     /* the stepper's */
};

/* kernels_ssa.c: the kernel of least cost at these amounts and constants, or the one that the run names.
 * Nothing happens if it is the one in use. False after an error. */
bool rt_ssa_choose(struct rt_ssa *s, const double *x, const double *k, struct rt_error *e);
void rt_ssa_take(struct rt_ssa *s, const struct crnl_kernel *kernel);
void rt_ssa_drop(struct rt_ssa *s);

/* watch.c: statistics along a trajectory inside kernels. */
struct crnl_watch *rt_watch_create(const struct crnl_model *m); /* NULL: there are none */
void rt_watch_destroy(struct crnl_watch *w);
void rt_watch_begin(struct crnl_ssa *w); /* at w->t; nothing was before */
/* It has fired at w->t and is counted in w->events; w->watch is there. */
void rt_watch_reaction(struct crnl_ssa *w, int32_t j);
void rt_watch_flush(struct crnl_ssa *w, struct rt_recorder *r); /* the block ends, and another begins */
void rt_watch_end(struct crnl_ssa *w, struct rt_recorder *r);   /* ... all does */

void *rt_ssa_create(const struct rt_stepper *stepper, const struct rt_job *job, struct rt_error *e);
int rt_ssa_run(void *workspace, struct rt_recorder *r);
/* The same in parts, for runs that go on side by side: until the stage is OVER, ask, let the kernel do it,
 * answer. Where asking fails, which is in s->status, the stage ends. */
bool rt_ssa_run_many(void *workspace, const struct rt_runs *runs); /* lockstep.c */
void rt_ssa_begin(struct rt_ssa *s, struct rt_recorder *r);
int rt_ssa_ask(struct rt_ssa *s, struct rt_ask *q);
void rt_ssa_answer(struct rt_ssa *s, const struct rt_ask *q, int result);
/* If a row is due at q->t_stop, where the amounts are s->w.x, and nothing else: it is recorded, and q->t_stop
 * moves on. */
bool rt_ssa_pass_row(struct rt_ssa *s, struct rt_ask *q);
void rt_ssa_stage_ends(struct rt_ssa *s);
void rt_ssa_destroy(void *workspace);
void rt_ssa_renew(void *workspace, const struct rt_job *job, struct rt_error *e);

/* ssa_state.c: when a run has begun, it goes on from the state in the checkpoint, if there is one. Look:
 * keeps the state, between two calls of the stepper, where one is wanted and can be had. */
void rt_ssa_go_on(struct rt_ssa *s);
void rt_ssa_look_state(struct rt_ssa *s);
/* run_ssa.c: what statistics have seen ends here, and begins anew. */
void rt_ssa_looks_end(struct rt_ssa *s);
void rt_ssa_looks_begin(struct rt_ssa *s);
/* kernels_ssa.c: a kernel by its number; NULL: none has it, or the one that has may not run the network. */
const struct crnl_kernel *rt_ssa_kernel(const struct rt_ssa *s, int32_t id);

/* The kernel of the network: exact. */
int rt_ssa_exact(struct rt_ssa *s, double t_stop, int64_t max_events);
/* Something other than the kernel has changed amounts or constants: a pending time is void. */
void rt_ssa_changed(struct rt_ssa *s);

#endif
