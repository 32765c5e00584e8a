/* Fibers by ucontext: parking one costs some hundred nanoseconds, a thread some microseconds, and parts that
 * wait for each other have nothing to do on different processors. */
#define _GNU_SOURCE /* MAP_NORESERVE */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "rt_base.h"
#include "rt_meeting.h"

#if defined __SANITIZE_ADDRESS__
#define HAS_ADDRESS 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define HAS_ADDRESS 1
#endif
#endif
#if defined __SANITIZE_THREAD__
#define HAS_THREAD 1
#elif defined __has_feature
#if __has_feature(thread_sanitizer)
#define HAS_THREAD 1
#endif
#endif

#ifdef HAS_ADDRESS
#include <dlfcn.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef HAS_THREAD
#include <sanitizer/tsan_interface.h>
#endif

enum { MOST_STACK = 8 << 20, LEAST_STACK = 1 << 20 }; /* bytes, of which those that are used take memory */

struct fiber {
    struct rt_meeting *m;
    ucontext_t context;
    char *memory; /* a page that cannot be touched, then the stack */
    size_t bytes, page;
    bool is_over;
    const struct rt_gathering *of; /* what it waits for; NULL: nothing */
    void *request;
    void *fake, *shadow; /* of sanitizers */
};

struct rt_meeting {
    int n, left;
    struct fiber *fiber, *current, main;
    void **request;
    void (*body)(void *env, struct rt_meeting *m);
    void *env;
};

/* ---- Switching ---- */

#ifdef HAS_ADDRESS
static void before_switch(struct fiber *from, const struct fiber *to)
{
    __sanitizer_start_switch_fiber(from->is_over ? NULL : &from->fake, to->memory + to->page,
                                   to->bytes - to->page);
}

static void after_switch(struct fiber *now, struct fiber *before)
{
    const void *stack;
    size_t size;
    __sanitizer_finish_switch_fiber(now->fake, &stack, &size);
    if (before == &before->m->main) { /* the stack of the thread, which nobody else knows */
        before->memory = (char *)(uintptr_t)stack;
        before->bytes = size;
    }
}

/* AddressSanitizer would warn that it does not know of the stacks, which it has been told: the function of
 * libc itself. It is looked for once, and not on the stack of a fiber, where what dlopen allocates would be
 * taken for a leak. */
static int (*swap_of_libc)(ucontext_t *from, const ucontext_t *to);

static void find_swap(void)
{
    void *symbol = dlsym(dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD), "swapcontext");
    memcpy(&swap_of_libc, &symbol, sizeof symbol);
}

static void prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_swap);
}

static void swap(ucontext_t *from, const ucontext_t *to)
{
    swap_of_libc(from, to);
}

static void forget_stack(const struct fiber *f)
{
    __asan_unpoison_memory_region(f->memory, f->bytes);
}
#else
static void before_switch(struct fiber *from, const struct fiber *to)
{
    (void)from;
    (void)to;
}

static void after_switch(struct fiber *now, struct fiber *before)
{
    (void)now;
    (void)before;
}

static void prepare(void)
{
}

static void swap(ucontext_t *from, const ucontext_t *to)
{
    swapcontext(from, to);
}

static void forget_stack(const struct fiber *f)
{
    (void)f;
}
#endif

static void change(struct fiber *from, struct fiber *to)
{
    before_switch(from, to);
    from->m->current = to;
#ifdef HAS_THREAD
    __tsan_switch_to_fiber(to->shadow, 0);
#endif
    swap(&from->context, &to->context);
    after_switch(from, to);
}

/* makecontext passes integers. */
static void enter(unsigned high, unsigned low)
{
    struct fiber *f = (struct fiber *)((uintptr_t)high << 32 | (uintptr_t)low);
    after_switch(f, &f->m->main);
    f->m->body(f->m->env, f->m);
    f->is_over = true;
    f->m->left--;
    change(f, &f->m->main);
}

/* ---- Fibers ---- */

static size_t stack_size(void)
{
    size_t bytes = LEAST_STACK;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) == 0) { /* what threads get */
        pthread_attr_getstacksize(&attributes, &bytes);
        pthread_attr_destroy(&attributes);
    }
    return bytes < LEAST_STACK ? LEAST_STACK : bytes > MOST_STACK ? MOST_STACK : bytes;
}

static bool create(struct rt_meeting *m, struct fiber *f)
{
    *f = (struct fiber){.m = m, .page = (size_t)sysconf(_SC_PAGESIZE)};
    f->bytes = stack_size() + f->page;
    void *at =
        mmap(NULL, f->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) {
        return false;
    }
    f->memory = at;
    mprotect(f->memory, f->page, PROT_NONE);
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = f->memory + f->page;
    f->context.uc_stack.ss_size = f->bytes - f->page;
    f->context.uc_link = NULL;
    uintptr_t address = (uintptr_t)f;
    makecontext(&f->context, (void (*)(void))enter, 2, (unsigned)(address >> 32), (unsigned)address);
#ifdef HAS_THREAD
    f->shadow = __tsan_create_fiber(0);
#endif
    return true;
}

static void destroy(struct fiber *f)
{
#ifdef HAS_THREAD
    __tsan_destroy_fiber(f->shadow);
#endif
    forget_stack(f);
    munmap(f->memory, f->bytes);
}

/* ---- Meeting ---- */

/* All that wait for the same as the first one. */
static void gather(struct rt_meeting *m)
{
    struct fiber *first = NULL;
    int n = 0;
    for (int i = 0; i < m->n; i++) {
        struct fiber *f = &m->fiber[i];
        first = first ? first : f->of ? f : NULL;
        if (f->of && f->of == first->of && n < f->of->most &&
            (f == first || f->of->fits(first->request, f->request))) {
            m->request[n++] = f->request;
        }
    }
    if (!first) {
        return;
    }
    const struct rt_gathering *of = first->of;
    of->together(m->request, n);
    for (int i = 0, k = 0; i < m->n && k < n; i++) {
        if (m->fiber[i].of && m->fiber[i].request == m->request[k]) {
            m->fiber[i].of = NULL;
            k++;
        }
    }
}

void rt_meeting_run(int n, void (*body)(void *env, struct rt_meeting *m), void *env)
{
    struct rt_meeting m = {.body = body, .env = env};
    prepare();
    m.fiber = rt_alloc((size_t)n, sizeof *m.fiber);
    while (n > 1 && m.n < n && create(&m, &m.fiber[m.n])) {
        m.n++;
    }
    if (m.n == 0) {
        body(env, NULL);
    }
    m.request = rt_alloc((size_t)n, sizeof *m.request);
    m.left = m.n;
    m.main.m = &m;
#ifdef HAS_THREAD
    m.main.shadow = __tsan_get_current_fiber();
#endif
    while (m.left > 0) {
        for (int i = 0; i < m.n; i++) {
            if (!m.fiber[i].is_over && !m.fiber[i].of) {
                change(&m.main, &m.fiber[i]);
            }
        }
        gather(&m);
    }
    for (int i = 0; i < m.n; i++) {
        destroy(&m.fiber[i]);
    }
    free(m.fiber);
    free(m.request);
}

void rt_meet(struct rt_meeting *m, const struct rt_gathering *of, void *request)
{
    if (!m) {
        of->together(&request, 1);
        return;
    }
    struct fiber *f = m->current;
    f->of = of;
    f->request = request;
    change(f, &m->main);
}
