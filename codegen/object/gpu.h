/* Code for graphics processors of NVIDIA, as text of PTX, which their driver compiles. */
#ifndef CODEGEN_GPU_H
#define CODEGEN_GPU_H

#include "codegen/plan/plan.h"
#include "support/diag.h"

/* Sets gpu_code of the models of networks that may run there, unless their plan objects (gpu_refusal). Comes
 * before an engine is made or code is written: a plan alone needs no LLVM. False after an error. */
bool gpu_compile(const struct program *p, struct plan *const *plans, struct diag *diag);

#endif
