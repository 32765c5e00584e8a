/* Hybrid runs: bulk concentrations follow their rate equations while discrete species jump, and each depends
 * on the other. Between two jumps the equations of bulk have constant coefficients, so each jump starts a
 * flow; the next jump occurs where the integral of all hazards along the flow reaches an exponential
 * variate. There are several ways to find it, all with the stochastic driver:
 *   bounds (hybrid_bounds.c): flows in closed form, hazards bounded over intervals of bulk, and thinning;
 *                             exact;
 *   waits (hybrid_wait.c): flows by an explicit Runge-Kutta method, hazards integrated along them; for all
 *                          other networks;
 *   splitting (hybrid_split.c): hybrid(dt = ...): bulk is constant during dt, then discrete species are;
 *                               for comparison;
 *   partition (hybrid_partition.c): hybrid(partition = ...): reactions among many molecules flow too.
 *
 * Amounts of both kinds are x = V times concentration. The rate of a reaction is k times the falling
 * factorials of its discrete reactants times the powers of its bulk reactants, whether it fires or adds to
 * derivatives of bulk. */
#ifndef RT_HYBRID_H
#define RT_HYBRID_H

#include "runtime/ssa/rt_ssa.h"

struct rt_factor { /* the factor x[species] - less of a falling factorial */
    int32_t species;
    double less;
};
struct rt_power {
    int32_t bulk; /* index in struct rt_terms */
    double n;
    bool falls; /* of molecules: x (x - 1) ... instead of x^n */
};
struct rt_swing { /* a term net * g * P^degree in the equation of a bulk species */
    int32_t bulk, degree;
    double net;
};

/* The terms of a model; lists are in compressed rows. */
struct rt_terms {
    const struct crnl_model *m;
    int32_t n_bulk;
    int32_t *species;                /* [n_bulk] */
    int32_t *bulk_of;                /* [n_species] index of a bulk species that changes; -1 */
    bool *is_smooth, *fires;         /* [n_reactions] whether it changes only bulk; whether it changes
                                        discrete species */
    int32_t *factor_ptr, *power_ptr; /* by reaction: its reactants that are not bulk, and those that are */
    struct rt_factor *factor;
    struct rt_power *power;
    int32_t *dep_ptr, *dep;       /* by firing reaction: reactions whose factors it changes, ... */
    int32_t *smooth_ptr, *smooth; /* ... smooth reactions that it changes, ... */
    int32_t *moved_ptr, *moved;   /* ... and the bulk species in whose equations these are */
    int32_t *reader_ptr, *reader; /* by bulk species: firing reactions that contain powers of it */
    int32_t *swing_ptr;           /* by smooth reaction, if is_closed */
    struct rt_swing *swing;
    int32_t n_varying, *varying; /* firing reactions that read bulk, or that have a law */
    bool is_closed;              /* each bulk species has a quadratic equation of its own, and there is no
                                    law */
    int32_t n_more; /* for partition: number of unknowns after bulk, which are the extents of smooth reactions
                       and the integral of all hazards; otherwise 0 */
};
/* is_smooth: by reaction, or NULL: the reactions that change only bulk. Species that smooth reactions change
 * count as bulk. */
void rt_terms_create(struct rt_terms *t, const struct crnl_model *m, const bool *is_smooth);
void rt_terms_free(struct rt_terms *t);
/* Joins discrete species that take part in the same firing reaction or, if by_smooth, that the same smooth
 * reaction reads: up[s] is the representative of the species joined with s. */
void rt_terms_components(const struct rt_terms *t, bool by_smooth, int32_t *up);
/* Whether reaction j changes species that are declared discrete: its rate is never negative. */
bool rt_terms_counts_molecules(const struct rt_terms *t, int32_t j);
/* k times the falling factorials of the reactants that are not bulk. */
static inline double rt_terms_counts(const struct rt_terms *t, int32_t j, double k, const double *x)
{
    for (int32_t e = t->factor_ptr[j]; e < t->factor_ptr[j + 1] && k != 0; e++) {
        k *= x[t->factor[e].species] - t->factor[e].less;
    }
    return k;
}
double rt_terms_rate(const struct rt_terms *t, int32_t j, const struct crnl_ssa *w, const double *x,
                     double at);

