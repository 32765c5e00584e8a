/* Deterministic runs: a driver (run_ode.c) over a table of solver operations. A solver takes an internal
 * step at a time and interpolates inside the last one, so that its steps do not depend on where rows are
 * needed. */
#ifndef RT_ODE_H
#define RT_ODE_H

#include "runtime/rt_events.h"
#include "runtime/rt_state.h"

/* How often a solver may shorten a step, by a factor of 0.1 to 0.5 each time, because the error is too large
 * or a rate is not finite. */
enum { ODE_MOST_FAILURES = 50 };
/* The smallest number of places of a run where laws that read the time are evaluated (ode_between.c). */
enum { ODE_PLACES = 512 };

/* Relative to the largest value of an amount: rounding never causes a larger change, even in the longest run
 * to rest. */
#define RT_ODE_MOVED 1e-6

/* Number of places in a step at which conditions are tested. */
enum { RT_ODE_LOOKS = 4 };
/* How far an amount may be below 0, relative to its floor and to the square root of the number of amounts. */
#define RT_ODE_PART_OF_FLOOR 10

struct rt_ode;
struct rt_stretch;
struct rt_ode_solver {
    int (*create)(struct rt_ode *o, struct rt_error *e);
    void (*renew)(
        struct rt_ode *o); /* prepares for another job: as after create, except for bounds of steps; NULL:
                              nothing to do */
    int (*start)(struct rt_ode *o, struct rt_error *e); /* starts from o->t and o->x */
    /* Takes a step, not beyond t_stop (which may be INFINITY): updates t_before, t and x. */
    int (*step)(struct rt_ode *o, double t_stop, struct rt_error *e);
    void (*at)(struct rt_ode *o, double t, double *x); /* t_before <= t <= o->t */
    void (*bound)(struct rt_ode *o, double h); /* limits later steps to length h; NULL: not supported */
    void (*destroy)(struct rt_ode *o);
    /* Lists the pieces of state that last when the solver restarts in a run (ode_state.c); NULL: none
     * does. */
    void (*state)(struct rt_ode *o, struct rt_state *p);
    const char *help; /* what the user may try when it gives up */
    bool grows;       /* its steps grow without bound at rest */
    bool is_fixed;    /* steps have the requested length, unless an amount would fall below 0 */
    /* Takes all steps to the end of the stretch, where nothing else happens; false: they are to be taken one
     * by one. NULL: always. */
    bool (*run)(struct rt_ode *o, struct rt_stretch *s);
};

extern const struct rt_ode_solver rt_ode_bdf, rt_ode_erk, rt_ode_rosenbrock;

/* The operations of a kernel of the slot: functions of the model, or loops. Arguments are as in struct
 * crnl_model. */
struct rt_ode_code {
    void (*rhs)(const struct crnl_model *m, double t, const double *x, const double *p, const double *k,
                double *dx);
    void (*jac)(const struct rt_jacobian *j, const struct crnl_model *m, double t, const double *x,
                const double *p, const double *k, double *values); /* values in the order of j */
};
/* Chooses a kernel of crnl_kernel.def; NULL after an error. */
const struct rt_ode_code *rt_ode_choose(const struct rt_job *job, struct crnl_kernel_choice *choice,
                                        const struct crnl_kernel **kernel, struct rt_error *e);

/* Sliding (ode_slide.c) along surfaces where laws jump and into which amounts run from both sides. */
struct rt_corner;
struct rt_slide {
    int32_t n_on, *on; /* the surfaces that are followed; after them those of n_next */
    double *level;
    int32_t n_next, leave;    /* changes at the next switch: n_next more surfaces; index in `on` of a surface
                                 to leave, or -1 */
    int32_t look;             /* the surface whose crossing is being located */
    struct rt_corner *corner; /* corner of the followed surfaces; NULL: none */
    double *at, *registers, *out, *before, *after; /* of the tape; before, after: distances at the ends of the
                                                      step */
    double *x, *f;                                 /* scratch: states beside the surfaces; derivatives */
    bool creeps, tangled; /* creeps: steps stay short at a surface; tangled: a law has too many jumps */
    int64_t steps;        /* steps since t */
    double t;
};

