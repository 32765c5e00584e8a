/* Turns: times at which a law or a condition that reads the time jumps, has a corner, or is largest or
 * smallest. The compiler finds the expressions (codegen/plan/plan_turns.c), each of which is constant
 * between its turns; this module finds when the next one changes. Methods stop there, so that no step passes
 * over a pulse or contains a jump. If steps are short compared with a smooth function, they may instead go
 * over its turn and look at it. */
#ifndef RT_TURNS_H
#define RT_TURNS_H

#include "rt_run.h"

struct rt_bounds {
    double lo, hi;
};

/* Bounds of the values that `tape` computes when globals are between their bounds: output i is in out[i].lo
 * .. out[i].hi. */
void rt_tape_bounds(const struct crnl_tape *tape, const struct rt_bounds *global, const double *param,
                    struct rt_bounds *out, struct rt_bounds *registers);

struct rt_turn {
    double next; /* the time when it changes; INFINITY: not before `upto` */
    double upto;
    double span;             /* from the start of the last search to the change that it found; 0: none */
    double passed;           /* time of the last change over which a step went */
    int32_t stops, patience; /* stops: how many more times steps must end at its changes; patience: how many
                                will, once a step has missed one */
};

struct rt_turns {
    const struct rt_job *job;
    struct rt_turn *turn; /* [n_turns] */
    bool *has_corners;    /* [n_turns] whether it is a slope that itself jumps, where something else turns */
    bool known;           /* whether the next changes are known for the present globals */
    bool goes_over;       /* steps may go over slopes that only laws read, if they look at them */
    struct rt_bounds *global, *registers; /* bounds over a piece of time */
    double *at, *scratch;                 /* at: globals; scratch: registers */
};

void rt_turns_create(struct rt_turns *w, const struct rt_job *job);
void rt_turns_destroy(struct rt_turns *w);
void rt_turns_begin(struct rt_turns *w); /* called when a run begins; runs do not depend on earlier ones */
/* The first time after t at which a turn changes at amounts x; INFINITY: there is none up to `last`, which
 * must be the same in all calls of a run. *jumps: not all that changes there is smooth. */
double rt_turns_next(struct rt_turns *w, double t, double last, const double *x, bool *jumps);
/* The first jump that is due at t; -1: none. */
int32_t rt_turns_due(const struct rt_turns *w, double t);
/* The code of turn i, with 1 output, or with 2 if it includes the derivative of a slope. */
struct crnl_tape rt_turns_code(const struct crnl_model *m, int32_t i, int32_t n_outputs);
/* For steps that go over slopes. rt_turns_over: the time and *turn of the first slope over which a step to t
 * has gone; INFINITY: none. rt_turns_pass: the solver has looked at that slope; the next search is up to
 * `last`. rt_turns_miss: steps must end there, and at some of the following changes. rt_turns_back: a step
 * is repeated, or shortened, to end at t. */
double rt_turns_over(const struct rt_turns *w, double t, int32_t *turn);
void rt_turns_pass(struct rt_turns *w, int32_t turn, double last);
void rt_turns_miss(struct rt_turns *w, int32_t turn);
void rt_turns_back(struct rt_turns *w, double t);

#endif
