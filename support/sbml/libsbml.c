#include "support/sbml/libsbml.h"

#include "build_config.h"
#include "support/library.h"

#include "support/sbml/libsbml.def"
#undef LIBRARY_FUNCTION

#define LIBRARY_FUNCTION LIBRARY_ROW
static const struct library_function function[] = {
#include "support/sbml/libsbml.def"
};

bool libsbml_load(struct diag *diag)
{
    static struct library libsbml = {.name = "libsbml",
                                     .file = CRNL_SBML_FILE,
                                     .folder = CRNL_SBML_FOLDER,
                                     .package = "libsbml5",
                                     .function = function,
                                     .n = sizeof function / sizeof *function};
    return library_load(&libsbml, "SBML", diag);
}
