/* Memory, text buffers, errors. */
#define _GNU_SOURCE 1 /* MADV_HUGEPAGE */
#include "rt_base.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crnl_cells.h"

/* Files that are complete so far are kept: crnl_files_end runs at quick_exit. Only one thread reports. */
_Noreturn void rt_out_of_memory(size_t n, size_t size)
{
    static atomic_flag told = ATOMIC_FLAG_INIT;
    while (atomic_flag_test_and_set(&told)) {
        pause();
    }
    fprintf(stderr, "error[E0912]: out of memory: %.6g bytes cannot be had\n", (double)n * (double)size);
    quick_exit(EXIT_FAILURE);
}

void rt_check_memory(size_t n, size_t size)
{
    void *volatile p = size && n <= SIZE_MAX / size ? malloc(n * size) : NULL;
    if (!p) {
        rt_out_of_memory(n, size);
    }
    free(p);
}

void *rt_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p) {
        rt_out_of_memory(n, size);
    }
    return p;
}

void *rt_alloc_table(size_t n, size_t size)
{
    const size_t line = 64, page = (size_t)1 << 21;
    if (size && n > SIZE_MAX / 2 / size) {
        rt_out_of_memory(n, size);
    }
    size_t bytes = n * size, unit = bytes < page / 4 ? line : page;
    size_t whole = bytes < unit ? unit : (bytes + unit - 1) / unit * unit;
    void *p = aligned_alloc(unit, whole);
    if (!p) {
        rt_out_of_memory(n, size);
    }
#ifdef MADV_HUGEPAGE
    if (unit == page) {
        madvise(p, whole, MADV_HUGEPAGE); /* if advice is refused, the memory is used nevertheless */
    }
#endif
    memset(p, 0, bytes);
    return p;
}

void *rt_resize(void *old, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size) {
        rt_out_of_memory(n, size);
    }
    void *p = realloc(old, n && size ? n * size : 1);
    if (!p) {
        rt_out_of_memory(n, size);
    }
    return p;
}

char *rt_strdup(const char *s)
{
    return rt_copy(s, strlen(s) + 1, 1);
}

void *rt_copy(const void *from, size_t n, size_t size)
{
    void *p = rt_alloc(n, size);
    if (n) {
        memcpy(p, from, n * size);
    }
    return p;
}

void rt_buffer_free(struct rt_buffer *b)
{
    free(b->data);
    *b = (struct rt_buffer){0};
}

void rt_buffer_clear(struct rt_buffer *b)
{
    b->n = 0;
    if (b->data) {
        b->data[0] = '\0';
    }
}

static void reserve(struct rt_buffer *b, size_t more)
{
    if (b->n + more + 1 > b->cap) {
        b->cap = 2 * b->cap > b->n + more + 1 ? 2 * b->cap : b->n + more + 64;
        b->data = rt_resize(b->data, b->cap, 1);
    }
}

void rt_put_n(struct rt_buffer *b, const char *s, size_t n)
{
    reserve(b, n);
    memcpy(b->data + b->n, s, n);
    b->n += n;
    b->data[b->n] = '\0';
}

void rt_put(struct rt_buffer *b, const char *s)
{
    rt_put_n(b, s, strlen(s));
}

/* The sign of what is not a number says nothing: "-nan", as printf writes it, becomes "nan". */
static void without_sign_of_nan(struct rt_buffer *b, size_t from)
{
    static const char mark[] = "-nan";
    enum { LENGTH = sizeof mark - 1 };
    char *at = b->data + from;
    while ((at = strstr(at, mark))) {
        bool is_word = (at > b->data && isalnum((unsigned char)at[-1])) ||
                       isalnum((unsigned char)at[LENGTH]) || strchr("._-/", at[LENGTH] ? at[LENGTH] : 'x');
        if (!is_word) {
            memmove(at, at + 1, strlen(at));
            b->n--;
        }
        at += LENGTH - 1;
    }
}

void rt_vputf(struct rt_buffer *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n > 0) {
        reserve(b, (size_t)n);
        vsnprintf(b->data + b->n, (size_t)n + 1, format, again);
        b->n += (size_t)n;
        without_sign_of_nan(b, b->n - (size_t)n);
    }
    va_end(again);
}

void rt_putf(struct rt_buffer *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    rt_vputf(b, format, args);
    va_end(args);
}

static void put_integer(struct rt_buffer *b, int64_t v)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--at] = (char)('0' + size % 10);
        size /= 10;
    } while (size);
    if (v < 0) {
        digits[--at] = '-';
    }
    rt_put_n(b, digits + at, sizeof digits - at);
}

void rt_put_number(struct rt_buffer *b, double v)
{
    if (v > -1e15 && v < 1e15 && v == (double)(int64_t)v) {
        put_integer(b, (int64_t)v);
        return;
    }
    if (v != v) {
        rt_put(b, "nan");
        return;
    }
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v) {
            break;
        }
    }
    rt_put(b, text);
}

void rt_put_cell(struct rt_buffer *b, const char *text)
{
    reserve(b, 2 * strlen(text) + 2);
    b->n += crnl_quote_cell(b->data + b->n, text);
}

int rt_fail(struct rt_error *e, int status, const char *format, ...)
{
    if (e->status == CRNL_OK) {
        e->status = status;
        va_list args;
        va_start(args, format);
        rt_vputf(&e->text, format, args);
        va_end(args);
    }
    return status;
}

int rt_about(struct rt_error *e, const char *option)
{
    e->about = e->status && !e->about ? option : e->about;
    return e->status;
}

void rt_error_free(struct rt_error *e)
{
    rt_buffer_free(&e->text);
    e->about = NULL;
    e->status = CRNL_OK;
}

const char *rt_status_code(int status)
{
    static const char *const code[] = {
#define STATUS(name, code, text) code,
#include "crnl_status.def"
#undef STATUS
    };
    return status >= 0 && status < CRNL_STATUS_COUNT ? code[status] : "";
}

/* Levenshtein distance, cut off at `limit`; names longer than the row count as unrelated. */
static int distance(const char *a, const char *b, int limit)
{
    enum { LONGEST = 63 };
    int row[LONGEST + 1], n = (int)strlen(b);
    if (n > LONGEST || (int)strlen(a) > LONGEST) {
        return limit + 1;
    }
    for (int j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (int i = 0; a[i]; i++) {
        int diagonal = row[0];
        row[0] = i + 1;
        for (int j = 0; j < n; j++) {
            int swap = diagonal + (a[i] != b[j]);
            int step = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
            diagonal = row[j + 1];
            row[j + 1] = swap < step ? swap : step;
        }
    }
    return row[n];
}

const char *rt_nearest(const char *name, const char *const *candidate, int n)
{
    const char *best = NULL;
    int limit = (int)strlen(name) / 3 + 1;
    for (int i = 0; i < n; i++) {
        int d = distance(name, candidate[i], limit);
        if (d <= limit && d < (int)strlen(name)) {
            best = candidate[i];
            limit = d - 1;
        }
    }
    return best;
}
