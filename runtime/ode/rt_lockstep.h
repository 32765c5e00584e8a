/* Runs of rk4 in which nothing but steps happens, several of a network in the lanes of vectors or a single
 * one: all steps to the end at once, and back. Each lane has the operations of a run alone in the same order,
 * so its bytes do not depend on others. A run in which anything else would happen, as an amount below 0 or a
 * rate that is not finite, is taken out, and goes on alone from where it began. */
#ifndef RT_LOCKSTEP_H
#define RT_LOCKSTEP_H

#include <stdatomic.h>

#include "rt_adjoint.h"
#include "rt_packed.h"

/* Samples first .. first + n are taken at the time t, where step `step` begins (the end: n_steps). */
struct lockstep_values {
    int64_t step, first, n;
    double t;
};

/* Right sides by the library's lists for several runs: packed reactions in parts (packed_ode.c), whose terms
 * the nearest cache holds. */
struct lockstep_parts {
    int32_t n, n_species;
    struct rt_packed **part; /* [n] */
    double **k;              /* [n][reactions of the part][wide]; NULL: in all lanes those of the part */
    int64_t n_terms;         /* most terms of a part */
};

/* What such runs leave: numbers are [..][wide] of as many lanes. Steps are taken in pieces of `piece`. If
 * there is only one, its states are kept; otherwise those where pieces begin are, and the others are computed
 * again. */
struct lockstep {
    atomic_int users;
    int wide, level; /* level: of emitted code */
    const struct crnl_model *m;
    int64_t n, n_steps, piece; /* n: amounts */
    double *t;                 /* [n_steps + 1] where steps begin, and the end */
    struct lockstep_values *values;
    int64_t n_values;
    double *state; /* [n_steps + 1][4][n]: where steps begin, and the stages behind it; the end. Or NULL */
    double *start; /* [n_pieces][n] where pieces begin; NULL: not kept */
    double *value; /* [n_values][n] the states of values */
    double *end;   /* [n] */
    double *most;  /* [n] largest amounts where steps begin, and at the end */
    bool *good;    /* [wide] nothing else would have happened */
    double *k;     /* [n_reactions] constants, for emitted code; NULL: not emitted */
    struct lockstep_parts *parts; /* or lists; NULL: neither, for a run alone */
};
void lockstep_release(struct lockstep *l); /* NULL: nothing */
/* Memory for n numbers in each lane, not set to 0. */
double *lockstep_numbers(int64_t n, int wide);

struct lockstep_steps;
/* Right sides and their reverse. */
struct lockstep_code {
    void (*rhs)(void *env, double t, const double *x, double *dx);
    void (*reverse)(void *env, double t, const double *x, const double *y, double *x_bar);
    void (*values)(void *env, int64_t step,
                   double *y); /* adds what is read before this step to the adjoint y */
    void *env;
    const struct runge_kutta *table;
};
/* The right sides of all lanes, where there are several. */
struct lockstep_all {
    const struct lockstep *l;
    const struct lockstep_steps *steps;
    double *term; /* room; NULL: not needed */
};
struct lockstep_all lockstep_all_of(const struct lockstep *l);
void lockstep_rhs(const struct lockstep_all *a, double t, const double *x, double *dx);

/* Consecutive steps. */
struct lockstep_piece {
    int64_t n, first, n_steps;
    const double *t; /* [n_steps + 1] */
    double *state;   /* [n_steps + 1][4][n], without the stages behind the last one */
};
/* The loops, for a number of lanes and a kind of processor. forward: from the first state of the piece sets
 * all others; most[n] gets larger amounts, good[wide] false where something else would have happened.
 * backward: from the adjoint y[n] of the end to that of the start, without the values there. room:
 * LOCKSTEP_ROOM n numbers in each lane. rhs, reverse: by lists (packed_lanes.h, pairs_lanes.h). */
struct lockstep_steps {
    int wide, level;
    bool (*is_here)(void);
    void (*forward)(const struct lockstep_piece *p, const struct lockstep_code *code, double *most,
                    bool *good, double *room);
    void (*backward)(const struct lockstep_piece *p, const struct lockstep_code *code, double *y,
                     double *room);
    void (*rhs)(const struct lockstep_parts *p, const double *x, double *term, double *dx);
    void (*reverse)(const struct vjp_pairs *v, const double *k, const double *k_of_all, const double *x,
                    const double *y, double *x_bar, double *k_bar, double *d);
};
extern const struct lockstep_steps lockstep_one, lockstep_avx2, lockstep_avx512;
enum { LOCKSTEP_ROOM = 16 };
const struct lockstep_steps *lockstep_steps_of(const struct lockstep *l);

/* All steps of a run that has begun, with the values taken between; false: nothing has been done. */
bool lockstep_run(struct rt_ode *o, struct rt_stretch *s);
/* From the adjoint of the end to that where steps began. */
void lockstep_back(struct adjoint *a);
/* Whether right sides of several runs, and their reverse, can be computed in lanes: by emitted code or by
 * lists. Not by lists if the reverse of one run is emitted, since its sums have another order. */
bool lockstep_may(const struct crnl_model *m);
bool lockstep_may_be_in_lanes(const struct rt_ode *o); /* ... with the bytes of the kernel of this run */

#endif
