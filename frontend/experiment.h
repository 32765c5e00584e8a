/* What the files experiment*.c share: an experiment while it is being elaborated. */
#ifndef FRONTEND_EXPERIMENT_H
#define FRONTEND_EXPERIMENT_H

#include "frontend/front.h"

/* A variable that starts as an integer and is later given a real is a real one: its declaration is noted here and the experiment is
 * elaborated again. */
struct experiment {
    struct front *f;
    struct name *name;
    int32_t depth;                    /* loops around the statement */
    VEC(const struct ast *) wide;     /* declarations of variables that must be real */
    VEC(const struct ast *) declared; /* by variable; NULL for hidden ones */
    bool again;
    struct block *before; /* where what the statement at hand needs first may go; NULL: nowhere */
};

bool experiment_block(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_run(struct where *w, const struct ast *a, struct stmt *s);
bool experiment_add_plot(struct where *w, const struct ast *a, struct stmt *s);
/* experiment_map.c */
bool experiment_is_decision(const struct ast *a);
bool experiment_add_decision(struct where *w, const struct ast *a, struct stmt *s);
struct stmt *experiment_add(struct where *w, struct block *out, enum stmt_kind kind, struct span span);
/* Where a network's elements are read; `own`: its names may stand alone. */
struct where experiment_observing(struct where *w, int32_t net, bool own);
/* One run clause's or statement's target: net.x[i], with the network's own names when net >= 0 is given. */
bool experiment_target(struct where *w, const struct ast *a, int32_t net, struct bind *out);
bool experiment_bound_value(struct where *w, const struct ast *a, struct bind *b, expr_id value);
int32_t experiment_network(struct where *w, const char *name, struct span at);
struct net_use *experiment_use(struct where *w, int32_t net);
const char *experiment_label(struct where *w, const struct ast *a);
int32_t experiment_record(struct where *w, const char *text); /* number of a record, -1 none */

/* experiment_neural.c */
bool experiment_add_learn(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_file(struct where *w, const struct ast *a, struct block *out); /* SAVE, LOAD */
/* The last value of what `learn` records of a model ("loss", "accuracy"), or NULL. */
struct name *experiment_learnt(struct where *w, const char *model, const char *what);
/* A record and the variable of the same name; its number. */
int32_t experiment_add_record(struct where *w, const char *text, struct span span);
/* experiment_limit.c: limit(net, x = v).y; *is_limit says whether it is one. */
expr_id experiment_limit(struct where *w, const struct ast *a, bool *is_limit);
expr_id experiment_limit_call(struct where *w, const struct ast *call);
bool experiment_check_limit(struct where *w, struct span at, struct net_use *use);
/* A symbol of a network, or -1 after an error. */
int32_t experiment_symbol(struct where *w, const struct ast *a, int32_t net, const char *text);

#endif
