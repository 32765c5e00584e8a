/* The driver interface of NVIDIA. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "rt_gpu.h"

/* Numbers of the interface. */
enum { MULTIPROCESSORS = 16, CAPABILITY = 75 /* its first number */, ERROR_LOG = 5, ERROR_LOG_BYTES = 6 };
enum { LEAST_CAPABILITY = 7 };
/* With more threads than this, the numbers of each would not fit into registers. */
enum { THREADS_OF_MULTIPROCESSOR = 1024 };

static struct {
#define CUDA(name, symbol, parameters) int(*name) parameters;
#include "cuda.def"
} cuda;

static struct {
    pthread_once_t once;
    bool is_here;
    char why[400], name[128];
    int processors;
    void *context;
} gpu = {.once = PTHREAD_ONCE_INIT};

struct rt_gpu_code {
    void *module, *function;
    uint64_t memory;
    size_t bytes;
};

static const char *text_of(int error)
{
    const char *text = NULL;
    cuda.error_text(error, &text);
    return text ? text : "an unknown error";
}

/* Takes the addresses of all functions; false if one is missing. */
static bool take_functions(void *library)
{
    void *at = NULL;
#define CUDA(name, symbol, parameters)                                                            \
    at = dlsym(library, #symbol);                                                                 \
    if (!at) {                                                                                    \
        snprintf(gpu.why, sizeof gpu.why, "the driver is too old: libcuda.so.1 has no " #symbol); \
        return false;                                                                             \
    }                                                                                             \
    memcpy(&cuda.name, &at, sizeof at);
#include "cuda.def"
    return true;
}

static void find(void)
{
    const char *why = NULL;
    void *library = rt_library("libcuda.so.1", &why);
    int n = 0, device = 0, capability = 0;
    if (!library) {
        snprintf(gpu.why, sizeof gpu.why, "%s", why);
        return;
    }
    if (!take_functions(library)) {
        return;
    }
    int error = cuda.init(0);
    error = error ? error : cuda.count(&n);
    if (!error && n == 0) {
        snprintf(gpu.why, sizeof gpu.why, "the driver knows of no graphics processor");
        return;
    }
    error = error ? error : cuda.device(&device, 0);
    error = error ? error : cuda.name(gpu.name, sizeof gpu.name, device);
    error = error ? error : cuda.attribute(&gpu.processors, MULTIPROCESSORS, device);
    error = error ? error : cuda.attribute(&capability, CAPABILITY, device);
    if (!error && capability < LEAST_CAPABILITY) {
        snprintf(gpu.why, sizeof gpu.why, "%s is too old: its compute capability is below %d.0", gpu.name,
                 LEAST_CAPABILITY);
        return;
    }
    error = error ? error : cuda.context(&gpu.context, device);
    if (error) {
        snprintf(gpu.why, sizeof gpu.why, "the driver says: %s", text_of(error));
    }
    gpu.is_here = !error;
}

bool rt_gpu_is_here(const char **why)
{
    pthread_once(&gpu.once, find);
    *why = gpu.is_here ? NULL : gpu.why;
    return gpu.is_here;
}

const char *rt_gpu_name(void)
{
    return gpu.name;
}

int rt_gpu_threads(void)
{
    return gpu.processors * THREADS_OF_MULTIPROCESSOR;
}

struct rt_gpu_code *rt_gpu_create(const char *text, const char *kernel, size_t bytes, struct rt_buffer *why)
{
    char log[2000] = "";
    const int option[] = {ERROR_LOG, ERROR_LOG_BYTES};
    void *value[] = {log, (void *)(uintptr_t)sizeof log};
    struct rt_gpu_code *c = rt_alloc(1, sizeof *c);
    c->bytes = bytes;
    int error = cuda.set_context(gpu.context);
    error = error ? error : cuda.load(&c->module, text, 2, option, value);
    error = error ? error : cuda.function(&c->function, c->module, kernel);
    error = error ? error : cuda.alloc(&c->memory, bytes);
    if (error) {
        log[strcspn(log, "\n")] = 0;
        rt_putf(why, "%s%s%s", text_of(error), *log ? ": " : "", log);
        rt_gpu_destroy(c);
        return NULL;
    }
    return c;
}

bool rt_gpu_run(struct rt_gpu_code *c, const void *from, void *to, int threads, int of_block,
                int64_t argument, struct rt_buffer *why)
{
    void *parameter[] = {&c->memory, &argument};
    int error = cuda.set_context(gpu.context);
    error = error ? error : cuda.to_device(c->memory, from, c->bytes);
    error = error ? error
                  : cuda.launch(c->function, (unsigned)(threads / of_block), 1, 1, (unsigned)of_block, 1, 1,
                                0, NULL, parameter, NULL);
    error = error ? error : cuda.wait();
    error = error ? error : cuda.to_host(to, c->memory, c->bytes);
    if (error) {
        rt_putf(why, "%s", text_of(error));
    }
    return !error;
}

void rt_gpu_destroy(struct rt_gpu_code *c)
{
    if (c->memory) {
        cuda.release(c->memory);
    }
    if (c->module) {
        cuda.unload(c->module);
    }
    free(c);
}
