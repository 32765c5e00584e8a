/* Inside of the interpreting engine, for the interpret*.c files alone. */
#ifndef CODEGEN_INTERPRET_H
#define CODEGEN_INTERPRET_H

#include <pthread.h>

#include "codegen/engine_base.h"
#include "ir/interp/interp.h"

struct interpreter;

/* What the functions of an interpreted model see. */
struct walk {
    const struct plan *plan;
    struct interp *interp; /* read only: shared by threads */
};

/* The program as the runtime sees it; a context gives it back, and with it the interpreter. */
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
    struct walk *walk;          /* of each network */
    pthread_mutex_t mutex;      /* of several contexts: for what follows, and the arena */
    struct crnl_run_spec *spec; /* [n_statements], filled when a `run` is met */
};

/* interpret_run.c: what crnl_program.run does (engine.h). */
int interpret_experiment(struct crnl_ctx *ctx);

/* interpret_model.c: the plan's model with functions that walk the network. The caller destroys w->interp. */
void walk_model(struct walk *w, struct crnl_model *m, const struct plan *plan);

/* Functions of such a model, whose env begins with a struct walk. */
double walk_expr(void *env, int32_t i, const double *x, double t, const double *p, const double *c,
                 double inv_volume);
int walk_ssa(void *env, void *state, int64_t max_events);

/* interpret_value.c: an experiment's run and its expressions. */
struct execution {
    struct crnl_ctx *ctx;
    struct interpreter *in;
    void **var;   /* values of the variables */
    int32_t line; /* of the statement */
    int status;   /* of what stopped an evaluation */
};

size_t value_bytes(enum expr_type type, struct shape shape);
/* Evaluates into `out`; a status. */
int evaluate(struct execution *x, expr_id id, void *out);
/* Into memory of its own, which the caller frees; NULL after an error (x->status). */
void *evaluate_new(struct execution *x, expr_id id);
/* Scalars; id 0 leaves `out` as it is. */
int evaluate_real(struct execution *x, expr_id id, double *out);
int evaluate_int(struct execution *x, expr_id id, int64_t *out);
int evaluate_bool(struct execution *x, expr_id id, bool *out);
int evaluate_text(struct execution *x, expr_id id, const char **out);
/* Copies values to a place in a variable; texts are kept. */
void store_value(struct execution *x, enum expr_type type, void *to, const void *from, size_t n);

#endif
