#define _GNU_SOURCE 1
#include "rt_blas.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static const char THREADS[] = "OPENBLAS_NUM_THREADS";

/* OpenBLAS reads the variable while it is loaded, and starts as many threads. */
static void *load_with_one_thread(void)
{
    bool given = getenv(THREADS) != NULL;
    if (!given) {
        setenv(THREADS, "1", 0);
    }
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    library = library ? library : dlopen("libopenblas.so", RTLD_NOW | RTLD_LOCAL);
    if (!given) {
        unsetenv(THREADS);
    }
    return library;
}

int rt_blas_load(struct rt_blas *blas, struct rt_error *e)
{
    void *library = load_with_one_thread();
    void *sgemm = library ? dlsym(library, "cblas_sgemm") : NULL;
    void *set_threads = library ? dlsym(library, "openblas_set_num_threads") : NULL;
    if (!sgemm || !set_threads) {
        const char *why = dlerror();
        return rt_fail(e, CRNL_BAD_ARGUMENT,
                       "learning needs OpenBLAS, which cannot be loaded: %s\n"
                       "  help: install libopenblas (Debian: libopenblas0)",
                       why ? why : "it is incomplete");
    }
    void (*set_num_threads)(int);
    memcpy(&blas->sgemm, &sgemm, sizeof blas->sgemm);
    memcpy(&set_num_threads, &set_threads, sizeof set_num_threads);
    set_num_threads(1);
    return CRNL_OK;
}
