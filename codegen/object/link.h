/* Makes executables and shared libraries: the system's C compiler links an object with the runtime and with
 * the libraries that the program's methods and files need. */
#ifndef CODEGEN_LINK_H
#define CODEGEN_LINK_H

#include "codegen/engine.h"

enum link_kind { LINK_PROGRAM, LINK_STATIC, LINK_SHARED };
/* `runtime_dir` is the folder of libcrnl_rt.a. Errors: E0802; E0803 with the output of the linker. */
bool link_program(const struct program *p, struct plan *const *plans, const char *object, const char *path,
                  enum link_kind kind, const char *runtime_dir, struct diag *diag);

#endif
