/* Turns: times at which a law or a condition that reads the time jumps, has a corner, or is largest or
 * smallest. The compiler finds the expressions (codegen/plan/plan_turns.c), each constant between its
 * turns; here is when the next one changes. All methods stop there, so that no step passes over a pulse,
 * and none has a jump inside. */
#ifndef RT_TURNS_H
#define RT_TURNS_H

#include "rt_run.h"

struct rt_bounds {
    double lo, hi;
};

/* out[i] >= lo and <= hi of every value that `tape` computes with globals between their bounds. */
void rt_tape_bounds(const struct crnl_tape *tape, const struct rt_bounds *global, const double *param,
                    struct rt_bounds *out, struct rt_bounds *registers);

struct rt_turn {
    double next; /* time when it changes; INFINITY: it does not before `upto` */
    double upto;
    double span; /* from where the last search began to what it found; 0: nothing */
};

struct rt_turns {
    const struct rt_job *job;
    struct rt_turn *turn; /* [n_turns] */
    bool *has_corners;    /* [n_turns] slopes that jump themselves, where something else turns */
    bool known;           /* what is next, at globals as they are */
    struct rt_bounds *global, *registers; /* of a piece of time */
    double *at, *scratch;                 /* globals, registers */
};

void rt_turns_create(struct rt_turns *w, const struct rt_job *job);
void rt_turns_destroy(struct rt_turns *w);
void rt_turns_begin(struct rt_turns *w); /* of a run, which does not depend on the last one */
/* The first time after t when a turn changes at amounts x; INFINITY: there is none up to `last`, the same in
 * all calls of a run. *jumps: not only something smooth. */
double rt_turns_next(struct rt_turns *w, double t, double last, const double *x, bool *jumps);

#endif
