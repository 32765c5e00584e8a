/* Deterministic runs: one driver (run_ode.c) over a table of solver operations. A solver takes one internal
 * step at a time and interpolates inside the last one, so that its steps do not depend on where rows are
 * wanted. */
#ifndef RT_ODE_H
#define RT_ODE_H

#include "runtime/rt_events.h"
#include "runtime/rt_state.h"

/* How often a solver may shorten one step, where the error is too large or a rate is not finite: by 0.1 to
 * 0.5 each time. */
enum { ODE_MOST_FAILURES = 50 };
/* Places of a run, at least, where laws that read the time are looked at (ode_between.c). */
enum { ODE_PLACES = 512 };

/* Of the largest value of an amount: more is not for rounding to do, in the longest run to rest. */
#define RT_ODE_MOVED 1e-6

/* Places of a step at which conditions are looked at. */
enum { RT_ODE_LOOKS = 4 };
/* What an amount may be below 0, of its floor and the root of how many there are. */
#define RT_ODE_PART_OF_FLOOR 10

struct rt_ode;
struct rt_ode_solver {
    int (*create)(struct rt_ode *o, struct rt_error *e);
    void (*renew)(
        struct rt_ode *o); /* another job: as after create, but for bounds of steps; NULL: nothing to do */
    int (*start)(struct rt_ode *o, struct rt_error *e); /* anew, from o->t and o->x */
    /* One step, not beyond t_stop (may be INFINITY): moves t_before, t, x. */
    int (*step)(struct rt_ode *o, double t_stop, struct rt_error *e);
    void (*at)(struct rt_ode *o, double t, double *x); /* t_before <= t <= o->t */
    void (*bound)(struct rt_ode *o, double h); /* no step longer than h from now on; NULL: there are none */
    void (*destroy)(struct rt_ode *o);
    /* Pieces of what lasts when it starts anew in a run (ode_state.c); NULL: nothing does. */
    void (*state)(struct rt_ode *o, struct rt_state *p);
    const char *help; /* what to try when it gives up */
    bool grows;       /* at rest its steps grow without bound */
    bool is_fixed;    /* steps are as long as asked for, but where an amount would fall below 0 */
};

extern const struct rt_ode_solver rt_ode_bdf, rt_ode_erk;

/* What a kernel of the slot does; the model's functions, or loops. Arguments as in struct crnl_model. */
struct rt_ode_code {
    void (*rhs)(const struct crnl_model *m, double t, const double *x, const double *p, const double *k,
                double *dx);
    void (*jac)(const struct rt_jacobian *j, const struct crnl_model *m, double t, const double *x,
                const double *p, const double *k, double *values); /* in the order of j */
};
/* By crnl_kernel.def; NULL after an error. */
const struct rt_ode_code *rt_ode_choose(const struct rt_job *job, struct crnl_kernel_choice *choice,
                                        const struct crnl_kernel **kernel, struct rt_error *e);

/* Sliding (ode_slide.c): along surfaces where laws jump, and that amounts run into from both sides. */
struct rt_corner;
struct rt_slide {
    int32_t n_on, *on; /* the surfaces that are followed, and where; behind them those of n_next */
    double *level;
    int32_t n_next, leave;    /* from the next switch on: so many more; of `on`, to leave, or -1 */
    int32_t look;             /* the surface whose crossing is sought */
    struct rt_corner *corner; /* of those that are followed; NULL: none */
    double *at, *registers, *out, *before, *after; /* of the tape; distances at the ends of the step */
    double *x, *f;                                 /* scratch: beside the surfaces; derivatives */
    bool creeps, tangled; /* steps stay short at a surface; too many jumps in one law */
    int64_t steps;        /* since t */
    double t;
};

/* Poles (ode_poles.c): where a divisor of a law passes 0, which a step must not. */
struct rt_poles {
    bool any, *may; /* [n_poles] by its bounds it may pass 0 */
    bool beside;    /* the step is taken again as the last one went over a pole */
    double *at, *registers, *before, *after;
};

/* Steps of a run (ode_apart.c): where the last window of them began, and how far it came; how often the
 * fastest reaction turned over what it changes at the last look; windows in a row without an end to see. */
struct rt_crawl {
    int64_t steps;
    double t, moved, fastest;
    int times;
};

