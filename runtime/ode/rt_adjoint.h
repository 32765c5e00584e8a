/* Runs backwards. A run whose derivative will be asked for notes its course while it goes, or is repeated to
 * note it: steps, what happened between them, when values were taken (ode_course.c). The course is then gone
 * through from its end, with the adjoint of the state (adjoint.c): what the loss changes by with each amount
 * at that time, all later ones following. Steps of explicit Runge-Kutta methods are turned around exactly
 * (adjoint_rk.c); those of other solvers by solving the adjoint equation dy/dt = -J(x(t))^T y along what the
 * solver says of x between its steps (adjoint_implicit.c).
 *
 * Where a step ends by a time or condition that parameters move, the adjoint of that time is followed too. */
#ifndef RT_ADJOINT_H
#define RT_ADJOINT_H

#include "rt_ode.h"
#include "runtime/rt_backwards.h"

enum course_kind {
    COURSE_STEP, /* from t to t_to; what follows begins at t_end */
    /* samples first .. first + n are taken at t; inside: of the step before, which goes on past it */
    COURSE_VALUES,
    /* the step before was cut where condition `index` turned true; the end of the run, or an event */
    COURSE_LOCATED,
    COURSE_TIMED,  /* the step before ended at the time of event `index`, for the n-th time */
    COURSE_PHASE,  /* ... or at the end of phase `index` of cycle n */
    COURSE_TURN,   /* ... or where turn index - 1 jumps, of what laws read of the time; 0: it bends */
    COURSE_CHANGE, /* event `index` changes amounts; the state before it */
    COURSE_START,  /* the solver begins anew here */
    COURSE_MEASURE /* the burn-in is over */
};
struct course_item {
    int32_t kind, index;
    bool inside, at_stop; /* the step ended where it had to, not by its own length */
    bool follows;         /* its state is that in which the step before ended, to the last bit */
    double t, t_to, t_end;
    int64_t first, n;
    size_t state;       /* where its state begins in `number`, or its states; COURSE_NO_STATE: thinned out */
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
    bool is_hermite; /* states inside a step are of the cubic polynomial through both ends and their slopes */
};

/* What was noted. States of n amounts are in `number`: those at the start of steps and, as long as there is
 * room, of the other stages. Where there would be more than `most` numbers, stages go first, then the states
 * of all but each `stride`-th of the steps that simply follow one another: going back, these are computed
 * again from the last one that was kept (`adjoint_state`). */
struct course {
    struct course_item *item;
    int64_t n, cap;
    double *number;
    size_t n_numbers, numbers_cap, most;
    bool is_dense;   /* each step has its states at COURSE_POINTS places */
    bool has_stages; /* behind the state of a step are those of its stages from the second on */
    bool is_whole;   /* the run ended well, with all of it noted */
    bool gives_up;   /* where it would be thinned out: it is then noted by another run */
    int64_t n_amounts, stride, run; /* `run`: steps since one that did not follow */
    int32_t phase;                  /* at the end */
    const char *refusal;            /* what happened that has no derivative here; NULL: nothing */
    double *end;                    /* [n_amounts] where the last step ended */
    bool at_end;                    /* nothing has happened since then */
    const struct rt_ode_code *code;
    bool has_table;
    struct runge_kutta table;
    /* Of the run's results: */
    double t_end, *x_end;
    struct rt_moments **moments; /* [n_stats][n_elems] of statistics along the run */
    int32_t n_stats;
};
enum { COURSE_MOST = 2 << 20 }; /* numbers: 16 MiB */
void course_free(struct course *c);
/* Of a run that begins, and when it has ended well. */
void course_begin(struct rt_ode *o, struct course *c);
void course_end(struct rt_ode *o, const struct rt_recorder *r);
/* Called by the driver; each does nothing where o->course is NULL. */
void course_note_step(struct rt_ode *o, double t_stop);
void course_note_end(struct rt_ode *o, double t_end); /* the last step ends there */
void course_note_values(struct rt_ode *o, double t, int64_t first, int64_t n, bool inside);
void course_note_located(struct rt_ode *o, int32_t condition); /* an expression */
void course_note_due(struct rt_ode *o); /* before what is due now happens: times that are over */
void course_note_change(void *ode, int32_t event, double t, const double *x);
void course_note_start(struct rt_ode *o);
void course_note_measure(struct rt_ode *o);
void course_note_slide(struct rt_ode *o); /* a surface where laws jump is followed from here */
static inline double course_time(const struct course_item *i, double t)
{
    return t < i->after                                          ? i->after
           : i->turn < INFINITY && t > crnl_time_before(i->turn) ? crnl_time_before(i->turn)
                                                                 : t;
}
/* Place i of COURSE_POINTS inside a step, from 0 to 1; the polynomial through all, at u. */
double course_place(int i);
void course_interpolate(const struct course *c, const struct course_item *step, int64_t n, double t,
                        double *x);

