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
int32_t experiment_add_variable(struct where *w, const char *text, enum expr_type type, struct shape shape,
                                const struct ast *decl);
void experiment_assign(struct where *w, struct block *out, struct span span, int32_t var, expr_id value);
enum expr_op experiment_update_op(int op); /* of `+=` and its like */
struct stmt *experiment_add(struct where *w, struct block *out, enum stmt_kind kind, struct span span);
/* Where a network's elements are read; `own`: its names may stand alone. */
struct where experiment_observing(struct where *w, int32_t net, bool own);
/* experiment_bind.c. The target of a clause or statement, net.x[i] (x[i] too when net >= 0 is given), and its value, in the units
 * of the network. */
bool experiment_bound(struct where *w, const struct ast *to, const struct ast *value, int32_t net,
                      struct bind *out);
bool experiment_add_binds(struct where *w, const struct ast *a, struct run *r);
bool experiment_add_set(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_flush(struct where *w, const struct ast *a, struct block *out);
/* experiment_results.c */
bool experiment_add_print(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_records(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_assert(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_image(struct where *w, const struct ast *a, struct block *out);
/* experiment_read.c: a path from a network's name to one of its symbols. */
struct path {
    int32_t net;
    const char *text;        /* symbol so far: "", "m", "m.S" */
    const struct ast *index; /* INDEX node whose indices select elements, or NULL */
};
enum found { NOT_A_PATH, PATH_FOUND, PATH_FAILED };
/* own >= 0: names of that network may start a path. */
enum found experiment_find_path(struct where *w, const struct ast *a, int32_t own, struct path *p);
bool experiment_starts_path(const struct net *net, const char *text);
/* What a call of a statistic asks of the runs: its number among the network's requests, or -1 after an error. */
int32_t experiment_request(struct where *w, const struct ast *call, enum stat_kind kind, int32_t *net,
                           struct shape *shape);
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
