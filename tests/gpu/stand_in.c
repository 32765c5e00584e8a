/* A stand-in for NVIDIA's driver, libcuda.so.1, for tests on computers without a graphics processor: the
 * functions of runtime/gpu/cuda.def over an interpreter of PTX (ptx.h). As with the driver, a launch returns
 * at once, and its error is that of cuCtxSynchronize and of all that follows.
 *
 *     cc -O2 -ffp-contract=off -shared -fPIC -fvisibility=hidden -o DIR/libcuda.so.1 stand_in.c ptx_*.c -lm
 *
 * Environment, read at each call:
 * STAND_IN_MEMORY=bytes      all memory of the device
 * STAND_IN_DEVICES=number    0 for none
 * STAND_IN_FAIL=cuXxx        that function returns 999; cuXxx:3 from its third call on
 * STAND_IN_LOG=file          gets a line for each launch: kernel, grid, block, instructions */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ptx.h"

/* Errors of the driver, with its texts. */
#define ERRORS(E)                                                       \
    E(SUCCESS, 0, "no error")                                           \
    E(INVALID_VALUE, 1, "invalid argument")                             \
    E(OUT_OF_MEMORY, 2, "out of memory")                                \
    E(INVALID_DEVICE, 101, "invalid device ordinal")                    \
    E(INVALID_CONTEXT, 201, "invalid device context")                   \
    E(INVALID_PTX, 218, "a PTX JIT compilation failed")                 \
    E(NOT_FOUND, 500, "named symbol not found")                         \
    E(ILLEGAL_ADDRESS, 700, "an illegal memory access was encountered") \
    E(MISALIGNED_ADDRESS, 716, "misaligned address")                    \
    E(UNKNOWN, 999, "unknown error")

enum error {
#define NUMBER(name, number, text) name = number,
    ERRORS(NUMBER)
};

#define EXPORT __attribute__((visibility("default")))

/* Numbers of the interface, and of the device. */
enum { ERROR_LOG = 5, ERROR_LOG_BYTES = 6, MULTIPROCESSORS = 16, CAPABILITY = 75 };
enum { DEVICE_MULTIPROCESSORS = 4, DEVICE_CAPABILITY = 9, MOST_THREADS = 1024 };

/* The only device, and its context. */
static struct {
    pthread_mutex_t lock;
    struct memory memory;
    uint64_t used;     /* bytes that the host has allocated */
    enum error failed; /* what a launch ended with */
} device = {.lock = PTHREAD_MUTEX_INITIALIZER};

static _Thread_local bool is_current; /* the context, in this thread */

void *had(void *memory)
{
    if (!memory) {
        abort();
    }
    return memory;
}

uint64_t memory_add(struct memory *m, uint64_t size)
{
    m->regions = had(realloc(m->regions, (m->count + 1) * sizeof *m->regions));
    m->regions[m->count] = (struct region){had(malloc(size + 1)), size};
    memset(m->regions[m->count].bytes, JUNK, size);
    return (uint64_t)(FIRST_REGION + m->count++) << OFFSET_BITS;
}

void memory_remove(struct memory *m, uint64_t at)
{
    uint64_t offset;
    struct region *r = memory_region(m, at, &offset);
    free(r->bytes);
    *r = (struct region){0};
}

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
    const char *s = getenv(variable);
    return s ? strtoull(s, NULL, 0) : otherwise;
}

/* Whether STAND_IN_FAIL names this call. */
static bool is_to_fail(const char *name)
{
    static long calls;
    const char *wanted = getenv("STAND_IN_FAIL");
    size_t n = strlen(name);
    if (!wanted || strncmp(wanted, name, n) != 0 || (wanted[n] && wanted[n] != ':')) {
        return false;
    }
    return ++calls >= (wanted[n] ? strtol(wanted + n + 1, NULL, 10) : 1);
}

/* Takes the lock if there is no error. */
static enum error enter(const char *name, bool needs_context)
{
    pthread_mutex_lock(&device.lock);
    enum error error = is_to_fail(name) ? UNKNOWN
                       : !needs_context ? SUCCESS
                       : !is_current    ? INVALID_CONTEXT
                                        : device.failed;
    if (error) {
        pthread_mutex_unlock(&device.lock);
    }
    return error;
}

static int leave(enum error error)
{
    pthread_mutex_unlock(&device.lock);
    return (int)error;
}

#define ENTER(needs_context)                         \
    enum error met = enter(__func__, needs_context); \
    if (met) {                                       \
        return (int)met;                             \
    }

EXPORT int cuGetErrorString(int error, const char **text)
{
#define TEXT(name, number, words) \
    if (error == number) {        \
        *text = words;            \
        return SUCCESS;           \
    }
    ERRORS(TEXT)
    return INVALID_VALUE;
}

EXPORT int cuInit(unsigned flags)
{
    ENTER(false);
    return leave(flags ? INVALID_VALUE : SUCCESS);
}

EXPORT int cuDeviceGetCount(int *n)
{
    ENTER(false);
    *n = (int)number_of("STAND_IN_DEVICES", 1);
    return leave(SUCCESS);
}

