/* From a module to machine code: the machine, the optimiser's pipeline, object code in memory. Errors are
 * reported (E0804): they are defects of this compiler. */
#ifndef CODEGEN_TARGET_H
#define CODEGEN_TARGET_H

#include <llvm-c/Error.h>

#include "codegen/emit/emit.h"

/* Of this computer with all its instructions, or one that every computer of the kind can run. Neither
 * changes a result: multiplications and additions are never contracted. NULL after an error. */
LLVMTargetMachineRef target_machine(bool host, int opt_level, struct diag *diag);
/* Verifies and optimises. */
bool target_optimise(struct emit *e, int opt_level, struct diag *diag);
/* Object code or assembly text; NULL after an error. Released by LLVMDisposeMemoryBuffer. */
LLVMMemoryBufferRef target_generate(struct emit *e, LLVMCodeGenFileType type, struct diag *diag);
/* Reports an error of LLVM, which it takes over; `what` was going on. */
bool target_fail(struct diag *diag, const char *what, LLVMErrorRef error);

#endif
