/* What every part of the runtime uses: memory, text buffers, errors. If memory cannot be allocated, the
 * process ends with status 1, as in support/mem.h, because nothing sensible could follow; complete contents
 * of its files remain. A buffer and an error are plain structures, initialised to zero. */
#ifndef RT_BASE_H
#define RT_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crnl_rt.h"

_Noreturn void rt_out_of_memory(size_t n, size_t size);
void rt_check_memory(size_t n, size_t size); /* ends the process if that much memory is not available now */
void *rt_alloc(size_t n, size_t size);       /* zeroed, never NULL; checks n * size for overflow */
/* The same for tables with random access: the memory is aligned to a cache line, and a large table asks for
 * large pages, whose addresses a processor can keep at hand. */
void *rt_alloc_table(size_t n, size_t size);
void *rt_resize(void *old, size_t n, size_t size);
char *rt_strdup(const char *s);
void *rt_copy(const void *from, size_t n, size_t size);

/* Makes room for one more element of an array that grows by doubling. */
#define RT_GROW(data, n, cap)                                          \
    do {                                                               \
        if ((n) == (cap)) {                                            \
            (cap) = (cap) ? 2 * (cap) : 8;                             \
            (data) = rt_resize((data), (size_t)(cap), sizeof *(data)); \
        }                                                              \
    } while (0)

/* A text under construction, always terminated. */
struct rt_buffer {
    char *data;
    size_t n, cap;
};
void rt_buffer_free(struct rt_buffer *b);
void rt_buffer_clear(struct rt_buffer *b);
void rt_put(struct rt_buffer *b, const char *s);
void rt_put_n(struct rt_buffer *b, const char *s, size_t n);
void rt_putf(struct rt_buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void rt_vputf(struct rt_buffer *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* The shortest of %.15g, %.16g, %.17g that reads back as v. */
void rt_put_number(struct rt_buffer *b, double v);
/* A cell of a table in quotes (crnl_cells.h). */
void rt_put_cell(struct rt_buffer *b, const char *text);

/* The first error of a piece of work; its text has no position. */
struct rt_error {
    int status;
    struct rt_buffer text;
    const char *about; /* what of the declaration of a data set it is about: an option, "file"; or NULL */
};
int rt_fail(struct rt_error *e, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Says which option of the declaration of a data set an error is about, unless that is known; does nothing
 * without an error. Returns the status. */
int rt_about(struct rt_error *e, const char *option);
void rt_error_free(struct rt_error *e);

const char *rt_status_code(int status);

/* Loads a library at run time, which a program linked with --static cannot do. Returns NULL with the reason
 * in *why. */
bool rt_is_static(void);
void *rt_library(const char *file, const char **why);

/* The nearest of n names by edit distance, or NULL if none is close. */
const char *rt_nearest(const char *name, const char *const *candidate, int n);

#endif
