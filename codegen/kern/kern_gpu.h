/* The exact SSA of many runs on a graphics processor, one in each thread (runtime/crnl_gpu.h). */
#ifndef CODEGEN_KERN_GPU_H
#define CODEGEN_KERN_GPU_H

#include "codegen/emit/emit.h"

/* Emits GPU_KERNEL into a module for such a processor. */
void kern_emit_gpu(struct emit *e, const struct plan *plan);

#endif
