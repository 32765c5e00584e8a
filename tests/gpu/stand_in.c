/* A stand-in for NVIDIA's driver, libcuda.so.1, for tests on machines without a GPU: the functions of the
 * driver that the runtime asks for, over an interpreter of PTX (ptx.h). As with the driver, a launch returns
 * at once and its error is that of cuCtxSynchronize and of everything after it, until the context is given
 * back.
 *
 *     cc -O2 -ffp-contract=off -shared -fPIC -pthread -o DIR/libcuda.so.1 stand_in.c ptx_*.c -lm
 *
 * Environment, read at each call:
 * STAND_IN_MEMORY=bytes      all memory of the device
 * STAND_IN_DEVICES=number    0 for none
 * STAND_IN_CAPABILITY=7.0    9.0 without it; a .target above it is an error
 * STAND_IN_FAIL=cuXxx        that function returns 999; cuXxx:3 from its third call on
 * STAND_IN_STEPS=number      instructions of a thread until the launch is given up (702)
 * STAND_IN_LOG=file          gets a line for each launch: kernel, grid, block, instructions
 * STAND_IN_VERBOSE=1         errors of a text are also printed */
#define _XOPEN_SOURCE 700
#include "ptx.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* as in cuda.h of NVIDIA: the names are those of its results */
typedef enum {
    CUDA_SUCCESS = 0,
    CUDA_ERROR_INVALID_VALUE = 1,
    CUDA_ERROR_OUT_OF_MEMORY = 2,
    CUDA_ERROR_NOT_INITIALIZED = 3,
    CUDA_ERROR_NO_DEVICE = 100,
    CUDA_ERROR_INVALID_DEVICE = 101,
    CUDA_ERROR_INVALID_CONTEXT = 201,
    CUDA_ERROR_INVALID_PTX = 218,
    CUDA_ERROR_INVALID_HANDLE = 400,
    CUDA_ERROR_NOT_FOUND = 500,
    CUDA_ERROR_ILLEGAL_ADDRESS = 700,
    CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES = 701,
    CUDA_ERROR_LAUNCH_TIMEOUT = 702,
    CUDA_ERROR_MISALIGNED_ADDRESS = 716,
    CUDA_ERROR_LAUNCH_FAILED = 719,
    CUDA_ERROR_UNKNOWN = 999
} CUresult;
typedef int CUdevice;
typedef unsigned long long CUdeviceptr;
typedef struct context *CUcontext;
typedef struct module *CUmodule;
typedef struct handle *CUfunction;
typedef struct stream *CUstream;
typedef int CUjit_option, CUdevice_attribute;

#define EXPORT                    __attribute__((visibility("default")))
#define DEFAULT_MEMORY            (UINT64_C(1) << 30)
#define JUNK                      0xa5 /* what memory holds that nobody has written */
#define DRIVER_VERSION            12020
#define JIT_LOG_BUFFER            5
#define JIT_LOG_SIZE              6
#define ATTRIBUTE_MULTIPROCESSORS 16
#define ATTRIBUTE_MAJOR           75
#define ATTRIBUTE_MINOR           76
#define MULTIPROCESSORS           4
#define BLOCK_MAX                 1024

/* What cuModuleGetFunction gives. */
struct handle {
    struct handle *next;
    struct module *module;
    struct function *function;
};

struct loaded {
    struct loaded *next;
    struct module *module;
};

/* The primary context of the only device. */
struct context {
    int users;
    struct memory memory;
    struct loaded *modules;
    struct handle *handles;
    CUresult failed; /* what a launch ended with */
};

static struct context context;
static bool initialised;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local CUcontext current;

