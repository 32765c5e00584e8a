#include "support/library.h"

#include <dlfcn.h>
#include <pthread.h>

#include "support/arena.h"

static bool fail(const struct library *library, const char *purpose, struct diag *diag)
{
    const char *why = dlerror();
    diag_report(diag, DIAG_E0805, (struct span){0}, "%s needs %s, which cannot be loaded: %s", purpose,
                library->name, why ? why : "no reason given");
    diag_help(diag, "install it (Debian: %s)", library->package);
    return false;
}

static void *open_library(const struct library *library)
{
    void *handle = dlopen(library->file, RTLD_LAZY | RTLD_LOCAL);
    if (!handle) {
        struct arena *arena = arena_create();
        void *other =
            dlopen(arena_printf(arena, "%s/%s", library->folder, library->file), RTLD_LAZY | RTLD_LOCAL);
        arena_destroy(arena);
        return other;
    }
    return handle;
}

static bool load(struct library *library, const char *purpose, struct diag *diag)
{
    if (library->is_loaded) {
        return true;
    }
    void *handle = open_library(library);
    if (!handle) {
        return fail(library, purpose, diag);
    }
    for (size_t i = 0; i < library->n; i++) {
        void *at = dlsym(handle, library->function[i].name);
        if (!at) {
            fail(library, purpose, diag);
            dlclose(handle);
            return false;
        }
        *(void **)library->function[i].at = at;
    }
    library->is_loaded = true;
    return true;
}

bool library_load(struct library *library, const char *purpose, struct diag *diag)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&one_at_a_time);
    bool good = load(library, purpose, diag);
    pthread_mutex_unlock(&one_at_a_time);
    return good;
}
