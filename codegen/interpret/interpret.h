/* Shared by the parts of the interpreting engine; included by the interpret*.c files only. */
#ifndef CODEGEN_INTERPRET_H
#define CODEGEN_INTERPRET_H

#include <pthread.h>

#include "codegen/engine_base.h"
#include "ir/interp/interp.h"

struct interpreter;

/* What the functions of an interpreted model get as `env`. */
struct walk {
    const struct plan *plan;
    struct interp *interp; /* only read, so that threads can share it */
};

/* The program as the runtime sees it. From a context, crnl_get_program leads back to it and so to the
 * interpreter. */
struct interpreted_program {
    struct crnl_program program; /* first: what crnl_get_program returns */
    struct interpreter *interpreter;
};

struct interpreter {
    struct engine engine; /* first: what engine_interpret returns */
    struct interpreted_program self;
    const struct program *source;
    struct plan *const *plans;
    struct arena *arena;
    struct walk *walk; /* [n nets] one for each network */
    /* held by a context that changes what follows or the arena, since several contexts share them */
    pthread_mutex_t mutex;
    struct crnl_run_spec *spec; /* [n_statements] each filled when its `run` is executed for the first time */
};

/* interpret_run.c: what crnl_program.run does (engine.h). */
int interpret_experiment(struct crnl_ctx *ctx);

/* interpret_model.c: the model of the plan with functions that walk the network. The caller destroys
 * w->interp. */
void walk_model(struct walk *w, struct crnl_model *m, const struct plan *plan);

/* Functions of such a model; their env begins with a struct walk. */
double walk_expr(void *env, int32_t i, const double *x, double t, const double *p, const double *c,
                 double inv_volume);
int walk_ssa(void *env, void *state, int64_t max_events);

/* interpret_value.c: the state of an experiment that is executed, and the evaluation of its expressions. */
struct execution {
    struct crnl_ctx *ctx;
    struct interpreter *in;
    void **var;   /* by variable: its value */
    int32_t line; /* line of the statement */
    int status;   /* of the error that stopped evaluate_new */
};

size_t value_bytes(enum expr_type type, struct shape shape);
/* Evaluates into `out`, which has the value's size; returns a status. */
int evaluate(struct execution *x, expr_id id, void *out);
/* Evaluates into new memory, which the caller frees; NULL after an error (x->status). */
void *evaluate_new(struct execution *x, expr_id id);
/* Evaluate scalars and return a status; id 0 leaves `out` as it is. */
int evaluate_real(struct execution *x, expr_id id, double *out);
int evaluate_int(struct execution *x, expr_id id, int64_t *out);
int evaluate_bool(struct execution *x, expr_id id, bool *out);
int evaluate_text(struct execution *x, expr_id id, const char **out);
/* Copies n values into a variable, from `to` on; texts are copied into memory of the context. */
void store_value(struct execution *x, enum expr_type type, void *to, const void *from, size_t n);

#endif