struct region *memory_add(struct memory *m, enum space space, uint64_t size)
{
    if (m->count == m->room) {
        size_t room = m->room ? 2 * m->room : 16;
        struct region **more = realloc(m->regions, room * sizeof(struct region *));
        if (more == NULL)
            return NULL;
        m->regions = more;
        m->room = room;
    }
    struct region *r = calloc(1, sizeof *r);
    if (r == NULL || (r->bytes = malloc(size ? size : 1)) == NULL) {
        free(r);
        return NULL;
    }
    /* far enough apart that an index that is too large by some thousands meets nothing */
    uint64_t *next = space == SPACE_CONST ? &m->next_const : &m->next_global;
    if (*next == 0)
        *next = (space == SPACE_CONST ? CONST_WINDOW : GLOBAL_WINDOW) + 65536;
    r->at = *next;
    r->size = size;
    r->space = space;
    *next += (size + 65536 + 255) / 256 * 256;
    memset(r->bytes, JUNK, size);
    size_t k = m->count++;
    for (; k > 0 && m->regions[k - 1]->at > r->at; k--)
        m->regions[k] = m->regions[k - 1];
    m->regions[k] = r;
    return r;
}

void memory_remove(struct memory *m, struct region *r)
{
    size_t k = 0;
    while (m->regions[k] != r)
        k++;
    memmove(m->regions + k, m->regions + k + 1, (--m->count - k) * sizeof *m->regions);
    free(r->bytes);
    free(r);
}

struct region *memory_find(const struct memory *m, uint64_t at)
{
    size_t low = 0, high = m->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (m->regions[middle]->at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? m->regions[low - 1] : NULL;
}

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
    const char *s = getenv(variable);
    return s != NULL && *s != 0 ? strtoull(s, NULL, 0) : otherwise;
}

static uint64_t memory_size(void)
{
    return number_of("STAND_IN_MEMORY", DEFAULT_MEMORY);
}

/* major * 10 + minor, as in sm_70 */
static int capability(void)
{
    const char *s = getenv("STAND_IN_CAPABILITY");
    int major = 9, minor = 0;
    if (s != NULL)
        sscanf(s, "%d.%d", &major, &minor);
    return major * 10 + minor;
}

/* whether STAND_IN_FAIL names this call */
static bool to_fail(const char *name)
{
    static long calls;
    const char *wanted = getenv("STAND_IN_FAIL");
    size_t n = strlen(name);
    if (wanted == NULL || strncmp(wanted, name, n) != 0 || (wanted[n] != 0 && wanted[n] != ':'))
        return false;
    return ++calls >= (wanted[n] == ':' ? strtol(wanted + n + 1, NULL, 10) : 1);
}

/* Each function of the driver that works on the context begins with this, with the lock held on success. */
static CUresult enter(const char *name, bool needs_context)
{
    pthread_mutex_lock(&lock);
    CUresult result = CUDA_SUCCESS;
    if (to_fail(name))
        result = CUDA_ERROR_UNKNOWN;
    else if (!initialised)
        result = CUDA_ERROR_NOT_INITIALIZED;
    else if (needs_context && (current == NULL || current->users == 0))
        result = CUDA_ERROR_INVALID_CONTEXT;
    else if (needs_context)
        result = current->failed;
    if (result != CUDA_SUCCESS)
        pthread_mutex_unlock(&lock);
    return result;
}

static CUresult leave(CUresult result)
{
    pthread_mutex_unlock(&lock);
    return result;
}

#define ENTER(needs_context)                               \
    do {                                                   \
        CUresult entered = enter(__func__, needs_context); \
        if (entered != CUDA_SUCCESS)                       \
            return entered;                                \
    } while (0)

EXPORT CUresult cuInit(unsigned flags)
{
    if (to_fail(__func__))
        return CUDA_ERROR_UNKNOWN;
    if (flags != 0)
        return CUDA_ERROR_INVALID_VALUE;
    pthread_mutex_lock(&lock);
    initialised = true;
    return leave(CUDA_SUCCESS);
}

EXPORT CUresult cuDriverGetVersion(int *version)
{
    if (to_fail(__func__))
        return CUDA_ERROR_UNKNOWN;
    if (version == NULL)
        return CUDA_ERROR_INVALID_VALUE;
    *version = DRIVER_VERSION;
    return CUDA_SUCCESS;
}

EXPORT CUresult cuDeviceGetCount(int *count)
{
    ENTER(false);
    *count = (int)number_of("STAND_IN_DEVICES", 1);
    return leave(CUDA_SUCCESS);
}

static bool is_device(CUdevice device)
{
    return device >= 0 && (uint64_t)device < number_of("STAND_IN_DEVICES", 1);
}

