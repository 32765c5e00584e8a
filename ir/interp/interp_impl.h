/* Inside of the interpreter, for the interp*.c files alone. */
#ifndef IR_INTERP_IMPL_H
#define IR_INTERP_IMPL_H

#include "ir/interp/interp.h"

struct interp {
    const struct net *n;
    VEC(struct term) change; /* net changes, CSR by reaction */
    size_t *change_ptr;
    double *sum; /* propensities, then sums of groups, level on level */
    bool *timed; /* reactions whose laws read the time; NULL if there are none */
};

#endif
