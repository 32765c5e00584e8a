/* Turns: times at which a law or a condition that reads the time jumps, has a corner, or is largest or
 * smallest. The compiler finds the expressions (codegen/plan/plan_turns.c), each constant between its
 * turns; here is when the next one changes. Methods stop there, so that no step passes over a pulse,
 * and none has a jump inside; or, where steps are short beside what is smooth, go over it and look. */
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
    double passed; /* the last one that a step went over */
    int32_t stops, patience; /* so many more end steps; that will, once a step has missed what is there */
};

struct rt_turns {
    const struct rt_job *job;
    struct rt_turn *turn; /* [n_turns] */
    bool *has_corners;    /* [n_turns] slopes that jump themselves, where something else turns */
    bool known;           /* what is next, at globals as they are */
    bool goes_over;       /* steps may go over slopes that laws alone read, if they look at what is there */
    struct rt_bounds *global, *registers; /* of a piece of time */
    double *at, *scratch;                 /* globals, registers */
};

void rt_turns_create(struct rt_turns *w, const struct rt_job *job);
void rt_turns_destroy(struct rt_turns *w);
void rt_turns_begin(struct rt_turns *w); /* of a run, which does not depend on the last one */
/* The first time after t when a turn changes at amounts x; INFINITY: there is none up to `last`, the same in
 * all calls of a run. *jumps: not only something smooth. */
double rt_turns_next(struct rt_turns *w, double t, double last, const double *x, bool *jumps);
/* The first jump that is due at t, -1: none. */
int32_t rt_turns_due(const struct rt_turns *w, double t);
/* The code of turn i: without, or with the derivative of a slope, 1 or 2 outputs. */
struct crnl_tape rt_turns_code(const struct crnl_model *m, int32_t i, int32_t n_outputs);
/* Where steps go over slopes. The first one that a step to t has gone over: its time and *turn; INFINITY:
 * none. Pass: that one has been looked at; the next search is up to `last`. Miss: steps are to end there, and
 * at some that follow. Back: a step is taken again, or cut, to end at t. */
double rt_turns_over(const struct rt_turns *w, double t, int32_t *turn);
void rt_turns_pass(struct rt_turns *w, int32_t turn, double last);
void rt_turns_miss(struct rt_turns *w, int32_t turn);
void rt_turns_back(struct rt_turns *w, double t);

#endif
