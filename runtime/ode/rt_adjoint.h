/* Runs backwards. A run whose derivative will be asked for records its course, or is repeated to record it:
 * the steps, what happened between them, and when values were taken (ode_course.c). The course is then
 * followed from its end with the adjoint of the state (adjoint.c), which is the derivative of the loss by
 * each amount at that time. Steps of explicit Runge-Kutta methods are reversed exactly (adjoint_rk.c); for
 * other solvers the adjoint equation dy/dt = -J(x(t))^T y is solved along the solver's x between its steps
 * (adjoint_implicit.c).
 *
 * If a step ends at a time or condition that depends on parameters, the adjoint of that time is followed
 * too. */
#ifndef RT_ADJOINT_H
#define RT_ADJOINT_H

#include "rt_ode.h"
#include "runtime/rt_backwards.h"

enum course_kind {
    COURSE_STEP, /* a step from t to t_to; the next item begins at t_end */
    /* samples first .. first + n are taken at t; inside: within the step before, which extends past t */
    COURSE_VALUES,
    /* the step before was cut where condition `index` turned true: the end of the run, or an event */
    COURSE_LOCATED,
    COURSE_TIMED,  /* the step before ended at the time of event `index`, for the n-th time */
    COURSE_PHASE,  /* ... or at the end of phase `index` of cycle n */
    COURSE_TURN,   /* ... or where turn index - 1, which laws read, jumps; 0: it bends */
    COURSE_CHANGE, /* event `index` changes amounts; the state is the one before it */
    COURSE_START,  /* the solver restarts here */
    COURSE_MEASURE /* the burn-in is over */
};
struct course_item {
    int32_t kind, index;
    bool inside, at_stop; /* at_stop: the step ended where it had to, not by its own length */
    bool follows;         /* its state is exactly the end state of the step before */
    double t, t_to, t_end;
    int64_t first, n;
    size_t state;       /* index in `number` of its state or states; COURSE_NO_STATE: it was thinned out */
    double after, turn; /* rt_events_time */
};
enum {
    COURSE_POINTS = 7
}; /* a polynomial of degree 6, above the order of every solver whose steps are kept dense */

#define COURSE_NO_STATE SIZE_MAX

/* Explicit Runge-Kutta methods. */
enum { RUNGE_KUTTA_STAGES = 8 };
struct runge_kutta {
    int stages;
    double a[RUNGE_KUTTA_STAGES][RUNGE_KUTTA_STAGES], b[RUNGE_KUTTA_STAGES], c[RUNGE_KUTTA_STAGES];
    bool is_hermite; /* states inside a step are those of the cubic polynomial through both ends and their
                        slopes */
};

/* A recorded course. States of n amounts are in `number`: those at the start of steps and, as long as there
 * is room, of the other stages. If there would be more than `most` numbers, stages are dropped first, then
 * the states of all but each `stride`-th of consecutive steps; going back, these are recomputed from the
 * last state that was kept (`adjoint_state`). */
struct course {
    struct course_item *item;
    int64_t n, cap;
    double *number;
    size_t n_numbers, numbers_cap, most;
    bool is_dense;   /* each step has states at COURSE_POINTS places */
    bool has_stages; /* the state of a step is followed by those of its stages from the second on */
    bool is_whole;   /* the run succeeded and is recorded as a whole */
    bool gives_up;   /* recording ends where it would be thinned out: another run then records it */
    int64_t n_amounts, stride, run; /* run: number of steps since one that did not follow */
    int32_t phase;                  /* phase at the end */
    const char *refusal;            /* what happened that has no derivative; NULL: nothing */
    double *end;                    /* [n_amounts] state at the end of the last step */
    bool at_end;                    /* nothing has happened since then */
    const struct rt_ode_code *code;
    bool has_table;
    struct runge_kutta table;
    struct lockstep *lockstep; /* steps behind the items, which are not among them (rt_lockstep.h); or NULL */
    int lane;                  /* of the run there */
    /* Results of the run: */
    double t_end, *x_end;
    struct rt_moments **moments; /* [n_stats][n_elems] moments of statistics along the run */
    int32_t n_stats;
};
enum { COURSE_MOST = 2 << 20 }; /* numbers: 16 MiB */
void course_free(struct course *c);
/* Called when a run begins, and when it has succeeded. */
void course_begin(struct rt_ode *o, struct course *c);
void course_end(struct rt_ode *o, const struct rt_recorder *r);
/* The driver calls these functions, which do nothing if o->course is NULL. */
void course_note_step(struct rt_ode *o, double t_stop);
void course_note_end(struct rt_ode *o, double t_end); /* the last step ends there */
void course_note_values(struct rt_ode *o, double t, int64_t first, int64_t n, bool inside);
void course_note_located(struct rt_ode *o, int32_t condition); /* an expression */
void course_note_due(struct rt_ode *o); /* called before what is due now happens: records times that have
                                           passed */
