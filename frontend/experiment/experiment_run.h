/* What the files experiment_run*.c share: a `run` or `continue` while it is being elaborated. Functions that
 * return false, 0 or NULL for a mistake have reported it. */
#ifndef FRONTEND_EXPERIMENT_RUN_H
#define FRONTEND_EXPERIMENT_RUN_H

#include "frontend/experiment/experiment.h"

struct run_clauses {
    const struct ast *of[OP_COUNT]; /* indexed by operator; WITH may come more than once */
};

/* experiment_run_method.c */
bool run_is_of_family(int m, const char *family);
/* The solvers, as "bdf, adams, erk, rk4"; NULL if there is only one. */
const char *run_solvers(struct where *w, const char *family);
/* The option of the method that other tools spell like this: rtol for RelTol; NULL if there is none. */
const char *run_own_option(const char *name, enum crnl_method_kind method);
/* The method with the options that it has, as `ode(rtol = 1e-8)` for ode15s(RelTol = 1e-8); NULL: it has
 * none of them. */
const char *run_by_here(struct where *w, const struct ast *by, const char *family);
/* Finds the method of a family that the option `solver` names, or the first of the family. */
bool run_find_method(struct where *w, const struct ast *by, enum crnl_method_kind *out);

/* experiment_run_options.c */
bool run_find_options(struct where *w, const struct ast *by, struct run *r);

/* experiment_run_span.c */
bool run_find_span(struct where *w, const struct ast *a, const struct run_clauses *c, struct run *r);
void run_warn_long_steps(struct where *w, const struct run_clauses *c, const struct run *r);

/* experiment_run_able.c */
/* Whether the method runs what the network is, a network or a model. */
bool run_method_fits(struct where *w, struct span at, int32_t method, int32_t net);
/* The methods that fit the network and count events, such as "ssa". */
const char *run_list_counting(struct where *w, int32_t net);
/* Whether the method can do what the reactions of the network do. `by` is its clause, or NULL. */
bool run_is_able(struct where *w, const struct ast *a, const struct ast *by, const struct run *r);

#endif
