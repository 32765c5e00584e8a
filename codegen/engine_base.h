/* What every engine begins with; for the files that make engines. */
#ifndef CODEGEN_ENGINE_BASE_H
#define CODEGEN_ENGINE_BASE_H

#include "codegen/engine.h"

struct engine {
    const struct crnl_program *program;
    void (*destroy)(struct engine *e); /* releases all, the engine itself too */
};

int32_t engine_given_arguments(const struct run *r); /* CRNL_GIVEN_... */
int32_t engine_int_op(enum expr_op op);              /* the op of crnl_int_error */

#endif