/* Laws that are infinitely steep at 0 (ode_steep.c), and in what: `grad` are indices of derivatives. */
struct rt_steep {
    int32_t n, *law, *ptr, *grad; /* [n], [n + 1]: CSR */
    double *x;                    /* scratch */
};

/* What was some time ago (ode_past.c, rt_history.h), of networks that read it; of others nothing happens.
 * Bound: where the step from o->t has to end. Add: what was between o->t_before and `end` of the last
 * step. Open: at o->t, behind what comes back there; whether something does. Fill: what delays are at t,
 * into x. Check: whether delays were negative since `open`, which makes a trial step a shorter one.
 * See: x with what delays are, until the next call. Unlagged: o->x, copied into x, with what delays would be
 * if none was longer than 0; NULL: nothing is read of the past. Break: amounts have jumped. Rests: no delay
 * will change. */
struct rt_history;
int rt_ode_past_begin(struct rt_ode *o, struct rt_error *e);         /* or go on, by job->past */
void rt_ode_past_end(const struct rt_ode *o, struct rt_recorder *r); /* what a run that goes on needs */
double rt_ode_past_bound(struct rt_ode *o, double t_stop);
int rt_ode_past_add(struct rt_ode *o, double end, struct rt_error *e);
bool rt_ode_past_open(struct rt_ode *o, bool *jumps);
int rt_ode_past_check(const struct rt_ode *o, struct rt_error *e);
void rt_ode_past_fill(struct rt_ode *o, double t, double *x);
const double *rt_ode_past_see(const struct rt_ode *o, double t, const double *x);
const double *rt_ode_past_unlagged(const struct rt_ode *o, double *x);
void rt_ode_past_break(struct rt_ode *o);
bool rt_ode_past_rests(struct rt_ode *o);

/* packed_ode.c: right sides by the loops of the table over the reactions that have a constant now. Fill,
 * false: there are laws among them, or too many reactants. Pays: whether reactions have as few changes as
 * this is made for; where they have tens, the table is faster. */
struct rt_packed;
bool rt_packed_pays(const struct crnl_model *m);
struct rt_packed *rt_packed_create(const struct crnl_model *m);
void rt_packed_destroy(struct rt_packed *p); /* NULL: nothing */
bool rt_packed_fill(struct rt_packed *p, const struct crnl_model *m, const double *k);
void rt_packed_rhs(const struct rt_packed *p, int32_t n_species, const double *x, double *dx);

struct rt_ode {
    bool waits; /* `until` held where it goes on from, and has to fail before it ends the run */
    const struct rt_ode_solver *solver, *moving; /* in use; while amounts change */
    const struct rt_ode_code *code;
    struct rt_packed *packed; /* in place of the table; NULL: not made so far */
    int64_t packed_masks;     /* events.masks when it was filled, -1: it is not; ... */
    bool is_packed;           /* ... it could be */
    const struct crnl_kernel *kernel;
    struct crnl_kernel_choice choice;
    const struct rt_job *job;
    const struct crnl_model *m;
    int64_t n; /* n_species */
    double root_of_n;
    double t_before, t, *x;
    double clock;     /* of the solver, in units of time: a power of 2, 1 but where rates are far from 1 */
    double t_horizon; /* end of the run; INFINITY: not known */
    double reach;     /* a time of which a first step may be a part; INFINITY: none but the end of the run */
    double *largest, *possible, *floor, *slack, noise; /* of tolerances, below */
    struct rt_events events;                           /* and the effective constants */
    double *start, *sum, bound; /* where the last step began; conserved sums; of steps that were too long */
    bool *is_signed;            /* may be negative: so declared, or unbounded and once below 0 */
    double *f, *y, *raised;     /* scratch of the driver */
    double *stage;   /* states of the last step's stages from the second on, if the solver keeps them */
    double *between; /* [n_timed][ODE_PLACES + 1] rates of laws that read the time, along a step */
    /* Of rt_ode_find: states at the places of a step [LOOKS][n]; times between them at which a comparison
     * turns, in order; the one that is sought, and its sign where the search began. */
    double *look_state, *look_at;
    int32_t n_looks, look_margin;
    bool look_side;
    double *made; /* [n_timed] by laws that read the time, in the run; once it is known */
    bool knows_made;
    double *peak, *mark; /* of rest: largest amounts; state when something changed last, ... */
    double t_mark, t_look, first, t_rest,
        turnover;       /* ... the time passed then, at the last look, at the first step; since when */
    int64_t steps_mark; /* how many steps were taken then */
    double started; /* the largest of all amounts when the run began to wait for rest, or the first not 0 */
    struct rt_recorder *recorder;
    struct rt_buffer notes;               /* with --verbose: how it went, a line each */
    int64_t steps, calls, calls_per_look; /* of right sides */
    int64_t placed;                       /* steps at the last place (ode_state.c) */
    struct rt_slide slide;
    struct rt_steep steep;
    struct rt_poles poles;
    struct rt_crawl crawl;
    struct rt_history *history; /* NULL: nothing reads what was some time ago */
    int32_t repeats;            /* of steps that went below 0, since ... */
    double t_repeats;           /* ... that time */
    int32_t stuck;              /* steps since time moved */
    struct course *course;      /* where it is noted, to go back along it (rt_adjoint.h); or NULL */
    void *data;                 /* the solver's */
};