EXPORT CUresult cuDeviceGet(CUdevice *device, int ordinal)
{
    ENTER(false);
    if (!is_device(ordinal))
        return leave(CUDA_ERROR_INVALID_DEVICE);
    *device = ordinal;
    return leave(CUDA_SUCCESS);
}

EXPORT CUresult cuDeviceGetName(char *name, int length, CUdevice device)
{
    ENTER(false);
    if (!is_device(device))
        return leave(CUDA_ERROR_INVALID_DEVICE);
    snprintf(name, length > 0 ? (size_t)length : 0, "stand-in of the tests");
    return leave(CUDA_SUCCESS);
}

EXPORT CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device)
{
    ENTER(false);
    if (!is_device(device))
        return leave(CUDA_ERROR_INVALID_DEVICE);
    *value = attribute == ATTRIBUTE_MAJOR             ? capability() / 10
             : attribute == ATTRIBUTE_MINOR           ? capability() % 10
             : attribute == ATTRIBUTE_MULTIPROCESSORS ? MULTIPROCESSORS
                                                      : 0;
    return leave(CUDA_SUCCESS);
}

EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext *result, CUdevice device)
{
    ENTER(false);
    if (!is_device(device))
        return leave(CUDA_ERROR_INVALID_DEVICE);
    context.users++;
    *result = &context;
    return leave(CUDA_SUCCESS);
}

/* what the last user of a context leaves is given back, and its error is forgotten */
static void context_destroy(struct context *c)
{
    while (c->modules != NULL) {
        struct loaded *next = c->modules->next;
        ptx_free(c->modules->module);
        free(c->modules);
        c->modules = next;
    }
    while (c->handles != NULL) {
        struct handle *next = c->handles->next;
        free(c->handles);
        c->handles = next;
    }
    while (c->memory.count > 0)
        memory_remove(&c->memory, c->memory.regions[c->memory.count - 1]);
    free(c->memory.regions);
    *c = (struct context){0};
}

EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device)
{
    ENTER(false);
    if (!is_device(device))
        return leave(CUDA_ERROR_INVALID_DEVICE);
    if (context.users == 0)
        return leave(CUDA_ERROR_INVALID_CONTEXT);
    if (--context.users == 0)
        context_destroy(&context);
    return leave(CUDA_SUCCESS);
}

EXPORT CUresult cuCtxSetCurrent(CUcontext c)
{
    ENTER(false);
    if (c != NULL && (c != &context || context.users == 0))
        return leave(CUDA_ERROR_INVALID_CONTEXT);
    current = c;
    return leave(CUDA_SUCCESS);
}

/* Without options a message is lost, as with the driver, so it is also printed if STAND_IN_VERBOSE is set. */
static CUresult load(CUmodule *module, const char *text, char *log, size_t *log_size)
{
    char message[1024] = "";
    struct loaded *l = malloc(sizeof *l);
    if (l == NULL)
        return CUDA_ERROR_OUT_OF_MEMORY;
    l->module = ptx_load(text, &context.memory, capability(), message, sizeof message);
    if (log != NULL && *log_size > 0) {
        snprintf(log, *log_size, "%s", message);
        *log_size = strlen(log) + 1;
    }
    if (l->module == NULL) {
        free(l);
        if (getenv("STAND_IN_VERBOSE"))
            fputs(message, stderr);
        return CUDA_ERROR_INVALID_PTX;
    }
    l->next = context.modules;
    context.modules = l;
    *module = l->module;
    return CUDA_SUCCESS;
}

EXPORT CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned count, CUjit_option *options,
                                   void **values)
{
    ENTER(true);
    char *log = NULL;
    size_t size = 0;
    void **size_value = NULL;
    for (unsigned k = 0; k < count; k++) {
        if (options[k] == JIT_LOG_BUFFER)
            log = values[k];
        if (options[k] == JIT_LOG_SIZE) {
            size_value = &values[k];
            size = (unsigned)(uintptr_t)values[k];
        }
    }
    if (module == NULL || image == NULL)
        return leave(CUDA_ERROR_INVALID_VALUE);
    CUresult result = load(module, image, log, &size);
    if (size_value != NULL)
        *size_value = (void *)(uintptr_t)size;
    return leave(result);
}

