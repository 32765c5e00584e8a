#include "support/library.h"

#include <dlfcn.h>
#include <pthread.h>

#include "support/arena.h"

static const char *reason(void)
{
    const char *why = dlerror();
    return why ? why : "no reason given";
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

static const char *load(struct library *library)
{
    if (library->is_loaded) {
        return NULL;
    }
    void *handle = open_library(library);
    if (!handle) {
        return reason();
    }
    for (size_t i = 0; i < library->n; i++) {
        void *at = dlsym(handle, library->function[i].name);
        if (!at) {
            return reason();
        }
        *(void **)library->function[i].at = at;
    }
    library->is_loaded = true;
    return NULL;
}

const char *library_missing(struct library *library)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&one_at_a_time);
    const char *why = load(library);
    pthread_mutex_unlock(&one_at_a_time);
    return why;
}

bool library_load(struct library *library, const char *purpose, struct diag *diag)
{
    const char *why = library_missing(library);
    if (why) {
        diag_report(diag, DIAG_E0805, (struct span){0}, "%s needs %s, which cannot be loaded: %s", purpose,
                    library->name, why);
        diag_help(diag, "install it (Debian: %s)", library->package);
    }
    return !why;
}
