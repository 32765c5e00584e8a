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

/* Elements of a symbol of parameters, which the slope has from number `first` on. */
struct learned {
    int32_t symbol, first;
};
struct balance {
    struct where *w;
    const struct ast *a;
    int32_t net;
    option_list option; /* N_OPTIONS of them */
    VEC(struct learned) learned;
    /* Of which means are taken, in the pool of the network: D of each parameter; then sums of amounts that no
     * reaction changes. */
    VEC(expr_id) quantity;
    size_t n_slopes;
    VEC(const char *) sum_text;
    bool clamps;
    int32_t velocity, mean; /* variables real[n_slopes]: the step; parameters over the last steps */
    int32_t record;
};

/* The network, as long as no other is made. */
struct net *balance_net(const struct balance *b);
expr_id balance_variable(const struct balance *b, int32_t var);
/* A new variable with that value; its number. */
int32_t balance_keep(const struct balance *b, struct block *out, expr_id v);
/* The option as it is written; NULL: it is not given. */
const struct ast *balance_given(const struct balance *b, enum balance_option which);
bool balance_is_exact(const struct balance *b);

/* experiment_balance_means.c: what computes both means of the quantities, into variables: of the rows,
 * real[rows, n] (one row with all of them where they give means), and of the network as it is, real[n]. */
bool balance_add_means(struct balance *b, struct block *out, int32_t *rows, int32_t *alone);

#endif
