/* Three ways to execute a program; all make a struct crnl_program for the runtime and must agree: bit for bit in
 * SSA, to round-off in ODE. */
#ifndef CODEGEN_ENGINE_H
#define CODEGEN_ENGINE_H

#include "codegen/plan.h"
#include "support/diag.h"

struct codegen_options {
    int opt_level;                      /* 0..3, default 2 */
    struct plan_options plan;
    bool time;                          /* times of the stages to stderr */
};

/* An executable form of a program in memory. The program and its plans must outlive it. */
struct engine;
const struct crnl_program *engine_program(const struct engine *e);
void engine_destroy(struct engine *e);

/* By walking the expressions and statements: slow, simple, the oracle. */
struct engine *engine_interpret(const struct program *p, struct plan *const *plans, const struct codegen_options *o);
/* By LLVM in memory. NULL after an error (reported). */
struct engine *engine_jit(const struct program *p, struct plan *const *plans, const struct codegen_options *o,
                          struct diag *diag);

/* Files. `kind` of output; each reports its own errors. The object exports `crnl_program` (struct crnl_program) and, for an executable, main. */
enum output_kind { OUTPUT_EXECUTABLE, OUTPUT_OBJECT, OUTPUT_LLVM, OUTPUT_ASSEMBLY };
bool codegen_write(const struct program *p, struct plan *const *plans, const struct codegen_options *o,
                   enum output_kind kind, const char *path, const char *runtime_dir, struct diag *diag);

#endif