/* Poles (ode_poles.c): a step must not go over a point where a divisor of a law passes 0. */
struct rt_poles {
    bool any, *may; /* may: [n_poles] whether the divisor may pass 0, by its bounds */
    bool beside;    /* the step is repeated because the last one went over a pole */
    double *at, *registers, *before, *after;
};

/* Progress of a run (ode_apart.c): where the last window of steps began and how far it came; how often the
 * fastest reaction turned over what it changes, at the last look; the number of consecutive windows without
 * an end in sight. */
struct rt_crawl {
    int64_t steps;
    double t, moved, fastest;
    int times;
};

/* Laws that are infinitely steep at 0 (ode_steep.c), and the amounts in which they are; `grad` are indices
 * of derivatives. */
struct rt_steep {
    int32_t n, *law, *ptr, *grad; /* [n], [n + 1]: in CSR form */
    double *x;                    /* scratch */
};

/* Past values (ode_past.c, rt_history.h), for networks that read them; for other networks these functions do
 * nothing. bound: where the step from o->t must end. add: records the last step between o->t_before and
 * `end`. open: continues at o->t after a jump that returns there; returns whether there is one. fill: sets
 * delays in x to their values at t. check: whether a delay has been negative since open, so that a trial
 * step must be shorter. see: x with the values of delays, until the next call. unlagged: a copy of o->x in x
 * with the values that delays would have if none were longer than 0; NULL: nothing past is read. break:
 * amounts have jumped. rests: no delay will change any more. */
struct rt_history;
int rt_ode_past_begin(struct rt_ode *o, struct rt_error *e);         /* starts, or continues from job->past */
void rt_ode_past_end(const struct rt_ode *o, struct rt_recorder *r); /* gives r what a continued run needs */
double rt_ode_past_bound(struct rt_ode *o, double t_stop);
int rt_ode_past_add(struct rt_ode *o, double end, struct rt_error *e);
bool rt_ode_past_open(struct rt_ode *o, bool *jumps);
int rt_ode_past_check(const struct rt_ode *o, struct rt_error *e);
void rt_ode_past_fill(struct rt_ode *o, double t, double *x);
const double *rt_ode_past_see(const struct rt_ode *o, double t, const double *x);
const double *rt_ode_past_unlagged(const struct rt_ode *o, double *x);
void rt_ode_past_break(struct rt_ode *o);
bool rt_ode_past_rests(struct rt_ode *o);

/* packed_ode.c: right sides by the loops of the table, over the reactions with a constant other than 0. fill
 * returns false if there are laws or too many reactants among them. */
struct rt_packed;
struct rt_packed *rt_packed_create(const struct crnl_model *m);
void rt_packed_destroy(struct rt_packed *p); /* NULL: nothing */
bool rt_packed_fill(struct rt_packed *p, const struct crnl_model *m, const double *k);
void rt_packed_rhs(const struct rt_packed *p, const double *x, double *dx);

