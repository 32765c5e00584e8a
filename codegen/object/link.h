/* Executables and shared libraries: the system's C compiler links an object with the runtime and the
 * libraries that the program's methods and files need. */
#ifndef CODEGEN_LINK_H
#define CODEGEN_LINK_H

#include "codegen/engine.h"

enum link_kind { LINK_PROGRAM, LINK_STATIC, LINK_SHARED };
/* runtime_dir holds libcrnl_rt.a. Errors: E0802, E0803 with what the linker said. */
bool link_program(const struct program *p, struct plan *const *plans, const char *object, const char *path,
                  enum link_kind kind, const char *runtime_dir, struct diag *diag);

#endif
