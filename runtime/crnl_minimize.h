/* Minimising the loss of a block of an experiment: data shared by compiler and runtime. It is constant;
 * nothing is owned. */
#ifndef CRNL_MINIMIZE_H
#define CRNL_MINIMIZE_H

#include <stdint.h>

#include "crnl_members.h"
#include "crnl_neural.h"

/* Options that all methods have, in this order and before their own; each is a number. ORDER fit_option */
enum crnl_fit_option {
    CRNL_FIT_STARTS,     /* number of starts */
    CRNL_FIT_RESTARTS,   /* another name for STARTS; 0: not given */
    CRNL_FIT_STEPS,      /* largest number of steps of a start */
    CRNL_FIT_TOLERANCE,  /* a start ends when the loss changes by less than this, relative to its size */
    CRNL_FIT_TARGET,     /* a start ends when the loss is at most this */
    CRNL_FIT_PATIENCE,   /* a start ends after this number of steps without a better loss; 0: never */
    CRNL_FIT_LOG,        /* whether to search in logarithms; -1: if bounds span a factor of 100. One for each
                            target, after all others */
    CRNL_FIT_GRADIENT,   /* enum crnl_fit_gradient */
    CRNL_FIT_DIFFERENCE, /* relative step of differences */
    CRNL_FIT_SPREAD,     /* spread of the starts, if there are no bounds */
    CRNL_FIT_CURRENT,    /* the first start is at the current values */
    CRNL_FIT_ERRORS,     /* whether to compute standard errors afterwards; -1: if the method finds a
                            minimum */
    CRNL_FIT_LIKELIHOOD, /* the loss is a negative log-likelihood; -1: unless the loss is a sum of squares */
    CRNL_FIT_PROFILE,    /* number of points in the profile of each parameter; 0: no profiles */
    CRNL_FIT_OPTIONS
};
enum crnl_fit_gradient { CRNL_FIT_ADJOINT, CRNL_FIT_DIFFERENCES, CRNL_FIT_EITHER }; /* EITHER: not given */

struct crnl_minimizer {
    const char *name;
    int32_t n_options;
    const struct crnl_learn_option *option;
    int32_t by_residuals; /* the method needs the terms of a loss that is a sum of squares */
    int32_t finds_minimum;
    const struct rt_fit_rule *rule; /* runtime/fit/rt_fit.h */
};
#define MINIMIZER(name) extern const struct crnl_minimizer crnl_minimize_##name;
#include "crnl_minimize.def"

/* The targets: elements first .. first + count of a symbol, which is a parameter or (species) an initial
 * amount; net = -1: parameter `symbol` of the program. */
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
