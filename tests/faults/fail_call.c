/* A library for LD_PRELOAD that lets one call of a kind fail: FAIL_CALL names the function, FAIL_AT counts
 * from 1; the file FAIL_TOLD is made when it happened, so that a caller knows when a program has been failed
 * in all its places. */
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

static char call[16];
static long fail_at;
static atomic_long count;
static bool ready;

__attribute__((constructor)) static void start(void)
{
    unsetenv("LD_PRELOAD"); /* not for what the program starts */
    const char *name = getenv("FAIL_CALL"), *at = getenv("FAIL_AT");
    if (name && at && strlen(name) < sizeof call) {
        strcpy(call, name);
        fail_at = strtol(at, NULL, 10);
        ready = true;
    }
}

static void tell(void)
{
    const char *path = getenv("FAIL_TOLD");
    int (*open_file)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    int (*close_file)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");
    if (path && open_file && close_file) {
        close_file(open_file(path, O_WRONLY | O_CREAT, 0666));
    }
}

/* SUNDIALS 6.4.1 often does not look whether it was given memory (SUNMatClone, ARKodeButcherTable_LoadERK).
 * OpenBLAS 0.3.21 and the libgfortran that it brings end the process while they are loaded. For both the
 * runtime makes sure beforehand that there is enough, which this library cannot know. Under LLVM and
 * libstdc++ an allocation that fails ends the process by design (bad_alloc without exceptions,
 * report_bad_alloc_error). The loader of glibc 2.36 does the same, or crashes, where a library that it
 * loads later has variables of threads. */
static bool is_of_those(const void *caller)
{
    static const char *const list[] = {"libsundials_", "libgfortran", "libopenblas",
                                       "libLLVM",      "libstdc++",   "ld-linux-"};
    Dl_info where;
    bool found = false;
    if (dladdr(caller, &where) && where.dli_fname) {
        for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
            found = found || strstr(where.dli_fname, list[i]);
        }
    }
    return found;
}

/* LLVM allocates a million times from a few thousand places: what was found of a place is kept, with the
 * answer in the last bit. */
static bool cannot_stand_it(const void *caller)
{
    static atomic_uintptr_t known[1 << 14];
    uintptr_t place = (uintptr_t)caller << 1;
    atomic_uintptr_t *slot = &known[(place ^ place >> 15) % (sizeof known / sizeof *known)];
    uintptr_t answer = atomic_load_explicit(slot, memory_order_relaxed);
    if (!ready) {
        return false;
    }
    if ((answer & ~(uintptr_t)1) != place) {
        answer = place | is_of_those(caller);
        atomic_store_explicit(slot, answer, memory_order_relaxed);
    }
    return answer & 1;
}

/* Whether this call of the function is the one. */
static bool fails(const char *name, int why)
{
    if (!ready || strcmp(name, call) != 0 || atomic_fetch_add(&count, 1) + 1 != fail_at) {
        return false;
    }
    tell();
    errno = why;
    return true;
}

void *malloc(size_t n)
{
    return !cannot_stand_it(__builtin_return_address(0)) && fails("alloc", ENOMEM) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return !cannot_stand_it(__builtin_return_address(0)) && fails("alloc", ENOMEM) ? NULL
                                                                                   : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return !cannot_stand_it(__builtin_return_address(0)) && fails("alloc", ENOMEM) ? NULL
                                                                                   : __libc_realloc(p, n);
}

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

ssize_t write(int fd, const void *data, size_t n)
{
    return fails("write", ENOSPC) ? -1 : NEXT(ssize_t(*)(int, const void *, size_t), "write")(fd, data, n);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
    return fails("write", ENOSPC)
               ? -1
               : NEXT(ssize_t(*)(int, const void *, size_t, off_t), "pwrite")(fd, data, n, at);
}

int rename(const char *from, const char *to)
{
    return fails("rename", EIO) ? -1 : NEXT(int (*)(const char *, const char *), "rename")(from, to);
}

int fsync(int fd)
{
    return fails("fsync", EIO) ? -1 : NEXT(int (*)(int), "fsync")(fd);
}

/* Closed all the same, as the kernel does. */
int close(int fd)
{
    bool bad = fails("close", EIO);
    int status = NEXT(int (*)(int), "close")(fd);
    if (bad) {
        errno = EIO;
    }
    return bad ? -1 : status;
}

int mkdir(const char *path, mode_t mode)
{
    return fails("mkdir", EACCES) ? -1 : NEXT(int (*)(const char *, mode_t), "mkdir")(path, mode);
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list args;
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    return fails("open", EMFILE) ? -1 : NEXT(int (*)(const char *, int, ...), "open")(path, flags, mode);
}
