/* Runs of rk4 in which nothing but steps happens, several of a network in the lanes of vectors or a single
 * one: all steps to the end at once, and back. Each lane has the operations of a run alone in the same order,
 * so its bytes do not depend on others. A run in which anything else would happen, as an amount below 0 or a
 * rate that is not finite, is taken out, and goes on alone from where it began. */
#ifndef RT_LOCKSTEP_H
#define RT_LOCKSTEP_H

#include <stdatomic.h>

#include "rt_adjoint.h"

/* Samples first .. first + n are taken at the time t, where step `step` begins (the end: n_steps). */
struct lockstep_values {
    int64_t step, first, n;
    double t;
};

/* What such runs leave: numbers are [..][wide] of as many lanes. */
struct lockstep {
    atomic_int users;
    int wide, level; /* level: of emitted code */
    const struct crnl_model *m;
    int64_t n, n_steps; /* n: amounts */
    double *t;          /* [n_steps + 1] where steps begin, and the end */
    struct lockstep_values *values;
    int64_t n_values;
    double *state; /* [n_steps + 1][4][n]: where steps begin, and the stages behind it; the end */
    double *most;  /* [n] largest amounts where steps begin, and at the end */
    bool *good;    /* [wide] nothing else would have happened */
};
void lockstep_release(struct lockstep *l); /* NULL: nothing */

/* Right sides and their reverse. */
struct lockstep_code {
    void (*rhs)(void *env, double t, const double *x, double *dx);
    void (*reverse)(void *env, double t, const double *x, const double *y, double *x_bar);
    void (*values)(void *env, int64_t i, double *y); /* adds what is read at values i to the adjoint y */
    void *env;
    const struct runge_kutta *table;
};
/* The loops, for a number of lanes and a kind of processor. forward: from the first state sets all others,
 * most and good. backward: from the adjoint y[n] of the end to that of the start. room: LOCKSTEP_ROOM n
 * numbers in each lane. */
struct lockstep_steps {
    int wide, level;
    bool (*is_here)(void);
    void (*forward)(struct lockstep *l, const struct lockstep_code *code, double *room);
    void (*backward)(const struct lockstep *l, const struct lockstep_code *code, double *y, double *room);
};
extern const struct lockstep_steps lockstep_one, lockstep_avx2, lockstep_avx512;
enum { LOCKSTEP_ROOM = 16 };

/* All steps of a run that has begun, with the values taken between; false: nothing has been done. */
bool lockstep_run(struct rt_ode *o, struct rt_stretch *s);
/* From the adjoint of the end to that where steps began. */
void lockstep_back(struct adjoint *a);

/* Those that fit, as many at once as there are lanes. */
const struct lockstep_steps *lockstep_steps_for(const struct crnl_model *m, int n);

#endif