EXPORT int cuDeviceGet(int *which, int ordinal)
{
    ENTER(false);
    *which = ordinal;
    return leave(ordinal == 0 ? SUCCESS : INVALID_DEVICE);
}

EXPORT int cuDeviceGetName(char *name, int size, int which)
{
    ENTER(false);
    snprintf(name, (size_t)size, "stand-in of the tests");
    return leave(which == 0 ? SUCCESS : INVALID_DEVICE);
}

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int which)
{
    ENTER(false);
    *value = attribute == CAPABILITY        ? DEVICE_CAPABILITY
             : attribute == MULTIPROCESSORS ? DEVICE_MULTIPROCESSORS
                                            : 0;
    return leave(which == 0 ? SUCCESS : INVALID_DEVICE);
}

EXPORT int cuDevicePrimaryCtxRetain(void **context, int which)
{
    ENTER(false);
    *context = &device;
    return leave(which == 0 ? SUCCESS : INVALID_DEVICE);
}

EXPORT int cuCtxSetCurrent(void *context)
{
    ENTER(false);
    is_current = context == &device;
    return leave(is_current ? SUCCESS : INVALID_CONTEXT);
}

EXPORT int cuModuleLoadDataEx(void **module, const void *text, unsigned n, const int *option, void **value)
{
    ENTER(true);
    char *log = NULL;
    size_t size = 0;
    for (unsigned k = 0; k < n; k++) {
        log = option[k] == ERROR_LOG ? value[k] : log;
        size = option[k] == ERROR_LOG_BYTES ? (uintptr_t)value[k] : size;
    }
    *module = ptx_load(text, &device.memory, log, log ? size : 0);
    return leave(*module ? SUCCESS : INVALID_PTX);
}

EXPORT int cuModuleUnload(void *module)
{
    ENTER(true);
    ptx_free(module, &device.memory);
    return leave(SUCCESS);
}

/* A module has one kernel, and stands for it. */
EXPORT int cuModuleGetFunction(void **function, void *module, const char *name)
{
    ENTER(true);
    *function = module;
    return leave(strcmp(((struct module *)module)->name, name) == 0 ? SUCCESS : NOT_FOUND);
}

static uint64_t memory_left(void)
{
    uint64_t all = number_of("STAND_IN_MEMORY", UINT64_C(1) << 30);
    return all > device.used ? all - device.used : 0;
}

EXPORT int cuMemAlloc_v2(uint64_t *at, size_t bytes)
{
    ENTER(true);
    *at = bytes <= memory_left() ? memory_add(&device.memory, bytes) : 0;
    device.used += *at ? bytes : 0;
    return leave(bytes == 0 ? INVALID_VALUE : *at ? SUCCESS : OUT_OF_MEMORY);
}

EXPORT int cuMemFree_v2(uint64_t at)
{
    ENTER(true);
    uint64_t offset;
    struct region *r = memory_region(&device.memory, at, &offset);
    if (!r || offset != 0) {
        return leave(INVALID_VALUE);
    }
    device.used -= r->size;
    memory_remove(&device.memory, at);
    return leave(SUCCESS);
}

static enum error copied(void *to, const void *from, size_t bytes)
{
    if (!to || !from) {
        return INVALID_VALUE;
    }
    memcpy(to, from, bytes);
    return SUCCESS;
}

EXPORT int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t bytes)
{
    ENTER(true);
    return leave(copied(memory_bytes(&device.memory, to, bytes), from, bytes));
}

EXPORT int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t bytes)
{
    ENTER(true);
    return leave(copied(to, memory_bytes(&device.memory, from, bytes), bytes));
}

static void log_launch(const struct launch *l)
{
    const char *name = getenv("STAND_IN_LOG");
    FILE *f = name ? fopen(name, "a") : NULL;
    if (f) {
        fprintf(f, "%s grid %u block %u instructions %" PRIu64 "\n", l->module->name, l->blocks, l->threads,
                l->steps);
        fclose(f);
    }
}

EXPORT int cuLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                          unsigned block_y, unsigned block_z, unsigned shared, void *stream, void **parameter,
                          void **extra)
{
    static const enum error errors[] = {SUCCESS, ILLEGAL_ADDRESS, MISALIGNED_ADDRESS}; /* ORDER OUTCOME */
    ENTER(true);
    struct launch l = {function, &device.memory, grid_x, block_x, parameter, 0};
    bool is_flat = grid_y == 1 && grid_z == 1 && block_y == 1 && block_z == 1;
    if (!is_flat || shared || stream || extra || grid_x == 0 || block_x == 0 || block_x > MOST_THREADS) {
        return leave(INVALID_VALUE); /* some of which is allowed, but not in the kernels of crnlc */
    }
    device.failed = errors[ptx_run(&l)];
    log_launch(&l);
    return leave(SUCCESS); /* as if it were still running */
}

EXPORT int cuCtxSynchronize(void)
{
    ENTER(true);
    return leave(SUCCESS);
}
