/* Text that experiments build: numbers, arrays in brackets, and formats after a colon. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crnl_format.h"
#include "rt_ctx.h"
#include "rt_text_numbers.h"

void crnl_text_begin(struct crnl_ctx *ctx)
{
    rt_buffer_clear(&ctx->text);
    rt_text_numbers_begin(ctx->numbers);
}

void crnl_text_string(struct crnl_ctx *ctx, const char *s)
{
    rt_text_numbers_add_text(ctx->numbers, ctx->text.n, s);
    rt_put(&ctx->text, s);
}

enum element { REAL, INTEGER, BOOLEAN };

struct elements {
    enum element kind;
    const double *real;
    const int64_t *integer;
    const char *format;
};

enum { LONGEST_NUMBER = 2 * CRNL_FORMAT_WIDEST + 400 }; /* digits of the largest number, and of the format */

/* Formats with printf, in the given width. */
static void print_number(char *out, const struct crnl_format *f, int width, double real, int64_t integer,
                         enum element kind)
{
    char spec[24];
    bool whole = f->conversion ? crnl_format_is_whole(f) : kind != REAL && f->precision < 0;
    const char *conversion = !whole ? "" : f->conversion == 'x' ? "llx" : "lld";
    char general[2] = {f->conversion ? f->conversion : 'g', '\0'};
    int precision = f->precision < 0 && !f->conversion && !whole ? 6 : f->precision;
    /* A precision below 0 means none, and so does a width of 0. */
    snprintf(spec, sizeof spec, "%%%s*.*%s", f->flags, whole ? conversion : general);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (whole) {
        bool fits = kind != REAL || (real > -9e18 && real < 9e18);
        long long value = fits ? (long long)(kind != REAL ? integer : (int64_t)real) : 0LL;
        snprintf(out, LONGEST_NUMBER, spec, width, precision, value);
    } else {
        double v = kind == REAL ? real : (double)integer;
        v = v != v                     ? NAN
            : v == 0 && !f->conversion ? 0.0
                                       : v; /* the sign of the result of 0 / 0 depends on the machine */
        snprintf(out, LONGEST_NUMBER, spec, width, precision, v);
    }
#pragma GCC diagnostic pop
}

static void put_spaces(struct rt_buffer *b, int n)
{
    for (; n > 0; n--) {
        rt_put(b, " ");
    }
}

static void put_formatted(struct rt_buffer *b, const char *format, double real, int64_t integer,
                          enum element kind)
{
    struct crnl_format f;
    char text[LONGEST_NUMBER];
    if (!crnl_format_read(format, &f)) {
        rt_putf(b, "{bad format `%s`}", format);
        return;
    }
    int width = f.width < 0 ? 0 : f.width;
    bool word = kind == BOOLEAN && !f.conversion && f.precision < 0;
    if (word) {
        strcpy(text, integer ? "true" : "false");
    } else {
        print_number(text, &f, f.align ? 0 : width, real, integer, kind);
    }
    int space = width - (int)strlen(text);
    int before = space <= 0 || f.align == '<' || (word && !f.align) ? 0 : f.align == '^' ? space / 2 : space;
    put_spaces(b, before);
    rt_put(b, text);
    put_spaces(b, space - before);
}

static void put_element(struct rt_buffer *b, const struct elements *v, int64_t i)
{
    double real = v->kind == REAL ? v->real[i] : 0;
    int64_t integer = v->kind != REAL ? v->integer[i] : 0;
    if (v->format && *v->format) {
        put_formatted(b, v->format, real, integer, v->kind);
    } else if (v->kind == BOOLEAN) {
        rt_put(b, integer ? "true" : "false");
    } else if (v->kind == INTEGER) {
        rt_putf(b, "%lld", (long long)integer);
    } else if (real != real) {
        rt_put(b, "nan");
    } else {
        rt_putf(b, "%.6g", real == 0 ? 0.0 : real);
    }
}

/* Returns the number of elements that were written. */
static int64_t put_array(struct rt_buffer *b, const struct elements *v, int64_t first, int32_t rank,
                         const int32_t *dim)
{
    if (rank == 0) {
        put_element(b, v, first);
        return 1;
    }
    int64_t n = 0;
    rt_put(b, "[");
    for (int32_t i = 0; i < dim[0]; i++) {
        rt_put(b, i ? ", " : "");
        n += put_array(b, v, first + n, rank - 1, dim + 1);
    }
    rt_put(b, "]");
    return n;
}

void crnl_text_real(struct crnl_ctx *ctx, const double *v, int32_t rank, const int32_t *dim,
                    const char *format)
{
    size_t from = ctx->text.n;
    put_array(&ctx->text, &(struct elements){REAL, v, NULL, format}, 0, rank, dim);
    rt_text_numbers_add(ctx->numbers, from, ctx->text.n, rank, dim, v, NULL);
}

void crnl_text_int(struct crnl_ctx *ctx, const int64_t *v, int32_t rank, const int32_t *dim,
                   const char *format)
{
    size_t from = ctx->text.n;
    put_array(&ctx->text, &(struct elements){INTEGER, NULL, v, format}, 0, rank, dim);
    rt_text_numbers_add(ctx->numbers, from, ctx->text.n, rank, dim, NULL, v);
}

void crnl_text_bool(struct crnl_ctx *ctx, const int64_t *v, int32_t rank, const int32_t *dim,
                    const char *format)
{
    size_t from = ctx->text.n;
    put_array(&ctx->text, &(struct elements){BOOLEAN, NULL, v, format}, 0, rank, dim);
    rt_text_numbers_add(ctx->numbers, from, ctx->text.n, rank, dim, NULL, v);
}

const char *crnl_text_end(struct crnl_ctx *ctx)
{
    RT_GROW(ctx->string, ctx->n_strings, ctx->cap_strings);
    char *s = rt_strdup(ctx->text.data ? ctx->text.data : "");
    ctx->string[ctx->n_strings++] = s;
    rt_text_numbers_end(ctx->numbers, s);
    return s;
}

void crnl_text_reset(struct crnl_ctx *ctx)
{
    rt_text_numbers_forget(ctx->numbers);
    while (ctx->n_strings > 0) {
        free(ctx->string[--ctx->n_strings]);
    }
}

/* Keeps a text in a variable. Its previous text is freed if it was allocated here (constants of the program
 * are not). */
void crnl_text_keep(struct crnl_ctx *ctx, const char **variable, const char *s)
{
    char *copy = rt_strdup(s);
    for (size_t i = 0; i < ctx->n_kept; i++) {
        if (ctx->kept[i] == *variable) {
            free(ctx->kept[i]);
            ctx->kept[i] = copy;
            *variable = copy;
            return;
        }
    }
    RT_GROW(ctx->kept, ctx->n_kept, ctx->cap_kept);
    ctx->kept[ctx->n_kept++] = copy;
    *variable = copy;
}