void course_note_change(void *ode, int32_t event, double t, const double *x);
void course_note_start(struct rt_ode *o);
void course_note_measure(struct rt_ode *o);
void course_note_slide(struct rt_ode *o); /* a surface where laws jump is followed from here on */
static inline double course_time(const struct course_item *i, double t)
{
    return t < i->after                                          ? i->after
           : i->turn < INFINITY && t > crnl_time_before(i->turn) ? crnl_time_before(i->turn)
                                                                 : t;
}
/* course_place: place i of COURSE_POINTS inside a step, from 0 to 1. course_interpolate: the polynomial
 * through all places, at t. */
double course_place(int i);
void course_interpolate(const struct course *c, const struct course_item *step, int64_t n, double t,
                        double *x);

/* Goes back along a run of a deterministic method: `run` of rt_backwards. */
int rt_ode_backwards(const struct rt_job *job, const struct rt_cotangents *c, int64_t row, int64_t n_rows,
                     struct rt_partial *to, struct rt_error *e);
struct course *rt_ode_course(const struct rt_job *job, int64_t n_rows, bool sure);
void rt_ode_course_free(struct course *c);
extern const struct rt_backwards rt_backwards_implicit;

/* adjoint_pairs.c: reactions of mass action, n of them in the order `reaction`. First n_members that take at
 * most two molecules, by pairs; an additional last `pair` only marks the end of these. */
struct vjp_pair {
    int32_t p, q, first;
};
struct vjp_pairs {
    const struct crnl_model *m;
    int32_t n_pairs, n_members, n, n_changes;
    struct vjp_pair *pair;
    int32_t *reaction, *change;    /* [n] change: an index of different changes of amounts */
    int32_t *change_ptr, *species; /* [n_changes + 1] where the species and deltas of a change begin */
    double *delta;
};
void vjp_pairs_create(struct vjp_pairs *v, const struct crnl_model *m);
void vjp_pairs_destroy(struct vjp_pairs *v);
/* pairs_reverse (pairs_lanes.h) of one run. */
void vjp_pairs_rhs(const struct vjp_pairs *v, const double *k, const double *x, const double *y,
                   double *x_bar, double *k_bar, double *d);

/* The reverse of right sides. `on[j]`: whether reaction j takes part. */
struct vjp {
    const struct crnl_model *m;
    const double *p;
    const double *k;        /* effective */
    const uint8_t *on;      /* NULL: all do */
    double *k_bar, *p_bar;  /* [n_reactions], [n_params]: derivatives are added to these */
    struct vjp_pairs pairs; /* made when they are first needed: pairs.m is NULL until then */
    double *pairs_d;
    struct rt_reversal laws, values;
    double *global, *global_bar, *law_bar, *value_bar;
    int32_t n_globals;
    bool is_waiting;               /* value_bar has contents */
    double *packed_k, *packed_bar; /* [m->n_reverse] for emitted code, [pairs.n] for pairs */
};
void vjp_create(struct vjp *v, const struct rt_job *job, double *k_bar, double *p_bar);
void vjp_destroy(struct vjp *v);
/* vjp_flush: before v->k and v->on change, or the sums are read; vjp_set: after a change. */
void vjp_flush(struct vjp *v);
void vjp_set(struct vjp *v);
/* Writes y^T df/dx to x_bar, and adds y^T df/dk and y^T df/dp to v->k_bar and v->p_bar. Returns y^T df/dt. */
double vjp_rhs(struct vjp *v, double t, const double *x, const double *y, double *x_bar);
/* The same for an expression of the network, or an element, with adjoint `bar`; returns bar times its
 * derivative by t. */
double vjp_value(struct vjp *v, int32_t slot, double t, const double *x, double bar, double *x_bar);
void vjp_elem_later(struct vjp *v, const struct crnl_elem *e, double bar, double *x_bar);
/* The same for all elements that vjp_elem_later got for this state. */
double vjp_values(struct vjp *v, double t, const double *x, double *x_bar);
double vjp_elem(struct vjp *v, const struct crnl_elem *e, double t, const double *x, double bar,
                double *x_bar);
/* Sets captured values, for the condition of `until`; NULL: none. */
void vjp_capture(struct vjp *v, const double *capture, int32_t n);