/* Takes the place of any solver where there is nothing to solve (SUNDIALS refuses vectors without
 * elements), and of one whose solution is at rest. */
extern const struct rt_ode_solver rt_ode_still;

static inline bool rt_ode_is_signed(const struct rt_ode *o, int64_t s)
{
    return o->is_signed[s];
}
static inline bool rt_ode_is_unbounded(const struct rt_ode *o, int64_t s)
{
    return o->m->species_signed && o->m->species_signed[s] == CRNL_UNBOUNDED;
}

/* A part of a run: the burn-in, or what is measured. */
struct rt_stretch {
    double t_base, t_end;
    struct rt_recorder *r;
    struct rt_grid grid;
    bool measuring, until, done; /* done: the condition of `until` holds */
};

/* All that has room of its own. */
enum { RT_ODE_ARRAYS = 16 };
struct rt_ode_array {
    double **of;
    size_t size;
};
void rt_ode_list_arrays(struct rt_ode *o, struct rt_ode_array list[RT_ODE_ARRAYS]);

/* run_ode.c: at the start of a run, before anything happens; right sides after a switch of phases. */
int rt_ode_begin_run(struct rt_ode *o, struct rt_recorder *r);
void rt_ode_pack(struct rt_ode *o);
/* ode_state.c. Resume: a run that has begun goes on from the state in the checkpoint; false: there is none.
 * Pass: after a step; where there is a place the solver starts anew, and the state is kept if that is
 * wanted. */
bool rt_ode_resume(struct rt_ode *o, struct rt_stretch *s, int *status);
int rt_ode_pass_place(struct rt_ode *o, struct rt_stretch *s);

void *rt_ode_create(const struct rt_ode_solver *solver, const struct rt_job *job, struct rt_error *e);
int rt_ode_run(void *workspace, struct rt_recorder *r);
void rt_ode_destroy(void *workspace);
void rt_ode_renew(void *workspace, const struct rt_job *job, struct rt_error *e);

/* Tolerances (ode_tolerance.c). `largest` is the largest |x| so far, `possible` what could be there of what
 * began at 0, `floor` the absolute part of the tolerance, `slack` below 0 counts as 0; `noise` is what
 * rounding leaves of 0. Begin: of a run; at_start: before a solver starts from o->t and o->x. */
void rt_ode_scales_begin(struct rt_ode *o);
void rt_ode_scales_keep(const struct rt_ode *o, double *memory); /* for a run that continues */
void rt_ode_scales_at_start(struct rt_ode *o);
void rt_ode_scales_at_short_step(struct rt_ode *o); /* after each step */
/* After a step: has something appeared whose scale was not known? It is now. */
bool rt_ode_scales_appear(struct rt_ode *o);
/* Nothing of s has been there, and nothing makes it: its floor says nothing. */
bool rt_ode_is_absent(const struct rt_ode *o, int64_t s);
/* What s may be below 0 and still count as 0; the array is made where events look at it. */
double rt_ode_slack(const struct rt_ode *o, int64_t s);
/* Less of s counts as 0 in a step. */
double rt_ode_nothing(const struct rt_ode *o, int64_t s);
/* The largest term of the law of reaction j, linearised: in a (A / V - B) those are larger than the rate
 * where they cancel, and rounding leaves a part of them. 0 of what has no law. */
