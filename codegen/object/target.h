/* From a module to machine code: the target machine, the pipeline of the optimiser, object code in memory.
 * Errors are reported as E0804, since they are defects of this compiler. */
#ifndef CODEGEN_TARGET_H
#define CODEGEN_TARGET_H

#include <llvm-c/Error.h>

#include "codegen/emit/emit.h"

/* For this computer with all its instructions, or for every computer of its kind. The choice changes no
 * result, since multiplications and additions are never contracted. NULL after an error. */
LLVMTargetMachineRef target_machine(bool host, int opt_level, struct diag *diag);
/* For graphics processors of NVIDIA, of compute capability 7.0 on: their driver compiles the text for the one
 * at hand. NULL after an error. */
LLVMTargetMachineRef target_gpu_machine(struct diag *diag);
/* Verifies and optimises the module; false after an error. */
bool target_optimise(struct emit *e, int opt_level, struct diag *diag);
/* Object code or assembly text, which the caller releases by LLVMDisposeMemoryBuffer. NULL after an error. */
LLVMMemoryBufferRef target_generate(struct emit *e, LLVMCodeGenFileType type, struct diag *diag);
/* Reports an error of LLVM and releases it; `what` says what was being done. Returns false. */
bool target_fail(struct diag *diag, const char *what, LLVMErrorRef error);

#endif
