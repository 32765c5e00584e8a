/* The chemical master equation: the law of a network's state, over the states that can be reached. dp/dt = p
 * Q, where Q holds the propensities from state to state. States are numbered as they are found, by the least
 * number of reactions that leads to them. */
#ifndef RT_CME_H
#define RT_CME_H

#include "runtime/rt_run.h"

struct rt_states {
    const struct rt_job *job;
    int32_t n_changing, *changing; /* species that reactions change */
    int32_t n_unread, *unread;     /* those of which nobody asks how many there are: they are not counted */
    int64_t n, cap;
    int32_t *amount;     /* [n][n_changing] molecules */
    int64_t *first;      /* [n + 1] of a state's transitions */
    int32_t *to;         /* of each transition: another state */
    double *rate;        /* its propensity */
    double *kept;        /* [n] the sum of a state's transitions */
    double *out;         /* [n] the sum of a state's propensities to states that are left out */
    int32_t until;       /* a condition, -1: none */
    bool stops;          /* states in which it holds are not left */
    double most_lost;    /* of probability: laws need not go on when more has left the states */
    uint8_t *ends;       /* [n] it holds */
    double leak;         /* the largest sum of propensities to states that are left out; 0: all are there */
    int64_t first_short; /* the first state with such propensities; n: none */
    /* The same transitions by where they lead; NULL before rt_states_gather. */
    int64_t *in_first;
    int32_t *from;
    double *in_rate;
    int64_t *feed_first; /* of blocks of states (cme_transient.c): which others lead there */
    int32_t *feed;
    int64_t *side_first; /* of a block: its transitions, side by side */
    int32_t *side_from;
    double *side_rate;
    /* To find more. */
    int32_t *slot; /* hash table: state + 1, 0 free */
    uint64_t mask;
    int64_t *last; /* by state: the last transition to it */
    int64_t cap_transitions;
};

/* Of the amounts of a state without the last bits that `shift` (NULL: none) takes off. */
static inline uint64_t rt_amounts_hash(const int32_t *amount, const uint8_t *shift, int32_t n)
{
    uint64_t h = 0x9e3779b97f4a7c15;
    for (int32_t i = 0; i < n; i++) {
        h = (h ^ (uint32_t)(shift ? amount[i] >> shift[i] : amount[i])) * 0xff51afd7ed558ccd;
        h ^= h >> 32;
    }
    return h;
}

void rt_states_open(struct rt_states *s, const struct rt_job *job, int32_t until, bool stops);
/* From job->x0, or on from the states that are there, up to `most` states: what lies beyond is left out.
 * An error (r->error) names the reaction. */
int rt_states_find(struct rt_states *s, struct rt_recorder *r, int64_t most);
/* One more transition from each state i with back_rate[i] > 0, to back[i]. */
void rt_states_return(struct rt_states *s, const int32_t *back, const double *back_rate);
/* From now on states in which the condition holds are not left. */
void rt_states_stop(struct rt_states *s);
/* Whether it is one of the states: amounts of the changing species. */
bool rt_states_has(const struct rt_states *s, const int32_t *amount);
/* cme_clamped.c: warns, with a witness, if states of the clamped network are not all that the whole one
 * reaches with the same clamped amounts, as far as that is found by looking at some 1e5 states. */
void rt_states_check_clamped(const struct rt_states *s, struct rt_recorder *r);
/* Molecules of all species in state i, RT_UNCOUNTED of those that are not counted. */
void rt_states_amounts(const struct rt_states *s, int64_t i, double *x);
/* The part of all reactions, by the law p, that leads to states that are left out. */
double rt_states_edge(const struct rt_states *s, const double *p);
void rt_states_gather(struct rt_states *s);
void rt_states_free(struct rt_states *s);

/* On from the law p by `duration`; `sum`, if it is not NULL, gets the time spent in each state added.
 * Uniformisation: errors of the law add up to 1e-12 at most in sum over the states; what flows to states that
 * are left out is missing in p. */
int rt_transient(struct rt_states *s, struct rt_recorder *r, double t, double duration, double *p,
                 double *sum, double *lost);

/* Sets of states that lead to each other; a closed one is never left. */
struct rt_classes {
    int32_t *of; /* [s->n] the class of a state */
    int32_t n;
    bool *is_closed; /* [n] */
};
void rt_classes_find(struct rt_classes *c, const struct rt_states *s);
void rt_classes_free(struct rt_classes *c);
/* The states of each class, one class behind the other: those of class i from first[i] on; first[c->n +
 * 2]. */
int32_t *rt_classes_list(const struct rt_states *s, const struct rt_classes *c, int32_t *first);
/* The law of a closed class; p is 0 outside of it. After rt_states_gather. */
int rt_class_law(struct rt_states *s, struct rt_recorder *r, const int32_t *member, int32_t n, double *p);
static inline bool rt_is_left(const struct rt_classes *c, int64_t state) /* for ever, sooner or later */
{
    return !c->is_closed[c->of[state]];
}

/* From the law p to that at infinite time. If there are several closed classes, each gets the probability
 * of ending in it. What leads to states that are left out does not happen or, with `leaks`, is missing in
 * p. */
int rt_stationary(struct rt_states *s, struct rt_recorder *r, const struct rt_classes *c, bool leaks,
                  double *p);

/* cme_balance.c: whether each pair of the n states, which nothing leaves and which lead to each other,
 * balances by itself; then p[state] is the law, and adds up to 1 over them. */
bool rt_balanced(const struct rt_states *s, const int32_t *member, int32_t n, double *p);

/* cme_gap.c: the rate at which what is not at rest dies out in the end: the least real part, but 0, of minus
 * the eigenvalues; INFINITY if there is none. What leads to states that are left out does not happen. */
int rt_spectral_gap(struct rt_states *s, struct rt_recorder *r, double *gap);

/* cme_levels.c: the stationary law of the n states that have a place, 0, 1, ... in their order, which nothing
 * leaves and which lead to each other; p is 0 for the others. Returns how many cycles it took; whether it has
 * come to the law is for the caller to see. After rt_states_gather. */
int rt_multilevel(struct rt_states *s, struct rt_recorder *r, const int32_t *place, int64_t n, double *p);

#endif
