#include "support/xml2/libxml2.h"

#include "build_config.h"
#include "support/library.h"

#include "support/xml2/libxml2.def"
#undef LIBRARY_FUNCTION

#define LIBRARY_FUNCTION LIBRARY_ROW
static const struct library_function function[] = {
#include "support/xml2/libxml2.def"
};

bool libxml2_load(struct diag *diag)
{
    static struct library libxml2 = {.name = "libxml2",
                                     .file = CRNL_XML2_FILE,
                                     .folder = CRNL_XML2_FOLDER,
                                     .package = "libxml2",
                                     .function = function,
                                     .n = sizeof function / sizeof *function};
    return library_load(&libxml2, "SED-ML", diag);
}