/* State of going back along a course. */
struct adjoint {
    const struct rt_job *job;
    const struct crnl_model *m;
    const struct rt_ode_code *code;
    const struct course *c;
    const struct rt_cotangents *cotangents;
    int64_t row, n_rows, n; /* row, n_rows: which part of the cotangents belongs to this run; n: number of
                               amounts */
    const struct rt_backwards *way;
    const struct runge_kutta *table; /* NULL: steps are dense */
    struct rt_partial *to;
    /* adjoint_run sets the following members. */
    struct vjp v;
    double *y; /* [n] adjoint of the state at the time that has been reached */
    double *k;
    uint8_t *on;
    int32_t phase;
    struct rt_packed *packed; /* the right side with the constants k, in place of the table; NULL: not made */
    bool may_pack, is_packed; /* may_pack: when it is first needed with these constants */
    double start_bar; /* adjoint of the time when the solver started, from the steps processed so far */
    double time_bar;  /* adjoint of the current time, from all that follows, where the solver restarted
                         (`started`) */
    bool started, measuring, has_between;
    bool moves;       /* some time of the course depends on the variables of the derivative */
    double *replayed; /* [n] scratch */
    double *segment;  /* states, [n] each, of thinned-out items first_item .. last_item; NULL: none */
    size_t segment_cap;
    int64_t first_item, last_item;
    int64_t pending; /* item whose time waits for its step; -1: none */
    double pending_bar;
    double *scale; /* [n] largest amounts of the course, for methods with error control */
    double *slope, *gap_bar, *scratch;
    void *work; /* data of the method */
    struct refining *refining;
};
int adjoint_run(struct adjoint *a, struct rt_error *e);
/* Adds the derivatives of samples first .. first + n, taken at t, by the state there, to x_bar, and by
 * parameters. */
void adjoint_samples(struct adjoint *a, int64_t first, int64_t n, double t, const double *x, double *x_bar);
/* The same for statistics over time, in which the state at t counts with a `weight` of time (x_bar NULL:
 * nothing is added). Returns the derivative by the weight. */
double adjoint_between(struct adjoint *a, double t, const double *x, double weight, double *x_bar);

/* The right side at the time t of item i. */
void adjoint_rhs(struct adjoint *a, const struct course_item *i, double t, const double *x, double *dx);
/* The state of an item (for a step, the one at its start); valid until the next call. */
const double *adjoint_state(struct adjoint *a, int64_t at);
/* Whether a step has no length, or one too short for a solver to divide by. */
bool course_is_instant(const struct course_item *i);
/* adjoint_steady.c: handles the part of a run to a steady state that is at rest. Returns false if there is
 * none, or if it gives less than the whole course. If true, only conserved sums are left in a->y. */
bool adjoint_steady(struct adjoint *a);
/* adjoint_turn.c: whether times of turns depend on parameters or amounts; and the derivatives by these of
 * the time of a jump, whose adjoint is `bar`. */
bool adjoint_turns_move(const struct crnl_model *m);
int adjoint_turn(struct adjoint *a, const struct course_item *i, double bar, struct rt_error *e);
/* Explicit Runge-Kutta methods: the end of step `at`, which is complete, from the state at its start. */
void adjoint_rk_end(struct adjoint *a, const struct course_item *step, const double *x0, double *x1);
/* The adjoints of the times at both ends of a step; 0 if no time of the course depends on variables. */
struct adjoint_ends {
    double from, to;
};
/* A step from t0, with state x0, to t1, inside step i: its end x1 (NULL: not needed), and by v (NULL: not
 * needed) the adjoint x0_bar of its start from that of its end. */
struct adjoint_ends adjoint_rk_part(struct adjoint *a, struct vjp *v, const struct course_item *i, double t0,
                                    double t1, const double *x0, const double *x1_bar, double *x0_bar,
                                    double *x1);
/* adjoint_refine.c: as adjoint_rk_step, for methods with error control. */
struct adjoint_ends adjoint_refined_step(struct adjoint *a, int64_t at, int64_t n_values);
void adjoint_refine_free(struct adjoint *a);
/* The scale of constants that are 0 or small, [n_reactions]: a constant with which the reaction turns over
 * everything during the run. */
void adjoint_units(const struct adjoint *a, double *unit);
/* Goes back through step `at`, which is followed by n_values items of values inside it. Returns the adjoint
 * of its end, if that is a time where it had to end; the part that moves with the start goes to start_bar. */
double adjoint_rk_step(struct adjoint *a, int64_t at, int64_t n_values);
/* Computes dx/dt where the step was cut. */
void adjoint_rk_slope(struct adjoint *a, int64_t at, double *slope);
void adjoint_rk_free(struct adjoint *a);

#endif