struct rt_ode {
    bool waits; /* `until` held where the run was continued, and must turn false before it can end the run */
    const struct rt_ode_solver *solver, *moving; /* the solver in use, and the one for changing amounts */
    const struct rt_ode_code *code;
    struct rt_packed *packed; /* used in place of the table; NULL: not made yet */
    int64_t packed_masks;     /* events.masks when it was filled; -1: not filled; ... */
    bool is_packed;           /* ... whether it could be filled */
    bool warned_of_step;      /* rt_ode_warn_of_step has warned in this run */
    const struct crnl_kernel *kernel;
    struct crnl_kernel_choice choice;
    const struct rt_job *job;
    const struct crnl_model *m;
    int64_t n; /* n_species */
    double root_of_n;
    double t_before, t, *x;
    double clock;     /* time unit of the solver: a power of 2, which is 1 unless rates are far from 1 */
    double t_horizon; /* end of the run; INFINITY: not known */
    double reach;     /* a time of which a first step may be a fraction; INFINITY: only the end of the run */
    double *largest, *possible, *floor, *slack, noise; /* scales for tolerances, see below */
    struct rt_events events;                           /* includes the effective constants */
    double *start, *sum, bound; /* start: state where the last step began; sum: conserved sums; bound: length
                                   of steps that were too long */
    bool *is_signed;            /* whether it may be negative: declared so, or unbounded and already below
                                   0 */
    double *f, *y, *raised;     /* scratch of the driver */
    double *stage;   /* states of the stages of the last step from the second on, if the solver keeps them */
    double *between; /* [n_timed][ODE_PLACES + 1] rates, along a step, of laws that read the time */
    /* For rt_ode_find: states at the places of a step [LOOKS][n]; times between them at which a comparison
     * changes, in order; the comparison that is being located, and its sign where the search began. */
    double *look_state, *look_at;
    int32_t n_looks, look_margin;
    bool look_side;
    double *made; /* [n_timed] what laws that read the time make during the run, if it is known */
    bool knows_made;
    double *peak, *mark; /* for rest: largest amounts; state at the last change, ... */
    double t_mark, t_look, first, t_rest,
        turnover;       /* ... times: passed at that change, at the last look, at the first step; since when
                           amounts rest */
    int64_t steps_mark; /* number of steps taken then */
    double started;     /* the largest amount when the run began to wait for rest, or the first one other than
                       0 */
    struct rt_recorder *recorder;
    struct rt_meeting *meeting; /* where it may wait for other rows of its thread; NULL: that of the job */
    struct rt_buffer notes;     /* for --verbose: the course of the run, a line each */
    int64_t steps, calls, calls_per_look; /* calls: of right sides */
    int64_t beside;                       /* steps taken beside other runs, ... */
    int lanes;                            /* ... in one of so many lanes */
    int64_t placed;                       /* number of steps at the last place (ode_state.c) */
    struct rt_slide slide;
    struct rt_steep steep;
    struct rt_poles poles;
    struct rt_crawl crawl;
    struct rt_history *history; /* NULL: nothing reads past values */
    int32_t repeats;            /* number of repeated steps that went below 0, since ... */
    double t_repeats;           /* ... that time */
    int32_t stuck;              /* number of steps since time advanced */
    struct course *course;      /* recorded course of the run, for going backwards (rt_adjoint.h); or NULL */
    void *data;                 /* data of the solver */
};

/* A solver that replaces any other if there is nothing to solve (SUNDIALS refuses vectors without elements),
 * or if the solution is at rest. */
extern const struct rt_ode_solver rt_ode_still;

static inline bool rt_ode_is_signed(const struct rt_ode *o, int64_t s)
{
    return o->is_signed[s];
}
static inline bool rt_ode_is_unbounded(const struct rt_ode *o, int64_t s)
{
    return o->m->species_signed && o->m->species_signed[s] == CRNL_UNBOUNDED;
}

/* A part of a run: the burn-in, or the part that is measured. */
struct rt_stretch {
    double t_base, t_end;
    struct rt_recorder *r;
    struct rt_grid grid;
    bool measuring, until, done; /* done: the condition of `until` holds */
};

/* The arrays that a workspace allocates. */
enum { RT_ODE_ARRAYS = 16 };
struct rt_ode_array {
    double **of;
    size_t size;
};
void rt_ode_list_arrays(struct rt_ode *o, struct rt_ode_array list[RT_ODE_ARRAYS]);

/* run_ode.c: rt_ode_begin_run is called at the start of a run, before anything happens; rt_ode_pack prepares
 * right sides after a switch of phases. */
int rt_ode_begin_run(struct rt_ode *o, struct rt_recorder *r);
void rt_ode_end_run(struct rt_ode *o, struct rt_recorder *r); /* what later runs and the program see of it */
void rt_ode_pack(struct rt_ode *o);
/* ode_state.c. rt_ode_resume: a run that has begun continues from the state in the checkpoint; false: there
 * is none. rt_ode_pass_place: called after a step; at a place the solver restarts, and the state is kept if
 * needed. */