EXPORT CUresult cuModuleUnload(CUmodule module)
{
    ENTER(true);
    struct loaded **l = &context.modules;
    while (*l != NULL && (*l)->module != module)
        l = &(*l)->next;
    if (*l == NULL)
        return leave(CUDA_ERROR_INVALID_HANDLE);
    for (struct handle **h = &context.handles; *h != NULL;) {
        struct handle *gone = *h;
        if (gone->module == module) {
            *h = gone->next;
            free(gone);
        } else {
            h = &gone->next;
        }
    }
    struct loaded *gone = *l;
    *l = gone->next;
    free(gone);
    ptx_free(module);
    return leave(CUDA_SUCCESS);
}

EXPORT CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name)
{
    ENTER(true);
    struct function *f = ptx_function(module, name);
    struct handle *h = malloc(sizeof *h);
    if (f == NULL || h == NULL) {
        free(h);
        return leave(CUDA_ERROR_NOT_FOUND);
    }
    *h = (struct handle){context.handles, module, f};
    context.handles = h;
    *function = h;
    return leave(CUDA_SUCCESS);
}

EXPORT CUresult cuMemGetInfo_v2(size_t *free_bytes, size_t *total)
{
    ENTER(true);
    *total = memory_size();
    *free_bytes = *total > context.memory.used ? *total - context.memory.used : 0;
    return leave(CUDA_SUCCESS);
}

EXPORT CUresult cuMemAlloc_v2(CUdeviceptr *at, size_t size)
{
    ENTER(true);
    struct memory *m = &context.memory;
    if (at == NULL || size == 0)
        return leave(CUDA_ERROR_INVALID_VALUE);
    uint64_t limit = memory_size();
    struct region *r = size <= limit && m->used <= limit - size ? memory_add(m, SPACE_GLOBAL, size) : NULL;
    if (r == NULL)
        return leave(CUDA_ERROR_OUT_OF_MEMORY);
    r->allocated = true;
    m->used += size;
    *at = r->at;
    return leave(CUDA_SUCCESS);
}

EXPORT CUresult cuMemFree_v2(CUdeviceptr at)
{
    ENTER(true);
    struct memory *m = &context.memory;
    if (at == 0)
        return leave(CUDA_SUCCESS);
    struct region *r = memory_find(m, at);
    if (r == NULL || r->at != at || !r->allocated)
        return leave(CUDA_ERROR_INVALID_VALUE);
    m->used -= r->size;
    memory_remove(m, r);
    return leave(CUDA_SUCCESS);
}

/* the bytes of a copy, or NULL */
static unsigned char *device_bytes(CUdeviceptr at, size_t size)
{
    struct region *r = memory_find(&context.memory, at);
    if (r == NULL || r->space != SPACE_GLOBAL || at - r->at > r->size || size > r->size - (at - r->at))
        return NULL;
    return r->bytes + (at - r->at);
}

EXPORT CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t size)
{
    ENTER(true);
    unsigned char *bytes = device_bytes(to, size);
    if (size > 0 && (bytes == NULL || from == NULL))
        return leave(CUDA_ERROR_INVALID_VALUE);
    if (size > 0)
        memcpy(bytes, from, size);
    return leave(CUDA_SUCCESS);
}

EXPORT CUresult cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t size)
{
    ENTER(true);
    unsigned char *bytes = device_bytes(from, size);
    if (size > 0 && (bytes == NULL || to == NULL))
        return leave(CUDA_ERROR_INVALID_VALUE);
    if (size > 0)
        memcpy(to, bytes, size);
    return leave(CUDA_SUCCESS);
}

static void log_launch(const struct launch *l)
{
    const char *name = getenv("STAND_IN_LOG");
    FILE *f = name ? fopen(name, "a") : NULL;
    if (f == NULL)
        return;
    fprintf(f,
            "%s grid %" PRIu32 ",%" PRIu32 ",%" PRIu32 " block %" PRIu32 ",%" PRIu32 ",%" PRIu32
            " instructions %" PRIu64 "\n",
            l->function->name, l->grid[0], l->grid[1], l->grid[2], l->block[0], l->block[1], l->block[2],
            l->steps);
    fclose(f);
}

