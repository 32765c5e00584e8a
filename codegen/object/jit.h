/* Object code in this process: placed, linked against the runtime functions that this program holds, and
 * looked up by name. No dynamic symbol lookup: what generated code may refer to is a table. */
#ifndef CODEGEN_JIT_H
#define CODEGEN_JIT_H

#include "codegen/object/target.h"

struct jit;

/* Takes over `object`. NULL after an error (reported). */
struct jit *jit_create(LLVMMemoryBufferRef object, struct diag *diag);
/* Address of an exported function or variable; 0 after an error (reported). */
uintptr_t jit_symbol(struct jit *j, const char *name, struct diag *diag);
void jit_destroy(struct jit *j);

#endif
