/* What the two files of `learn NET ... by detailed_balance` share: the statement while it is elaborated. */
#ifndef FRONTEND_EXPERIMENT_BALANCE_H
#define FRONTEND_EXPERIMENT_BALANCE_H

#include "frontend/experiment/experiment.h"

enum balance_option {
    BALANCE_STEPS,
    BALANCE_LR,
    BALANCE_MOMENTUM,
    BALANCE_BURN_IN,
    BALANCE_TIME,
    BALANCE_AVERAGE,
    BALANCE_EXACT,
    BALANCE_OPTIONS
};
extern const struct crnl_learn_option balance_option[BALANCE_OPTIONS];

/* Elements of a symbol of parameters; their slopes begin at number `first` of the vector of slopes. */
struct learned {
    int32_t symbol, first;
};
struct balance {
    struct where *w;
    const struct ast *a;
    int32_t net;
    option_list option; /* [N_OPTIONS] */
    VEC(struct learned) learned;
    /* Expressions of the network whose means are taken: D of each parameter, and then the sums of amounts
     * that no reaction changes. */
    VEC(expr_id) quantity;
    size_t n_slopes;
    VEC(const char *) sum_text;
    bool clamps;
    int32_t velocity; /* a variable real[n_slopes]: the step */
    int32_t mean;     /* a variable real[n_slopes]: the mean of the parameters over the last steps */
    int32_t record;
};

/* The network. The pointer holds until another network is made. */
struct net *balance_net(const struct balance *b);
expr_id balance_variable(const struct balance *b, int32_t var);
/* Adds a variable with this value, and returns its number. */
int32_t balance_keep(const struct balance *b, struct block *out, expr_id v);
/* The option as it is written; NULL: the option is not given. */
const struct ast *balance_given(const struct balance *b, enum balance_option which);
bool balance_is_exact(const struct balance *b);

/* experiment_balance_means.c. Adds the statements that compute both means of the quantities, and store them
 * in variables. *rows is the variable for the means of the rows, real[rows, n], with a single row if the rows
 * give means themselves; *alone is that for the means of the network without clamps, real[n]. */
bool balance_add_means(struct balance *b, struct block *out, int32_t *rows, int32_t *alone);

#endif
