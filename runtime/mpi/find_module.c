/* Where the module for MPI is: nothing in a program names the folder in which crnlc was built. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build_config.h"
#include "rt_world.h"

/* Appends the folder of the program; nothing is appended if it is unknown. */
static void put_own_folder(struct rt_buffer *b)
{
    char file[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", file, sizeof file);
    while (n > 0 && file[n - 1] != '/') {
        n--;
    }
    rt_put_n(b, file, n > 0 ? (size_t)n - 1 : 0);
}

/* Appends the folder of the crnlc that the user's PATH finds. */
static void put_compiler_folder(struct rt_buffer *b)
{
    const char *at = getenv("PATH");
    struct rt_buffer file = {0};
    char real[PATH_MAX];
    for (size_t n; at; at = at[n] ? at + n + 1 : NULL) {
        n = strcspn(at, ":");
        rt_buffer_clear(&file);
        rt_put_n(&file, at, n);
        rt_put(&file, "/crnlc");
        if (*at == '/' && access(file.data, X_OK) == 0 && realpath(file.data, real)) {
            rt_put_n(b, real, (size_t)(strrchr(real, '/') - real));
            break;
        }
    }
    rt_buffer_free(&file);
}

static void *load(struct rt_buffer *file, const char *folder, const char *below, const char *name,
                  const char **why)
{
    rt_buffer_clear(file);
    rt_putf(file, "%s%s/crnl_mpi-%s.so", folder, below, name);
    return access(file->data, R_OK) == 0 ? rt_library(file->data, why) : NULL;
}

void *rt_mpi_module(const char *name, struct rt_buffer *why)
{
    /* of a folder with programs: in it, as where crnlc was built, or where `make install` puts libraries */
    static const char *const below[] = {"", "/../lib/crnlc", "/../lib64/crnlc"};
    enum { BELOW = sizeof below / sizeof *below };
    struct rt_buffer file = {0}, folder = {0};
    const char *given = getenv("CRNL_MPI"), *text = NULL;
    rt_putf(&file, given ? "%s" : "crnl_mpi-%s.so", given ? given : name);
    void *library = rt_library(file.data, &text);
    if (!given && !library) {
        rt_put(why, text);
        text = NULL;
    }
    for (int i = 0; !given && !library && i < 2; i++) {
        rt_buffer_clear(&folder);
        (i == 0 ? put_own_folder : put_compiler_folder)(&folder);
        for (int k = 0; folder.n > 0 && !library && k < BELOW; k++) {
            library = load(&file, folder.data, below[k], name, &text);
        }
    }
    if (!given && !library) {
        library = load(&file, CRNL_LIBDIR, "", name, &text);
    }
    if (text) { /* a file that is there, and why it cannot be loaded */
        rt_buffer_clear(why);
        rt_put(why, text);
    }
    rt_buffer_free(&file);
    rt_buffer_free(&folder);
    return library;
}