static CUresult result_of(enum outcome outcome)
{
    switch (outcome) {
    case RUN_DONE: return CUDA_SUCCESS;
    case RUN_BAD_ADDRESS: return CUDA_ERROR_ILLEGAL_ADDRESS;
    case RUN_MISALIGNED: return CUDA_ERROR_MISALIGNED_ADDRESS;
    case RUN_TOO_LONG: return CUDA_ERROR_LAUNCH_TIMEOUT;
    case RUN_NO_MEMORY: return CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
    case RUN_FAILED: break;
    }
    return CUDA_ERROR_LAUNCH_FAILED;
}

static bool launchable(const struct launch *l)
{
    const uint32_t *g = l->grid, *b = l->block;
    uint64_t threads = (uint64_t)b[0] * b[1] * b[2], most = l->function->max_threads;
    return threads > 0 && b[0] <= BLOCK_MAX && b[1] <= BLOCK_MAX && b[2] <= 64 && threads <= BLOCK_MAX &&
           (most == 0 || threads <= most) && g[0] > 0 && g[0] <= INT32_MAX && g[1] > 0 && g[1] <= 65535 &&
           g[2] > 0 && g[2] <= 65535;
}

static CUresult launch(struct launch *l, void **arguments)
{
    const struct function *f = l->function;
    unsigned char *params = calloc(1, f->param_bytes + 1u);
    if (params == NULL)
        return CUDA_ERROR_OUT_OF_MEMORY;
    for (size_t k = 0; k < f->param_count; k++)
        memcpy(params + f->params[k].at, arguments[k], f->params[k].size);
    l->params = params;
    context.failed = result_of(ptx_run(l));
    free(params);
    log_launch(l);
    return CUDA_SUCCESS; /* as if it were still running */
}

EXPORT CUresult cuLaunchKernel(CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                               unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,
                               CUstream stream, void **arguments, void **extra)
{
    ENTER(true);
    struct handle *h = context.handles;
    while (h != NULL && h != function)
        h = h->next;
    if (h == NULL)
        return leave(CUDA_ERROR_INVALID_HANDLE);
    struct launch l = {.module = h->module,
                       .function = h->function,
                       .memory = &context.memory,
                       .grid = {grid_x, grid_y, grid_z},
                       .block = {block_x, block_y, block_z},
                       .step_limit = number_of("STAND_IN_STEPS", 0)};
    (void)stream;
    if (extra != NULL || shared_bytes > 48 * 1024 || !launchable(&l) ||
        (arguments == NULL && h->function->param_count > 0))
        return leave(CUDA_ERROR_INVALID_VALUE);
    return leave(launch(&l, arguments));
}

EXPORT CUresult cuCtxSynchronize(void)
{
    ENTER(true);
    return leave(CUDA_SUCCESS);
}

static const struct {
    CUresult code;
    const char *name, *text;
} results[] = {
    {CUDA_SUCCESS, "CUDA_SUCCESS", "no error"},
    {CUDA_ERROR_INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {CUDA_ERROR_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {CUDA_ERROR_NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {CUDA_ERROR_NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {CUDA_ERROR_INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {CUDA_ERROR_INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {CUDA_ERROR_INVALID_PTX, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {CUDA_ERROR_INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {CUDA_ERROR_NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {CUDA_ERROR_ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
     "too many resources requested for launch"},
    {CUDA_ERROR_LAUNCH_TIMEOUT, "CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated"},
    {CUDA_ERROR_MISALIGNED_ADDRESS, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
    {CUDA_ERROR_LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {CUDA_ERROR_UNKNOWN, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

/* the row of a code, or -1 */
static int result_row(CUresult code)
{
    for (size_t k = 0; k < sizeof results / sizeof *results; k++) {
        if (results[k].code == code)
            return (int)k;
    }
    return -1;
}

EXPORT CUresult cuGetErrorString(CUresult code, const char **text)
{
    int row = result_row(code);
    *text = row < 0 ? NULL : results[row].text;
    return row < 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

EXPORT CUresult cuGetErrorName(CUresult code, const char **name)
{
    int row = result_row(code);
    *name = row < 0 ? NULL : results[row].name;
    return row < 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}