/* dP/dt = (a P + b) P + c, started from p, after dt; INFINITY: no longer finite. */
struct rt_quadratic {
    double a, b, c;
};
double rt_quadratic_flow(const struct rt_quadratic *q, double p, double dt);

/* hybrid_law.c: infinitely many vesicles. States and weights are found from the whole amounts of
 * rt_laws_start and the constants of w; laws are those of the last rt_laws_at. */
struct rt_laws *rt_laws_create(const struct rt_terms *t);
void rt_laws_destroy(struct rt_laws *l);
void rt_laws_start(struct rt_laws *l, const double *x);
int rt_laws_find(struct rt_laws *l, const struct crnl_ssa *w, struct rt_error *e);
bool rt_laws_has(const struct rt_laws *l, int32_t j); /* whether reaction j belongs to a machine */
void rt_laws_at(struct rt_laws *l, const double *bulk);
double rt_laws_rate(const struct rt_laws *l, int32_t j, const struct crnl_ssa *w, const double *x, double at);
void rt_laws_means(const struct rt_laws *l, double *x); /* means of the species of machines */
/* Fails if the laws have too much probability outside the states that are followed. */
int rt_laws_check(const struct rt_laws *l, double t, struct rt_error *e);

/* The flow of bulk along its equations, with constant discrete species. x holds the discrete species, and
 * bulk at the time of the last call. */
struct rt_flow {
    const struct rt_terms *terms;
    const struct crnl_ssa *w;
    struct rt_laws *laws;           /* laws of machines; NULL: discrete species have amounts */
    const struct rt_events *events; /* the time that laws see; and turns, over which no step goes */
    double rtol;
    double *x, t;           /* x[bulk] is at t */
    double t_start, *start; /* [n_bulk] */
    struct rt_quadratic *q; /* [n_bulk] if closed */
    double *step;           /* steps of the Runge-Kutta method: rows of time, length and 5 n_bulk
                               coefficients */
    int64_t n_steps, cap_steps;
    double h;     /* length of the next step */
    double *work; /* [9][n_bulk] */
    double *seen; /* [n_bulk] largest amounts so far, relative to which errors are measured */
    bool failed;  /* too many steps, or NaN */
};
void rt_flow_create(struct rt_flow *f, const struct rt_terms *terms, const struct rt_ssa *s);
void rt_flow_reset(struct rt_flow *f, double rtol); /* for another run */
void rt_flow_free(struct rt_flow *f);
void rt_flow_start(struct rt_flow *f, const double *x, double t);
/* The state at t, which is not before the start. NaN in bulk: failed. */
const double *rt_flow_at(struct rt_flow *f, double t);
void rt_flow_derivative(struct rt_flow *f, double t, const double *bulk, double *d);
/* For flows by steps: the time reached; one more step; and an unknown after bulk at an earlier time. */
double rt_flow_end(const struct rt_flow *f);
void rt_flow_go_on(struct rt_flow *f);
double rt_flow_more(const struct rt_flow *f, double t, int32_t i);

/* Hazards in a tree of sums with fan-out CRNL_FAN; selection is as in crnl_num.h. */
struct rt_hazards {
    int32_t n_levels;
    struct rt_hazard_level {
        int32_t n; /* a multiple of CRNL_FAN; the last has one group */
        double *v;
        uint8_t *dirty;
        int32_t *list, n_list;
    } level[16];
    double total;
};
void rt_hazards_create(struct rt_hazards *h, int32_t n);
void rt_hazards_free(struct rt_hazards *h);
static inline void rt_hazards_set(struct rt_hazards *h, int32_t j, double a)
{
    struct rt_hazard_level *up = &h->level[1];
    int32_t group = j / CRNL_FAN;
    h->level[0].v[j] = a;
    up->list[up->n_list] = group;
    up->n_list += !up->dirty[group];
    up->dirty[group] = 1;
}
void rt_hazards_sum(struct rt_hazards *h); /* called after some were set */
/* The hazard at which running sums reach r in (0, total]; *rest: the remainder inside it. */
int32_t rt_hazards_choose(const struct rt_hazards *h, double r, double *rest);

