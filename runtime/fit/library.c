/* Libraries that only fits need are loaded when they are first used, so that no program depends on them. */
#define _GNU_SOURCE 1
#include <dlfcn.h>

#include "rt_fit.h"

int rt_fit_library(const char *const *file, const char *package, const char *const *name, int n, void **to,
                   struct rt_error *e)
{
    void *library = NULL;
    const char *why = NULL;
    for (int i = 0; file[i] && !library; i++) {
        library = rt_library(file[i], &why);
    }
    bool complete = library != NULL;
    for (int i = 0; i < n && complete; i++) {
        to[i] = dlsym(library, name[i]);
        complete = to[i] != NULL;
    }
    if (complete) {
        return CRNL_OK;
    }
    return rt_fail(e, CRNL_BAD_ARGUMENT,
                   "this method is that of a library, which cannot be loaded: %s\n"
                   "  help: install it (Debian: %s), or minimize by adam",
                   why ? why : "it is incomplete", package);
}
