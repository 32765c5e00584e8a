/* The common part of all engines, for the files that make them. */
#ifndef CODEGEN_ENGINE_BASE_H
#define CODEGEN_ENGINE_BASE_H

#include "codegen/engine.h"

struct engine {
    const struct crnl_program *program;
    void (*destroy)(struct engine *e); /* releases everything, the engine itself too */
};

/* An array of `n` elements, followed by one that is zero. */
#define new_array(arena, n, type) ((type *)arena_alloc(arena, ((size_t)(n) + 1) * sizeof(type)))

int32_t engine_int_op(enum expr_op op); /* the `op` of crnl_int_error */
/* The constant data that the runtime gets from statements, and a program without its models and code. They
 * refer to memory in `arena`, in the program and in the plans. */
struct crnl_learn_spec engine_learn_spec(struct arena *arena, const struct stmt *s);
const struct crnl_method *engine_method(enum crnl_method_kind kind);
struct crnl_minimize_spec engine_minimize_spec(struct arena *arena, const struct stmt *s);
struct crnl_run_spec engine_run_spec(struct arena *arena, const struct program *p, struct plan *const *plans,
                                     const struct stmt *s);
struct crnl_program engine_program_data(struct arena *arena, const struct program *p,
                                        struct plan *const *plans);

#endif