/* A run by a deterministic method: `run` of rt_backwards. */
int rt_ode_backwards(const struct rt_job *job, const struct rt_cotangents *c, int64_t row, int64_t n_rows,
                     struct rt_partial *to, struct rt_error *e);
struct course *rt_ode_course(const struct rt_job *job, int64_t n_rows, bool sure);
void rt_ode_course_free(struct course *c);
extern const struct rt_backwards rt_backwards_implicit;

/* adjoint_pairs.c: reactions of at most two molecules. `pair` ends with one that only says where members
 * end. */
struct vjp_pair {
    int32_t p, q, first;
};
struct vjp_member {
    int32_t reaction, s[2];
    double delta[2], on, k, k_bar;
};
struct vjp_pairs {
    int32_t n_pairs, n_members, n_species;
    struct vjp_pair *pair;
    struct vjp_member *member;
    bool *is_member; /* [n_reactions] */
    double *x;       /* amounts, adjoints, what is added to x_bar */
};
void vjp_pairs_create(struct vjp_pairs *v, const struct crnl_model *m);
void vjp_pairs_destroy(struct vjp_pairs *v);
void vjp_pairs_flush(struct vjp_pairs *v, double *k_bar); /* adds what k_bar has got since the last time */
void vjp_pairs_set(struct vjp_pairs *v, const double *k, const uint8_t *on); /* before others are used */
void vjp_pairs_rhs(struct vjp_pairs *v, const double *x, const double *y, double *x_bar);

/* Right sides backwards. `on[j]`: reaction j takes part. */
struct vjp {
    const struct crnl_model *m;
    const double *p;
    const double *k;       /* effective */
    const uint8_t *on;     /* NULL: all */
    double *k_bar, *p_bar; /* [n_reactions], [n_params]: added to */
    struct vjp_pairs pairs;
    struct rt_reversal laws, values;
    double *global, *global_bar, *law_bar, *value_bar;
    int32_t n_globals;
    bool is_waiting;               /* value_bar holds something */
    double *packed_k, *packed_bar; /* [m->n_reverse] of emitted code; NULL: there is none */
};
void vjp_create(struct vjp *v, const struct rt_job *job, double *k_bar, double *p_bar);
void vjp_destroy(struct vjp *v);
/* Before v->k and v->on change, or the sums are read; and after a change. */
void vjp_flush(struct vjp *v);
void vjp_set(struct vjp *v);
/* y^T df/dx, written to x_bar, and y^T df/dp, added to v->k_bar and v->p_bar. Returns y^T df/dt. */
double vjp_rhs(struct vjp *v, double t, const double *x, const double *y, double *x_bar);
/* The same of an expression of the network, and of an element, whose adjoint is `bar`; returns bar times
 * d/dt. */
double vjp_value(struct vjp *v, int32_t slot, double t, const double *x, double bar, double *x_bar);
void vjp_elem_later(struct vjp *v, const struct crnl_elem *e, double bar, double *x_bar);
/* Of all that vjp_elem_later was given for this state. */
double vjp_values(struct vjp *v, double t, const double *x, double *x_bar);
double vjp_elem(struct vjp *v, const struct crnl_elem *e, double t, const double *x, double bar,
                double *x_bar);
/* Captured values, for the condition of `until`; NULL: none. */
void vjp_capture(struct vjp *v, const double *capture, int32_t n);

