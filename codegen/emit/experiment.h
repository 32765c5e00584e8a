/* The experiment under construction: shared by the experiment*.c files alone. */
#ifndef CODEGEN_EXPERIMENT_H
#define CODEGEN_EXPERIMENT_H

#include "codegen/emit/emit.h"

struct experiment {
    struct emit_body b; /* b.env is this */
    const struct program *program;
    struct plan *const *plans;
    LLVMValueRef *variable; /* memory of each */
    bool built_text;        /* by the statement under construction */
    bool whole;             /* in a function that several threads call: no parts, which share static memory */
};

/* GLOBAL VAR NET_GET NET_TIME NET_COUNT STAT DATA LIMIT INFER NEURAL_ADJOINT NEURAL NEURAL_LAW NEURAL_GET
 * RANDOM SHUFFLE FORMAT JOIN (experiment_leaf.c). */
LLVMValueRef experiment_leaf(struct emit_body *b, const struct expr *x);

/* Statements evaluate expression after expression; none sees what an earlier one read, since calls lie
 * between. */
size_t experiment_root(struct experiment *x,
                       expr_id root); /* announces it; the mark to release when it was used */
/* Number of the element to which leading indices of an array of this shape point (checked). */
LLVMValueRef experiment_place(struct experiment *x, struct shape shape, const expr_id *index, size_t n,
                              int32_t line);
void experiment_statement_end(struct experiment *x);

/* Calls with ctx as first operand, checked for status (experiment_run.c). */
void experiment_call(struct experiment *x, enum emit_abi which, LLVMValueRef *args, unsigned n);
void experiment_run(struct experiment *x, const struct stmt *s);
void experiment_rows_begin(struct experiment *x, const struct stmt *s);
void experiment_bind(struct experiment *x, const struct bind *d, bool lasting);
void experiment_plot(struct experiment *x, const struct stmt *s);
void experiment_start(struct experiment *x, const struct stmt *s);
void experiment_image(struct experiment *x, const struct stmt *s);
/* experiment.c: a function of so many pointers, the context first; variables from .. to in it, zero bits. */
void experiment_begin_function(struct experiment *x, struct emit_cache *cache, const char *name,
                               unsigned n_pointers, LLVMLinkage linkage);
void experiment_end_function(struct experiment *x);
void experiment_clear_variables(struct experiment *x, int32_t from, int32_t to, bool parts);
void experiment_statements(struct experiment *x, const struct block *k);
/* experiment_fit.c */
void experiment_minimize(struct experiment *x, const struct stmt *s);
void experiment_loss(struct experiment *x, const struct stmt *s);
/* experiment_neural.c */
void experiment_learn_begin(struct experiment *x, const struct stmt *s);
void experiment_learn_row(struct experiment *x, const struct stmt *s);
void experiment_learn_end(struct experiment *x, const struct stmt *s);
void experiment_save(struct experiment *x, const struct stmt *s);
void experiment_load(struct experiment *x, const struct stmt *s);

#endif
