/* The chemical master equation: the law of a network over the states that can be reached. dp/dt = p Q, where
 * Q holds the propensities from state to state. States are numbered in the order of discovery, which is by
 * the least number of reactions that leads to them. */
#ifndef RT_CME_H
#define RT_CME_H

#include "runtime/rt_run.h"

struct rt_states {
    const struct rt_job *job;
    int32_t n_changing, *changing; /* number of species that reactions change, and which */
    int32_t n_unread, *unread;     /* species whose amounts nobody asks for: they are not counted */
    int64_t n, cap;
    int32_t *amount;     /* [n][n_changing] molecules */
    int64_t *first;      /* [n + 1]: where the transitions of a state begin */
    int32_t *to;         /* by transition: the target state */
    double *rate;        /* by transition: its propensity */
    double *kept;        /* [n] sum over the transitions of a state */
    double *out;         /* [n] sum of the propensities to states that are left out */
    int32_t until;       /* a condition; -1: none */
    bool stops;          /* states in which the condition holds are not left */
    double most_lost;    /* laws need not continue when more probability than this has left the states */
    uint8_t *ends;       /* [n] whether the condition holds */
    double leak;         /* largest sum of propensities to states that are left out; 0: no states are left
                            out */
    int64_t first_short; /* first state with such propensities; n: none */
    /* The same transitions by target state; NULL before rt_states_gather. */
    int64_t *in_first;
    int32_t *from;
    double *in_rate;
    int64_t *feed_first; /* by block of states (cme_transient.c): the other blocks that lead there */
    int32_t *feed;
    int64_t *side_first; /* by block: its transitions, arranged side by side */
    int32_t *side_from;
    double *side_rate;
    /* For finding more states: */
    int32_t *slot; /* hash table: state + 1; 0: free */
    uint64_t mask;
    int64_t *last; /* by state: the last transition that leads to it */
    int64_t cap_transitions;
};

/* A hash of the amounts of a state, without the lowest bits that `shift` (NULL: none) removes. */
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
/* Finds states from job->x0, or from the present ones, up to `most` states; the rest is left out. An error
 * (r->error) names the reaction. */
int rt_states_find(struct rt_states *s, struct rt_recorder *r, int64_t most);
/* Adds a transition from each state i with back_rate[i] > 0 to back[i]. */
void rt_states_return(struct rt_states *s, const int32_t *back, const double *back_rate);
/* Makes states in which the condition holds absorbing. */
void rt_states_stop(struct rt_states *s);
/* Whether the state with these amounts of the changing species was found. */
bool rt_states_has(const struct rt_states *s, const int32_t *amount);
/* cme_clamped.c: warns, with a witness, if the states of the clamped network are not all that the whole
 * network reaches with the same clamped amounts, as far as a search of about 1e5 states finds this. */
void rt_states_check_clamped(const struct rt_states *s, struct rt_recorder *r);
/* The molecules of all species in state i; RT_UNCOUNTED for species that are not counted. */
void rt_states_amounts(const struct rt_states *s, int64_t i, double *x);
/* The fraction of all reactions, by the law p, that leads to states that are left out. */
double rt_states_edge(const struct rt_states *s, const double *p);
void rt_states_gather(struct rt_states *s);
/* cme_bound.c: as many states there are at most, by conserved sums; INFINITY: these do not bound them. */
double rt_states_bound(const struct rt_states *s);
void rt_states_free(struct rt_states *s);

/* Advances the law p by `duration`; the time spent in each state is added to `sum` unless that is NULL. By
 * uniformisation: errors of the law add up to at most 1e-12 over the states; what flows to states that are
 * left out is missing in p. */
int rt_transient(struct rt_states *s, struct rt_recorder *r, double t, double duration, double *p,
                 double *sum, double *lost);

/* Classes of states that lead to each other; a closed class is never left. */
struct rt_classes {
    int32_t *of; /* [s->n] the class of a state */
    int32_t n;
    bool *is_closed; /* [n] */
};
void rt_classes_find(struct rt_classes *c, const struct rt_states *s);
void rt_classes_free(struct rt_classes *c);
/* The states of each class, one class after the other; class i begins at first[i]; first has [c->n + 2]
 * entries. */
int32_t *rt_classes_list(const struct rt_states *s, const struct rt_classes *c, int32_t *first);
/* Computes the law of a closed class; p is 0 outside of it. Requires rt_states_gather. */
int rt_class_law(struct rt_states *s, struct rt_recorder *r, const int32_t *member, int32_t n, double *p);
static inline bool rt_is_left(const struct rt_classes *c, int64_t state) /* whether the state is left for
                                                                            ever, sooner or later */
{
    return !c->is_closed[c->of[state]];
}

/* Takes the law p to infinite time. If there are several closed classes, each gets the probability of ending
 * in it. Reactions to states that are left out do not happen or, with `leaks`, their probability is missing
 * in p. */
int rt_stationary(struct rt_states *s, struct rt_recorder *r, const struct rt_classes *c, bool leaks,
                  double *p);

/* cme_balance.c: whether each pair of the n states, which are closed and connected, is in detailed balance;
 * p[state] is then the law, and adds up to 1 over them. */
bool rt_balanced(const struct rt_states *s, const int32_t *member, int32_t n, double *p);

/* cme_gap.c: the asymptotic rate at which deviations from rest die out: the least real part, except 0, of
 * minus the eigenvalues; INFINITY if there is none. Reactions to states that are left out do not happen. */
int rt_spectral_gap(struct rt_states *s, struct rt_recorder *r, double *gap);

/* cme_levels.c: the stationary law of the n states with a place 0, 1, ... in their order, which are closed
 * and connected; p is 0 for the others. Returns the number of cycles; the caller must check whether the law
 * has been reached. Requires rt_states_gather. */
int rt_multilevel(struct rt_states *s, struct rt_recorder *r, const int32_t *place, int64_t n, double *p);

#endif
