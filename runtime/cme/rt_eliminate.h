/* Stationary laws by elimination, state by state, without subtraction (Grassmann, Taksar, Heyman, Oper. Res.
 * 33, 1107 (1985)): each probability has a relative accuracy of its own, however small it is. The order is
 * nested dissection by amounts: the states are cut in two at a value of a species, the states on the cut are
 * eliminated last, and so on within both halves. States that are eliminated together form a front: a dense
 * matrix of rates among these states and those that they lead to or that lead to them (multifrontal, Duff
 * and Reid, ACM TOMS 9, 302 (1983)). */
#ifndef RT_ELIMINATE_H
#define RT_ELIMINATE_H

#include <float.h>

#include "rt_cme.h"

/* The number type of an elimination, which is compiled twice: with double and, in cme_wide.c, with long
 * double, whose exponents have a larger range on most processors. A state must be left at a rate of at least
 * CME_LEAST of the fastest one; a state that is left more seldom is held. */
#ifdef CME_WIDE
typedef long double cme_number;
#define CME_LEAST 1e-4800L
#define CME_SELDOM "1e4800"
#define CME_IS_WIDE true
#define CME_HAS_WIDER 0
#else
typedef double cme_number;
#define CME_LEAST 1e-250
#define CME_SELDOM "1e250"
#define CME_IS_WIDE false
#define CME_HAS_WIDER (LDBL_MAX_10_EXP > 4900)
#endif

struct rt_front {
    int32_t start, end; /* places in the order of the states that the front eliminates */
    int32_t n_rest;     /* number of later places that it touches: rest[first_rest...] */
    int32_t n_parts;    /* number of earlier fronts on which it depends: 0, or the last two */
    int64_t first_rest;
};

struct rt_order {
    const struct rt_states *s;
    int32_t n;           /* number of places: states, and then the outside if there is one */
    bool has_outside;    /* everything that is not among the states is an additional place */
    bool leaks;          /* this includes states that were not found */
    int32_t *state, *at; /* [n] the state at a place, and [s->n] the place of a state, -1 for others */
    struct rt_front *front;
    int32_t n_fronts, cap_fronts, *rest;
    int64_t n_rest, cap_rest;
    /* The cost of elimination: products of numbers, numbers that are kept, and temporary numbers besides
     * them. */
    double work;
    int64_t kept, most;
};

/* Orders the n states of `member`, which the order takes over. Returns false if elimination would take more
 * than `most_work` products or `most_numbers` numbers. Requires rt_states_gather. */
bool rt_order_states(struct rt_order *o, const struct rt_states *s, int32_t *member, int32_t n,
                     bool has_outside, double most_work, double most_numbers);
/* The same with the usual limits: 1e12 products and 1e9 numbers. */
bool rt_order_eliminable(struct rt_order *o, const struct rt_states *s, int32_t *member, int32_t n,
                         bool has_outside);
void rt_order_free(struct rt_order *o);

/* The factors that elimination makes of the rates from state to state, by front: for each eliminated state
 * the rates at which others go on to it, divided by the rate at which it goes on itself (below the
 * diagonal), and its own rates to later states. */
struct rt_factors {
    const struct rt_order *o;
    cme_number *kept; /* [o->kept] the first columns of each front, row by row */
    cme_number *upper; /* rates of the states of a front to its rest; NULL: not kept */
    double per_rate; /* unit of the rates: the fastest one */
    int n_held;      /* number of states that are left too seldom for the number type */
    bool *is_held;   /* [o->n] by place: whether the state is held */
};
/* `back` as for rt_eliminate. The caller frees f also after an error, which is an interruption. */
int rt_factorize(struct rt_factors *f, const struct rt_order *o, struct rt_recorder *r, const double *back,
                 bool keeps_upper);
void rt_factors_free(struct rt_factors *f);
/* cme_solve.c, for an order with an outside, with `upper` and without `back`: the time spent in each state
 * until the outside is reached, if b[state] starts in each. b is [s->n], before and after, in units of time
 * for the result, and may have either sign. */
void rt_factors_times(const struct rt_factors *f, double *b);

/* The stationary law of the states in the order, which must be connected; p[state] adds up to 1 over them,
 * and other entries are not changed. With an outside, what leaves returns to state i with rate `back`[i]; p
 * is then the time spent in i during one stay (so p times the sum of `back` is the law), and the rates to
 * the outside are those of transitions to states without a place. Errors: an interruption, or states that
 * lead to others too seldom for the number type. */
int rt_eliminate(const struct rt_order *o, struct rt_recorder *r, const double *back, double *p);
/* The same with the wider number type, on which rt_eliminate falls back. */
int rt_eliminate_wide(const struct rt_order *o, struct rt_recorder *r, const double *back, double *p);

/* The states that are left for ever: the time spent in each, from the law `start`, until the network leaves
 * them for a closed class or, with `leaks`, for states that were not found. `time` is 0 for other states.
 * cme_stationary.c. */
struct rt_leaving {
    struct rt_order order;
    int32_t n;
};
int rt_leaving_open(struct rt_leaving *l, const struct rt_states *s, struct rt_recorder *r,
                    const struct rt_classes *c, bool leaks);
int rt_leaving_times(const struct rt_leaving *l, struct rt_recorder *r, const double *start, double *time);
void rt_leaving_close(struct rt_leaving *l);

#endif