/* Going back. */
struct adjoint {
    const struct rt_job *job;
    const struct crnl_model *m;
    const struct rt_ode_code *code;
    const struct course *c;
    const struct rt_cotangents *cotangents;
    int64_t row, n_rows, n; /* which part of the cotangents is of this run; amounts */
    const struct rt_backwards *way;
    const struct runge_kutta *table; /* NULL: steps are dense */
    struct rt_partial *to;
    /* The rest is made by adjoint_run. */
    struct vjp v;
    double *y; /* [n] adjoint of the state at the time that has been reached */
    double *k;
    uint8_t *on;
    int32_t phase;
    double start_bar; /* adjoint of the time when the solver began, by the steps that follow so far */
    double time_bar;  /* of the time at hand, by all that follows, where the solver began anew (`started`) */
    bool started, measuring, has_between;
    bool moves;       /* some time of the course depends on what derivatives are taken by */
    double *replayed; /* [n] scratch */
    double *segment; /* states of items first_item .. last_item that were thinned out, [n] each; NULL: none */
    size_t segment_cap;
    int64_t first_item, last_item;
    int64_t pending; /* item whose time waits for its step; -1 none */
    double pending_bar;
    double *scale; /* [n] the largest amounts of the course, of methods with error control */
    double *slope, *gap_bar, *scratch;
    void *work; /* of the method */
    struct refining *refining;
};
int adjoint_run(struct adjoint *a, struct rt_error *e);
/* Adds what samples first .. first + n, taken at t, say of the state there: to x_bar, and to parameters. */
void adjoint_samples(struct adjoint *a, int64_t first, int64_t n, double t, const double *x, double *x_bar);
/* The same of statistics over time, in which the state at t counts with `weight` of time (x_bar NULL:
 * nothing is added). Returns the derivative by the weight. */
double adjoint_between(struct adjoint *a, double t, const double *x, double weight, double *x_bar);

/* The state of an item, of a step the one where it starts; valid until the next call. */
const double *adjoint_state(struct adjoint *a, int64_t at);
/* A step that has no length, or none that a solver could divide by. */
bool course_is_instant(const struct course_item *i);
/* adjoint_steady.c: the part of a run to a steady state that is at rest. False: there is none, or it says
 * less than the whole course. True: only conserved sums are left in a->y. */
bool adjoint_steady(struct adjoint *a);
/* adjoint_turn.c: whether times of turns depend on parameters or amounts; what the time of a jump says of
 * them, whose adjoint is `bar`. */
bool adjoint_turns_move(const struct crnl_model *m);
int adjoint_turn(struct adjoint *a, const struct course_item *i, double bar, struct rt_error *e);
/* Explicit Runge-Kutta methods: the end of step `at`, which is complete, from the state where it starts; */
void adjoint_rk_end(struct adjoint *a, const struct course_item *step, const double *x0, double *x1);
/* Adjoints of the times at the ends of a step; nothing, where no time of the course moves. */
struct adjoint_ends {
    double from, to;
};
/* A step from t0, where the state is x0, to t1, inside step i: its end x1 (NULL: not wanted), and by v (NULL:
 * not wanted) the adjoint x0_bar of its start from that of its end. */
struct adjoint_ends adjoint_rk_part(struct adjoint *a, struct vjp *v, const struct course_item *i, double t0,
                                    double t1, const double *x0, const double *x1_bar, double *x0_bar,
                                    double *x1);
/* adjoint_refine.c: as adjoint_rk_step, of methods with error control. */
struct adjoint_ends adjoint_refined_step(struct adjoint *a, int64_t at, int64_t n_values);
void adjoint_refine_free(struct adjoint *a);
/* What constants that are 0, or small, are measured by, [n_reactions]: with it a reaction turns over all
 * there is in the run. */
void adjoint_units(const struct adjoint *a, double *unit);
/* Through step `at`, after which come n_values items of values inside it. Returns the adjoint of its
 * end, if that is a time where it had to end; what moves with the start goes to start_bar. */
double adjoint_rk_step(struct adjoint *a, int64_t at, int64_t n_values);
/* d x / d t where the step was cut. */
void adjoint_rk_slope(struct adjoint *a, int64_t at, double *slope);
void adjoint_rk_free(struct adjoint *a);

#endif
