#include "codegen/object/llvm.h"

#include "build_config.h"
#include "support/library.h"

#include "codegen/object/llvm.def"
#undef LIBRARY_FUNCTION

#define LIBRARY_FUNCTION LIBRARY_ROW
static const struct library_function function[] = {
#include "codegen/object/llvm.def"
};

bool llvm_load(struct diag *diag)
{
    static struct library llvm = {.name = "LLVM",
                                  .file = CRNL_LLVM_FILE,
                                  .folder = CRNL_LLVM_FOLDER,
                                  .package = "libllvm19",
                                  .function = function,
                                  .n = sizeof function / sizeof *function};
    return library_load(&llvm, "code generation", diag);
}