bool rt_ode_resume(struct rt_ode *o, struct rt_stretch *s, int *status);
int rt_ode_pass_place(struct rt_ode *o, struct rt_stretch *s);
bool rt_ode_is_near_place(const struct rt_ode *o); /* the next step, or this one, comes to a place */

void *rt_ode_create(const struct rt_ode_solver *solver, const struct rt_job *job, struct rt_error *e);
int rt_ode_run(void *workspace, struct rt_recorder *r);
/* A step of a run, and what happens at its end. */
int rt_ode_advance(struct rt_ode *o, struct rt_stretch *s);
/* Runs in n workspaces: `steps` takes steps of those that are being measured, as many as it likes. */
void rt_ode_run_beside(void *const *workspace, struct rt_recorder *const *r, int n,
                       void (*steps)(struct rt_ode *const *o, struct rt_stretch *const *s, int n));
/* For `steps`, after a step in which nothing happens: whether rows or values are taken within it; takes them,
 * and those at its end. */
bool rt_ode_has_rows_within(const struct rt_ode *o, const struct rt_stretch *s);
int rt_ode_show_step(struct rt_ode *o, struct rt_stretch *s);
void rt_ode_destroy(void *workspace);
void rt_ode_renew(void *workspace, const struct rt_job *job, struct rt_error *e);

/* Tolerances (ode_tolerance.c). `largest` is the largest |x| so far; `possible` is how large an amount that
 * began at 0 can become; `floor` is the absolute part of the tolerance; an amount less than `slack` below 0
 * counts as 0; `noise` is what rounding leaves of 0. begin: at the start of a run; at_start: before a solver
 * starts from o->t and o->x. */
void rt_ode_scales_begin(struct rt_ode *o);
void rt_ode_scales_keep(const struct rt_ode *o, double *memory); /* for a continued run */
void rt_ode_scales_at_start(struct rt_ode *o);
void rt_ode_scales_at_short_step(struct rt_ode *o); /* called after each step */
/* Called after a step: whether an amount has appeared whose scale was not known; it is known afterwards. */
bool rt_ode_scales_appear(struct rt_ode *o);
/* Whether there never was any of s and nothing makes it, so that its floor has no meaning. */
bool rt_ode_is_absent(const struct rt_ode *o, int64_t s);
/* How far s may be below 0 and still count as 0; the array is made if events use it. */
double rt_ode_slack(const struct rt_ode *o, int64_t s);
/* The amount of s below which it counts as 0 in a step. */
double rt_ode_nothing(const struct rt_ode *o, int64_t s);
/* The largest term of the linearised law of reaction j: in a (A / V - B) the terms are larger than the rate
 * when they cancel, and rounding leaves a part of them. Returns 0 for a reaction without law. */
double rt_ode_largest_term(const struct rt_ode *o, int32_t j);
/* 1/(rtol |x| + floor) at an accepted state, which is recorded as such; 0 for absent amounts. */
void rt_ode_weights(struct rt_ode *o, const double *x, double *weight);
/* The smallest change of amount s that matters: rtol |x| + floor, where |x| is at least a thousandth of its
 * largest value. */
double rt_ode_tolerance(const struct rt_ode *o, int64_t s);
/* The time up to which a first step from o->t may look. A step so short that time does not change is
 * refused, so the step is also a fraction of the time. */
double rt_ode_target(const struct rt_ode *o, double t_stop);

/* Amounts (ode_amounts.c). rt_ode_amounts_begin: at the start of a run. rt_ode_step: a step after which no
 * amount is below 0 by more than its tolerance, or CRNL_BAD_AMOUNT. rt_ode_check_sums: CRNL_SOLVER if
 * conserved sums at x have changed; called every few steps, and for every state that is shown. */
void rt_ode_amounts_begin(struct rt_ode *o);
int rt_ode_step(struct rt_ode *o, double t_stop, struct rt_error *e);
int rt_ode_check_sums(const struct rt_ode *o, double t, const double *x, struct rt_error *e);
bool rt_ode_sums_are_due(const struct rt_ode *o); /* after this step */
/* Called after a step (ode_between.c): if a law that reads the time may have done something in it that the
 * solver did not see, the distance of the places at which the step was examined; otherwise INFINITY. */
