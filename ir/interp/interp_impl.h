/* Internals of the interpreter, for the interp*.c files only. */
#ifndef IR_INTERP_IMPL_H
#define IR_INTERP_IMPL_H

#include "ir/interp/interp.h"

struct interp {
    const struct net *n;
    VEC(struct term) change; /* net changes, in CSR form by reaction */
    size_t *change_ptr;
    double *sum; /* propensities, followed by sums of groups, level by level */
    bool *timed; /* by reaction: whether its law reads the time; NULL: none does */
};

#endif
