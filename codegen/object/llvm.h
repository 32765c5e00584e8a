/* Loads libLLVM, when code is generated for the first time. */
#ifndef CODEGEN_OBJECT_LLVM_H
#define CODEGEN_OBJECT_LLVM_H

#include "support/diag.h"

/* To be called before any function of LLVM. False with E0805 if it is not installed. */
bool llvm_load(struct diag *diag);

#endif