double rt_ode_largest_term(const struct rt_ode *o, int32_t j);
/* 1/(rtol |x| + floor) at an accepted state, which becomes known as such; 0 of what is absent. */
void rt_ode_weights(struct rt_ode *o, const double *x, double *weight);
/* A change of amount s that counts: rtol |x| + floor, where |x| is at least a thousandth of its largest. */
double rt_ode_tolerance(const struct rt_ode *o, int64_t s);
/* Up to where a first step from o->t may look. What time does not feel is refused as no step at all, so that
 * it is a part of the time too. */
double rt_ode_target(const struct rt_ode *o, double t_stop);

/* Amounts (ode_amounts.c). Begin: of a run. A step after which no amount is below 0 by more than its
 * tolerance, or CRNL_BAD_AMOUNT. Conserved sums at x that are no longer what they were: CRNL_SOLVER; every
 * few steps, and of whatever is shown. */
void rt_ode_amounts_begin(struct rt_ode *o);
int rt_ode_step(struct rt_ode *o, double t_stop, struct rt_error *e);
int rt_ode_check_sums(const struct rt_ode *o, double t, const double *x, struct rt_error *e);
/* After a step (ode_between.c): how far apart it was looked at, if a law that reads the time may have done
 * something there that the solver did not see; else INFINITY. */
double rt_ode_missed(struct rt_ode *o);
/* After a step that went over smooth turns: whether it is to be taken again and end at one, as a law does
 * more there than the solver can have seen. */
bool rt_ode_missed_turn(struct rt_ode *o);
/* x with amounts that are less than 0, or than their floor, raised to that; false if there are none. */
bool rt_ode_raise(const struct rt_ode *o, const double *x, bool to_floor, double *raised);

/* dx at x, where that is not finite with 0 in place of negative amounts, or the smallest that count; false if
 * some derivative is not finite then either. */
bool rt_ode_rhs(const struct rt_ode *o, double t, const double *x, double *dx);
/* The same, of the laws as they are written, at x as it is. */
bool rt_ode_plain_rhs(const struct rt_ode *o, double t, const double *x, double *dx);
/* When a condition turns true in the last step, between a time when it does not hold and one when it does. */
double rt_ode_bisect(struct rt_ode *o, bool (*holds)(struct rt_ode *o, double t, const double *x), double no,
                     double yes);
/* When a condition turns true in the last step, not after `end`; else INFINITY. Its comparisons are those of
 * condition `until`; -1: of events. Note: those of events that no longer hold are noted. */
double rt_ode_find(struct rt_ode *o, bool (*holds)(struct rt_ode *o, double t, const double *x),
                   int32_t until, double end, bool note);
/* The state inside the last step. */
void rt_ode_state(struct rt_ode *o, double t, double *x);

/* Steep laws. At start: which they are, at the scales that are known then. Near: whether x has so little that
 * they are taken along lines. Raise: what they read to 0 at least, or to the smallest amounts that count,
 * where all laws are smooth. Right side and Jacobian: those of the laws at y, so raised, made into those at
 * x. */
void rt_steep_create(struct rt_ode *o);
void rt_steep_destroy(struct rt_ode *o);
void rt_steep_at_start(struct rt_ode *o);
bool rt_steep_near(const struct rt_ode *o, const double *x);
/* Whether x, inside the last step, has far more of what steep laws read than both of its ends. */
bool rt_steep_rises(const struct rt_ode *o, const double *x);
void rt_steep_raise(const struct rt_ode *o, const double *x, bool counts, double *raised);
void rt_steep_rhs(const struct rt_ode *o, double t, const double *x, double *y, double *dx);
void rt_steep_jacobian(const struct rt_ode *o, const struct rt_jacobian *jac, double t, const double *x,
                       double *y, double *values);

/* Poles. Begin: of a job. Passed: the first pole that the last step has gone over, -1: none. */
void rt_poles_create(struct rt_ode *o);
void rt_poles_begin(struct rt_ode *o);
void rt_poles_destroy(struct rt_ode *o);
int32_t rt_poles_passed(struct rt_ode *o);
int rt_poles_fail(const struct rt_ode *o, int32_t pole, struct rt_error *e);

/* Sliding. Begin: of a run, or after amounts have changed. Note: before a step. Look: after it, when
 * surfaces begin or one ends to be followed; INFINITY: none does. Switch: then, at o->t; the solver is to
 * start anew. */
