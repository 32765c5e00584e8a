#include "support/yaml/libyaml.h"

#include "build_config.h"
#include "support/library.h"

#include "support/yaml/libyaml.def"
#undef LIBRARY_FUNCTION

#define LIBRARY_FUNCTION LIBRARY_ROW
static const struct library_function function[] = {
#include "support/yaml/libyaml.def"
};

bool libyaml_load(struct diag *diag)
{
    static struct library libyaml = {.name = "libyaml",
                                     .file = CRNL_YAML_FILE,
                                     .folder = CRNL_YAML_FOLDER,
                                     .package = "libyaml-0-2",
                                     .function = function,
                                     .n = sizeof function / sizeof *function};
    return library_load(&libyaml, "YAML", diag);
}
