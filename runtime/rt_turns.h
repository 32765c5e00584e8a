/* Turns: times at which a law or a condition that reads the time jumps, has a corner, or is largest or smallest. The compiler finds
 * the expressions (codegen/plan/plan_turns.c), each constant between its turns; here is when the next one changes. All methods stop
 * there, so that no step passes over a pulse, and none has a jump inside. */
#ifndef RT_TURNS_H
#define RT_TURNS_H

#include "rt_run.h"

struct rt_bounds {
    double lo, hi;
};

/* out[i] >= lo and <= hi of every value that `tape` computes with globals between their bounds. */
void rt_tape_bounds(const struct crnl_tape *tape, const struct rt_bounds *global, const double *param,
                    struct rt_bounds *out, struct rt_bounds *registers);

struct rt_turns {
    const struct rt_job *job;
    struct rt_bounds *global, *bounds, *registers; /* of a piece of time */
    double *at, *value, *start, *scratch;          /* globals, values at a time and at the start, registers */
};

void rt_turns_create(struct rt_turns *w, const struct rt_job *job);
void rt_turns_destroy(struct rt_turns *w);
/* The first time after t when a turn changes at amounts x; INFINITY none. *jumps: not only something smooth. */
double rt_turns_next(struct rt_turns *w, double t, const double *x, bool *jumps);

#endif