void rt_slide_create(struct rt_ode *o);
void rt_slide_destroy(struct rt_ode *o);
void rt_slide_begin(struct rt_ode *o);
void rt_slide_note(struct rt_ode *o);
double rt_slide_look(struct rt_ode *o);
void rt_slide_switch(struct rt_ode *o);
/* Amounts go back and forth over surfaces, and time stands still: CRNL_SOLVER. */
int rt_slide_check(struct rt_ode *o, struct rt_error *e);
bool rt_slide_rhs(const struct rt_ode *o, double t, const double *x, double *dx);

/* How far beside a surface laws are computed, of what its distance would be if all amounts were as large as
 * ever. */
#define RT_SLIDE_BESIDE 1e-9

/* Where surfaces meet (ode_corner.c): the k of them in `on`, at `level`. Create: NULL if they have no place,
 * or too many jumps are in one law. Find shares: by which none of them is left, false: there are none; with
 * `strength` how much each runs into its surface from both sides, the others following; not positive: it does
 * not. Mix: derivatives by these shares. */
struct rt_corner *rt_corner_create(const struct rt_ode *o, const int32_t *on, const double *level, int32_t k,
                                   double t, const double *x, bool *too_many);
void rt_corner_destroy(struct rt_corner *c); /* NULL: nothing */
bool rt_corner_find_shares(struct rt_corner *c, const struct rt_ode *o, double t, const double *x, double far,
                           double *strength);
bool rt_corner_mix(struct rt_corner *c, const struct rt_ode *o, double t, const double *x, double *dx);
const double *rt_corner_shares(const struct rt_corner *c);
/* Distances of all surfaces at x, and their derivatives, into slide.out. */
void rt_surfaces_at(const struct rt_ode *o, double t, const double *x);
/* A line of what --verbose tells. */
void rt_ode_note(struct rt_ode *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Before a right side inside a step: whether the run is to end now, with its error recorded. */
bool rt_ode_look(struct rt_ode *o);
static inline bool rt_ode_is_interrupted(struct rt_ode *o)
{
    return ++o->calls % o->calls_per_look == 0 && rt_ode_look(o);
}

/* Rates that are far apart (ode_apart.c). Begin: of a run. Check: after a step, CRNL_SOLVER where there is
 * no end of them. Long: whether the last step was so long that it may have lost digits; has lost: whether
 * it has, with such errors. How often the fastest reaction turns over what it changes. */
void rt_ode_apart_begin(struct rt_ode *o);
int rt_ode_check_apart(struct rt_ode *o, struct rt_error *e);
bool rt_ode_is_long(const struct rt_ode *o);
bool rt_ode_has_lost(const struct rt_ode *o, const double *error);
double rt_ode_fastest_turnover(const struct rt_ode *o);

/* Rest (ode_rest.c). Begin: at o->t and o->x. Whether nothing will change any more; whether so much time
 * has passed that no network does, or amounts have grown so that they will not. Failures:
 * CRNL_NOT_REACHED. */
void rt_ode_rest_begin(struct rt_ode *o);
/* At rest: whether a condition that reads the time, of `until` or an event, is still to turn true. */
bool rt_ode_waits(struct rt_ode *o);
bool rt_ode_is_at_rest(struct rt_ode *o);
bool rt_ode_is_past_all(struct rt_ode *o);
int rt_ode_fail_not_steady(struct rt_ode *o, struct rt_error *e);
int rt_ode_fail_at_rest(struct rt_ode *o, bool rest, struct rt_error *e);
/* Why a solver gives up. ORDER RT_ODE: the texts are in run_ode.c. */
enum rt_ode_failure {
    RT_ODE_NOT_STARTED,
    RT_ODE_TOO_ACCURATE,
    RT_ODE_ERROR_STAYS,
    RT_ODE_STEP_UNSOLVED,
    RT_ODE_LINEAR_UNSOLVED,
    RT_ODE_NOT_FINITE,
    RT_ODE_STUCK,
    RT_ODE_OVERFLOW,
    RT_ODE_FAR_APART,
    RT_ODE_ENDLESS
};
/* CRNL_SOLVER, naming time, reason and the species whose scaled error is largest (NULL: not known). */
int rt_ode_fail(const struct rt_ode *o, enum rt_ode_failure why, const double *scaled_error,
                struct rt_error *e);

#endif
