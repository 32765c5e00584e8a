/* Minimising the loss of a block of an experiment: what compiler and runtime share. Constant data; nothing is
 * owned. */
#ifndef CRNL_MINIMIZE_H
#define CRNL_MINIMIZE_H

#include <stdint.h>

#include "crnl_members.h"
#include "crnl_neural.h"

/* Options that all methods have, in this order, before their own; each is a number. ORDER fit_option */
enum crnl_fit_option {
    CRNL_FIT_STARTS,     /* how many starts */
    CRNL_FIT_RESTARTS,   /* another name for it; 0: not given */
    CRNL_FIT_STEPS,      /* of a start, at most */
    CRNL_FIT_TOLERANCE,  /* it ends when the loss changes by less, relative to its size */
    CRNL_FIT_TARGET,     /* it ends when the loss is no more than this */
    CRNL_FIT_PATIENCE,   /* it ends after so many steps without a better loss; 0: never */
    CRNL_FIT_LOG,        /* by logarithms, or not; -1: if bounds span 100. Of each target, behind all */
    CRNL_FIT_GRADIENT,   /* enum crnl_fit_gradient */
    CRNL_FIT_DIFFERENCE, /* step of differences, relative */
    CRNL_FIT_SPREAD,     /* of the starts, where there are no bounds */
    CRNL_FIT_CURRENT,    /* the first start is at the values of now */
    CRNL_FIT_ERRORS,     /* standard errors afterwards; -1: by methods that find a minimum */
    CRNL_FIT_LIKELIHOOD, /* the loss is a negative log-likelihood; -1: unless it is a sum of squares */
    CRNL_FIT_PROFILE,    /* points of the profile of each parameter; 0: none */
    CRNL_FIT_OPTIONS
};
enum crnl_fit_gradient { CRNL_FIT_ADJOINT, CRNL_FIT_DIFFERENCES, CRNL_FIT_EITHER }; /* the last: not given */

struct crnl_minimizer {
    const char *name;
    int32_t n_options;
    const struct crnl_learn_option *option;
    int32_t by_residuals; /* the loss is a sum of squares, whose terms it needs */
    int32_t finds_minimum;
    const struct rt_fit_rule *rule; /* runtime/fit/rt_fit.h */
};
#define MINIMIZER(name) extern const struct crnl_minimizer crnl_minimize_##name;
#include "crnl_minimize.def"

/* What is varied: elements first .. first + count of a symbol, a parameter or (species) an initial amount;
 * or, net -1, parameter `symbol` of the program. */
/* clang-format off */
#define CRNL_MINIMIZE_SPEC(M) \
    M##_INT(statement) \
    M##_INT(line) \
    M##_INT(record)                          /* the losses of the best start, step by step */ \
    M##_INT(n_targets) \
    M##_INT(has_gradient)                    /* the block computes it, as far as it is wanted */ \
    M##_INT(sum_of_squares)                  /* the loss is one, and nothing else */ \
    M##_ARRAY(int32_t, net, m->n_targets) \
    M##_ARRAY(int32_t, symbol, m->n_targets) \
    M##_ARRAY(int32_t, first, m->n_targets) \
    M##_ARRAY(int32_t, count, m->n_targets) \
    M##_MEMBER(const char *const *, name)    /* [n_targets] as written */ \
    M##_MEMBER(const struct crnl_minimizer *, minimizer)
/* clang-format on */
struct crnl_minimize_spec {
    CRNL_MINIMIZE_SPEC(CRNL_DECLARE)
};

#endif
