/* Stationary laws by elimination, state by state, without a subtraction (Grassmann, Taksar, Heyman, Oper.
 * Res. 33, 1107 (1985)): each probability is right to some digits of its own, however small it is. The
 * order is nested dissection by amounts: the states are cut in two at a value of one species, those on the
 * cut are eliminated last, and so on within both halves. What is eliminated together is a front: a dense
 * matrix of rates among its states and those that they lead to or that lead to them (multifrontal, Duff
 * and Reid, ACM TOMS 9, 302 (1983)). */
#ifndef RT_ELIMINATE_H
#define RT_ELIMINATE_H

#include <float.h>

#include "rt_cme.h"

/* Numbers of an elimination, with which it is compiled twice: double and, in cme_wide.c, long double, whose
 * exponents reach further on most processors. A state goes on at CME_LEAST of the fastest rate at least: one
 * that does so less often is held. */
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
    int32_t start, end; /* places in the order of the states that it eliminates */
    int32_t n_rest;     /* places after them that it touches: rest[first_rest...] */
    int32_t n_parts;    /* fronts before it that it follows: 0, or the last two */
    int64_t first_rest;
};

struct rt_order {
    const struct rt_states *s;
    int32_t n;           /* places: states, then the outside if there is one */
    bool has_outside;    /* all that is not among the states is one more */
    bool leaks;          /* so are states that were not found */
    int32_t *state, *at; /* [n] by place, and [s->n] the place of a state, -1 of others */
    struct rt_front *front;
    int32_t n_fronts, cap_fronts, *rest;
    int64_t n_rest, cap_rest;
    /* What elimination takes: products of numbers, numbers that are kept, numbers at the same time beside
     * them. */
    double work;
    int64_t kept, most;
};

/* The n states of `member`, which becomes the order's. False: it would take more than `most_work` products or
 * `most_numbers` numbers. After rt_states_gather. */
bool rt_order_states(struct rt_order *o, const struct rt_states *s, int32_t *member, int32_t n,
                     bool has_outside, double most_work, double most_numbers);
/* As far as is done: up to 1e12 products and 1e9 numbers. */
bool rt_order_eliminable(struct rt_order *o, const struct rt_states *s, int32_t *member, int32_t n,
                         bool has_outside);
void rt_order_free(struct rt_order *o);

/* What elimination leaves of the rates from state to state, by front: of each state that it eliminates the
 * rate at which others go on to it, over that at which it goes on itself (below the diagonal), and its own
 * rates to those after it. */
struct rt_factors {
    const struct rt_order *o;
    cme_number *kept; /* [o->kept] the first columns of each front, its rows below each other */
    cme_number *upper; /* rates of its states to its rest; NULL: not kept */
    double per_rate; /* all are rates of the fastest one */
    int n_held;      /* states that go on too seldom for numbers */
    bool *is_held;   /* [o->n] by place */
};
/* `back` as for rt_eliminate. To be freed also after an error, which is a stop. */
int rt_factorize(struct rt_factors *f, const struct rt_order *o, struct rt_recorder *r, const double *back,
                 bool keeps_upper);
void rt_factors_free(struct rt_factors *f);
/* cme_solve.c, of an order with an outside, with `upper` and no `back`: how long each state is stayed in, b
 * before and after [s->n] of times a state, if b[state] begins in each, until the outside. b may be of
 * either sign. */
void rt_factors_times(const struct rt_factors *f, double *b);

/* The stationary law of the states in the order, which lead to each other; p[state] sums up to 1 over
 * them, others are left as they are. With an outside what leads out comes back to state i with rate
 * `back`[i]: then p is the time that is spent in i in one stay (that is, p times the sum of `back` is the
 * law), and the rates to the outside are those of transitions to states without a place. Errors: a stop,
 * or states that lead to others too seldom for numbers. */
int rt_eliminate(const struct rt_order *o, struct rt_recorder *r, const double *back, double *p);
/* The same with the wider numbers, which rt_eliminate falls back on. */
int rt_eliminate_wide(const struct rt_order *o, struct rt_recorder *r, const double *back, double *p);

/* The states that are left for ever: how long the network is in each, from the law `start`, until it
 * leaves them for a closed class or, with `leaks`, for states that were not found. `time` is 0 elsewhere.
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
