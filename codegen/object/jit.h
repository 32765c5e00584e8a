/* Object code in this process: it is placed in memory, linked with the runtime functions of this program, and
 * its symbols are looked up by name. There is no dynamic symbol lookup: a table holds everything that
 * generated code may refer to. */
#ifndef CODEGEN_JIT_H
#define CODEGEN_JIT_H

#include "codegen/object/target.h"

struct jit;

/* Takes ownership of `object`. NULL after an error (reported). */
struct jit *jit_create(LLVMMemoryBufferRef object, struct diag *diag);
/* The address of an exported function or variable; 0 after an error (reported). */
uintptr_t jit_symbol(struct jit *j, const char *name, struct diag *diag);
void jit_destroy(struct jit *j);

#endif
