/* libLLVM is loaded when code is generated for the first time. */
#ifndef CODEGEN_OBJECT_LLVM_H
#define CODEGEN_OBJECT_LLVM_H

#include "support/diag.h"

/* Before the first call of LLVM. False with E0805 where it is not installed. */
bool llvm_load(struct diag *diag);

#endif
