/* The experiment under construction; included by the experiment*.c files only. */
#ifndef CODEGEN_EXPERIMENT_H
#define CODEGEN_EXPERIMENT_H

#include "codegen/emit/emit.h"

struct experiment {
    struct emit_body b; /* b.env points to this structure */
    const struct program *program;
    struct plan *const *plans;
    LLVMValueRef *variable; /* by variable: its memory */
    bool built_text;        /* the current statement built a text */
    /* in a function that several threads call, which has no parts, since parts share static memory */
    bool whole;
};

/* Emits the leaves GLOBAL VAR NET_GET NET_TIME NET_COUNT STAT DATA LIMIT INFER NEURAL_ADJOINT NEURAL
 * NEURAL_LAW NEURAL_GET RANDOM SHUFFLE FORMAT JOIN (experiment_leaf.c). */
LLVMValueRef experiment_leaf(struct emit_body *b, const struct expr *x);

/* A statement evaluates one expression after the other. None uses values that an earlier one read, since
 * there are calls between them. */
size_t experiment_root(struct experiment *x,
                       expr_id root); /* counts the uses below `root`; returns the mark to release after it
                                       * was used */
/* The number, with checks, of the first element that leading indices of an array of this shape select. */
LLVMValueRef experiment_place(struct experiment *x, struct shape shape, const expr_id *index, size_t n,
                              int32_t line);
void experiment_statement_end(struct experiment *x);

/* Calls a function with ctx as first argument and checks its status (experiment_run.c). */
void experiment_call(struct experiment *x, enum emit_abi which, LLVMValueRef *args, unsigned n);
void experiment_run(struct experiment *x, const struct stmt *s);
void experiment_rows_begin(struct experiment *x, const struct stmt *s);
void experiment_bind(struct experiment *x, const struct bind *d, bool lasting);
void experiment_plot(struct experiment *x, const struct stmt *s);
void experiment_start(struct experiment *x, const struct stmt *s);
void experiment_image(struct experiment *x, const struct stmt *s);
/* experiment.c: begins a function of n_pointers pointers, the context first, with zero bits in variables from
 * .. to. */
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