enum rt_hybrid_way { RT_BY_BOUNDS, RT_BY_WAITS, RT_BY_SPLITTING, RT_BY_LAWS, RT_BY_PARTITION };
struct rt_hybrid {
    struct rt_ssa *s;
    struct rt_terms terms;
    enum rt_hybrid_way way;
    struct rt_laws *laws; /* NULL: not needed yet */
    bool is_fresh;        /* up to date with amounts and constants */
    bool has_laws;        /* whether a firing reaction has a law */
    struct rt_hazards hazards;
    struct rt_flow flow;          /* for waits and splitting; ... */
    struct rt_flow ahead, looked; /* ... ahead: the flow if nothing happens from now on; looked: since the
                                     last observation */
    bool is_ahead;
    double now;                   /* all reactions before this time have been found */
    double *counts;               /* [n_reactions] k times falling factorials */
    double *high, *ratio;         /* [n_reactions] upper bound of the product of powers; lower bound relative
                                     to it */
    struct rt_interval *interval; /* [n_bulk] */
    double due;                   /* the earliest end of an interval */
    struct rt_scales *scales;     /* NULL: no bulk species flows */
    struct rt_machines *machines; /* NULL: not needed yet */
    bool is_begun;                /* the machines are those of this run */
    struct rt_hazards slots;      /* bounds of machines with a table, followed by those of other firing
                                     reactions */
    int32_t *slot, *owner;        /* [n_reactions] its index among these, -1: in a table; and the inverse
                                     map */
    int64_t since_refresh;
    double *first;            /* [n_bulk] amounts at the start of the run */
    bool told;                /* it has been reported that one of them grows without bound */
    double t_start, step_end; /* splitting: start of the run; end of the step */
    int64_t n_steps;
    bool *smooth, *wanted; /* [n_reactions] partition: whether it flows; whether it should */
    double *extent;        /* [n_reactions] how often it has happened since it flows, ... */
    bool has_flow;         /* ... and since the flow has begun, which is not included there */
    double scanned;        /* the flow has been examined up to this time: nothing is due */
};

/* hybrid_bounds.c, hybrid_wait.c, hybrid_split.c, hybrid_limit.c: as advance of the stepper; bulk in w->x is
 * right when they return. */
int rt_bounds_advance(struct rt_hybrid *h, double t_stop, int64_t max_events);
int rt_waits_advance(struct rt_hybrid *h, double t_stop, int64_t max_events);
int rt_split_advance(struct rt_hybrid *h, double t_stop, int64_t max_events);
int rt_laws_advance(struct rt_hybrid *h, double t_stop, int64_t max_events);
int rt_partition_advance(struct rt_hybrid *h, double t_stop, int64_t max_events);
void rt_partition_start(struct rt_hybrid *h);
/* Ends the flow at w->t: what has happened along it counts in extents and in the variate of the next jump. */
void rt_partition_count(struct rt_hybrid *h);
/* Reads or writes which reactions flow, between two flows. */
void rt_partition_pieces(struct rt_hybrid *h, struct rt_state *p);
/* Makes the reactions `is_smooth` flow; NULL: those that change only bulk. */
void rt_hybrid_use_terms(struct rt_hybrid *h, const bool *is_smooth);
/* Computes the rates of reactions (list = NULL: of all) at the amounts of w and the time h->now; 0 for
 * reactions that do not fire. Returns false if a rate is invalid, which is w->bad then. */
bool rt_hybrid_set_hazards(struct rt_hybrid *h, const int32_t *list, int32_t n);
/* Fires a reaction at w->t: amounts, statistics, events. Returns false if an amount became negative. */
bool rt_hybrid_fire(struct rt_hybrid *h, int32_t j);
/* Reports that a bulk species is no longer finite, and returns the result of the advance. */
int rt_hybrid_runaway(struct rt_hybrid *h, int32_t bulk, double t);

#endif
