#include "support/zip/libzip.h"

#include "build_config.h"
#include "support/library.h"

#include "support/zip/libzip.def"
#undef LIBRARY_FUNCTION

#define LIBRARY_FUNCTION LIBRARY_ROW
static const struct library_function function[] = {
#include "support/zip/libzip.def"
};

static struct library libzip = {.name = "libzip",
                                .file = CRNL_ZIP_FILE,
                                .folder = CRNL_ZIP_FOLDER,
                                .package = "libzip4",
                                .function = function,
                                .n = sizeof function / sizeof *function};

bool libzip_load(struct diag *diag)
{
    return library_load(&libzip, "an archive", diag);
}

const char *libzip_missing(void)
{
    return library_missing(&libzip);
}
