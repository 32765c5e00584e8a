/* Code for graphics processors of NVIDIA, as text of PTX, which their driver compiles. */
#ifndef CODEGEN_GPU_H
#define CODEGEN_GPU_H

#include "codegen/plan/plan.h"
#include "support/diag.h"

/* Sets gpu_code of the plan's model, if the plan has no objection (gpu_refusal). False after an error. */
bool gpu_compile(struct plan *plan, struct diag *diag);

#endif
