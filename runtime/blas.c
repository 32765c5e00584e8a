#define _GNU_SOURCE 1
#include "rt_blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char THREADS[] = "OPENBLAS_NUM_THREADS";

enum {
    /* OpenBLAS 0.3.21 does not check whether it got memory: while it is being loaded it crashes (and so does
     * its libgfortran), later it asks for its buffer again forever. It takes 40 MiB for its code and a buffer
     * of at most 128 MiB. */
    ADDRESS_SPACE = 192 << 20,
    BUFFER = 136 << 20,
    /* Products of small matrices, of fewer than 100^3 multiplications, need no buffer. */
    SIDE = 128
};

/* OpenBLAS reads the variable while it is loaded, and starts that number of threads; if it cannot start one,
 * it ends the process. */
static void *load_with_one_thread(void)
{
    const char *given = getenv(THREADS);
    char *before = given ? rt_strdup(given) : NULL;
    setenv(THREADS, "1", 1);
    const char *why;
    void *library = rt_library("libopenblas.so.0", &why);
    library = library ? library : rt_library("libopenblas.so", &why);
    if (before) {
        setenv(THREADS, before, 1);
    } else {
        unsetenv(THREADS);
    }
    free(before);
    return library;
}

static bool is_loaded(void)
{
    void *library = rt_is_static() ? NULL : dlopen("libopenblas.so.0", RTLD_NOW | RTLD_NOLOAD);
    if (library) {
        dlclose(library);
    }
    return library != NULL;
}

static int check_memory(size_t bytes, struct rt_error *e)
{
    void *volatile room = malloc(bytes);
    free(room);
    return room ? CRNL_OK
                : rt_fail(e, CRNL_MEMORY,
                          "products of matrices need OpenBLAS, and that %d MiB of memory, which cannot be "
                          "had\n"
                          "  help: raise the limit of address space (`ulimit -v`)",
                          (int)(bytes >> 20));
}

/* Makes OpenBLAS allocate its buffer, which it keeps, while there is memory for it. */
static void take_buffer(const struct rt_blas *blas)
{
    float *zeros = rt_alloc((size_t)3 * SIDE * SIDE, sizeof *zeros);
    blas->sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIDE, SIDE, SIDE, 1, zeros, SIDE,
                zeros + (size_t)SIDE * SIDE, SIDE, 0, zeros + (size_t)2 * SIDE * SIDE, SIDE);
    free(zeros);
}

static int load(struct rt_blas *blas, struct rt_error *e)
{
    bool first = !is_loaded();
    if (check_memory(first ? ADDRESS_SPACE : BUFFER, e)) {
        return e->status;
    }
    void *library = load_with_one_thread();
    void *sgemm = library ? dlsym(library, "cblas_sgemm") : NULL;
    void *dgemm = library ? dlsym(library, "cblas_dgemm") : NULL;
    void *set_threads = library ? dlsym(library, "openblas_set_num_threads") : NULL;
    if (!sgemm || !dgemm || !set_threads) {
        const char *why = dlerror();
        return rt_fail(e, CRNL_BAD_ARGUMENT,
                       "products of matrices need OpenBLAS, which cannot be loaded: %s\n"
                       "  help: install libopenblas (Debian: libopenblas0)",
                       why ? why : "it is incomplete");
    }
    void (*set_num_threads)(int);
    memcpy(&blas->sgemm, &sgemm, sizeof blas->sgemm);
    memcpy(&blas->dgemm, &dgemm, sizeof blas->dgemm);
    memcpy(&set_num_threads, &set_threads, sizeof set_num_threads);
    set_num_threads(1);
    if (first) {
        take_buffer(blas);
    }
    return CRNL_OK;
}

/* Several seeds may learn side by side: each simultaneous product has a buffer of its own. */
int rt_blas_load(struct rt_blas *blas, struct rt_error *e)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    int status = load(blas, e);
    pthread_mutex_unlock(&mutex);
    return status;
}