double rt_ode_missed(struct rt_ode *o);
/* Called after a step over smooth turns: whether it must be repeated and end at a turn, because a law does
 * more there than the solver can have seen. */
bool rt_ode_missed_turn(struct rt_ode *o);
/* Copies x with amounts below 0, or below their floor, raised to that; returns false if there are none. */
bool rt_ode_raise(const struct rt_ode *o, const double *x, bool to_floor, double *raised);

/* dx at x; if it is not finite, dx with negative amounts replaced by 0, or by the smallest amounts that
 * matter. Returns false if a derivative is still not finite. */
bool rt_ode_rhs(const struct rt_ode *o, double t, const double *x, double *dx);
/* The same for the laws as they are written, at x itself. */
bool rt_ode_plain_rhs(const struct rt_ode *o, double t, const double *x, double *dx);
/* Runs with fixed steps are looked at after so many of them. */
enum { STEPS_BETWEEN_CHECKS = 64 };
/* Warns if steps of the option `dt` are unstable at a state; returns whether it did. */
bool rt_ode_warn_of_step(struct rt_ode *o, double t, const double *x);
/* Whether they are, by the rate at which derivatives differ in a step that has been made. */
bool rt_ode_step_is_long(double dt, double rate);
/* linear_jacobian.c: the Jacobian at x, in the order of `jac`; the column of species s by differences, for
 * laws without derivatives and for motion along a surface where laws jump, which is not that of the laws'
 * derivatives. */
void rt_ode_jacobian(const struct rt_ode *o, const struct rt_jacobian *jac, double t, const double *x,
                     double *values);
void rt_ode_difference(const struct rt_ode *o, double t, const double *x, int64_t s, double *column);
/* The time in the last step when a condition turns true, between a time when it is false and one when it is
 * true. */
double rt_ode_bisect(struct rt_ode *o, bool (*holds)(struct rt_ode *o, double t, const double *x), double no,
                     double yes);
/* The time in the last step, not after `end`, when a condition turns true; otherwise INFINITY. Its
 * comparisons are those of condition `until`; -1: those of events. `note`: conditions of events that have
 * turned false are noted. */
double rt_ode_find(struct rt_ode *o, bool (*holds)(struct rt_ode *o, double t, const double *x),
                   int32_t until, double end, bool note);
/* The state at t inside the last step. */
void rt_ode_state(struct rt_ode *o, double t, double *x);

/* Steep laws. at_start: finds them, at the scales known then. near: whether x is so small that they are
 * replaced by straight lines. raise: raises the amounts that they read to at least 0, or to the smallest
 * amounts that matter, where all laws are smooth. Right side and Jacobian are those of the laws at the
 * raised state y, converted into those at x. */
void rt_steep_create(struct rt_ode *o);
void rt_steep_destroy(struct rt_ode *o);
void rt_steep_at_start(struct rt_ode *o);
bool rt_steep_near(const struct rt_ode *o, const double *x);
/* Whether x, inside the last step, has far more of an amount read by steep laws than both ends of the
 * step. */
bool rt_steep_rises(const struct rt_ode *o, const double *x);
void rt_steep_raise(const struct rt_ode *o, const double *x, bool counts, double *raised);
void rt_steep_rhs(const struct rt_ode *o, double t, const double *x, double *y, double *dx);
void rt_steep_jacobian(const struct rt_ode *o, const struct rt_jacobian *jac, double t, const double *x,
                       double *y, double *values);

/* Poles. begin: at the start of a job. passed: the first pole over which the last step has gone; -1: none. */
void rt_poles_create(struct rt_ode *o);
void rt_poles_begin(struct rt_ode *o);
void rt_poles_destroy(struct rt_ode *o);
int32_t rt_poles_passed(struct rt_ode *o);
int rt_poles_fail(const struct rt_ode *o, int32_t pole, struct rt_error *e);

/* Sliding. begin: at the start of a run, or after amounts have changed. note: before a step. look: after a
 * step, the time at which surfaces start or stop being followed; INFINITY: none does. switch: does so at
 * o->t; the solver must restart. */
void rt_slide_create(struct rt_ode *o);
void rt_slide_destroy(struct rt_ode *o);
void rt_slide_begin(struct rt_ode *o);
void rt_slide_follow(struct rt_ode *o, int32_t n);          /* the first n surfaces of `on`, from here */
void rt_slide_pieces(struct rt_ode *o, struct rt_state *p); /* reads or writes which are followed */
void rt_slide_note(struct rt_ode *o);
double rt_slide_look(struct rt_ode *o);
void rt_slide_switch(struct rt_ode *o);
/* CRNL_SOLVER if amounts go back and forth over surfaces while time stands still. */
int rt_slide_check(struct rt_ode *o, struct rt_error *e);
bool rt_slide_rhs(const struct rt_ode *o, double t, const double *x, double *dx);

/* How far beside a surface laws are evaluated, relative to the distance that it would have if all amounts
 * had their largest values. */
#define RT_SLIDE_BESIDE 1e-9

/* Corners (ode_corner.c), where the k surfaces `on` meet, at `level`. create: NULL if there is no such
 * place, or if a law has too many jumps. find_shares: the shares with which no surface is left; false: there
 * are none; `strength` is how strongly each surface is run into from both sides while the others are
 * followed; not positive: it is not. mix: derivatives with these shares. */
struct rt_corner *rt_corner_create(const struct rt_ode *o, const int32_t *on, const double *level, int32_t k,
                                   double t, const double *x, bool *too_many);
void rt_corner_destroy(struct rt_corner *c); /* NULL: nothing */
bool rt_corner_find_shares(struct rt_corner *c, const struct rt_ode *o, double t, const double *x, double far,
                           double *strength);
bool rt_corner_mix(struct rt_corner *c, const struct rt_ode *o, double t, const double *x, double *dx);
const double *rt_corner_shares(const struct rt_corner *c);
/* Computes the distances of all surfaces at x and their derivatives into slide.out. */
void rt_surfaces_at(const struct rt_ode *o, double t, const double *x);
/* Adds a line for --verbose. */
void rt_ode_note(struct rt_ode *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same without --verbose too. */
void rt_ode_tell(struct rt_ode *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Called before a right side inside a step: whether the run must end now, with its error recorded. */
bool rt_ode_look(struct rt_ode *o);
static inline bool rt_ode_is_interrupted(struct rt_ode *o)
{
    return ++o->calls % o->calls_per_look == 0 && rt_ode_look(o);
}

/* Rates of very different size (ode_apart.c). begin: at the start of a run. check: after a step, CRNL_SOLVER
 * if no end is in sight. is_long: whether the last step was so long that it may have lost digits; has_lost:
 * whether it has, with these errors. fastest_turnover: how often the fastest reaction turns over what it
 * changes. */
void rt_ode_apart_begin(struct rt_ode *o);
int rt_ode_check_apart(struct rt_ode *o, struct rt_error *e);
bool rt_ode_is_long(const struct rt_ode *o);
bool rt_ode_has_lost(const struct rt_ode *o, const double *error);
double rt_ode_fastest_turnover(const struct rt_ode *o);

/* Rest (ode_rest.c). begin: at o->t and o->x. is_at_rest: whether nothing will change any more; is_past_all:
 * whether so much time has passed, or amounts have grown so much, that the network will not come to rest.
 * Errors: CRNL_NOT_REACHED. */
void rt_ode_rest_begin(struct rt_ode *o);
/* At rest: whether a condition that reads the time, of `until` or of an event, is still to turn true. */
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
/* Reports CRNL_SOLVER with the time, the reason and the species whose scaled error is largest (NULL: not
 * known). */
int rt_ode_fail(const struct rt_ode *o, enum rt_ode_failure why, const double *scaled_error,
                struct rt_error *e);

#endif
