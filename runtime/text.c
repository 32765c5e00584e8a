/* Text that experiments build: numbers, arrays in brackets, formats after a colon. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* A format is a printf conversion without its size: '.3f', '%8.2e', '05d'. The conversion and the flags
 * before it; false if it is none of these. */
static bool split_format(const char *format, char *flags, size_t size, char *conversion)
{
    const char *from = format + (*format == '%');
    size_t n = strspn(from, "-+ #0123456789."), width = strcspn(from, ".");
    if (n >= size || n > 12 || strspn(from, "0123456789") > 4 ||
        (width < n && strspn(from + width + 1, "0123456789") > 3)) {
        return false;
    }
    memcpy(flags, from, n);
    flags[n] = '\0';
    *conversion = from[n];
    return from[n] && strchr("defgEFGxi", from[n]) && !from[n + 1];
}

static void put_formatted(struct rt_buffer *b, const char *format, double real, int64_t integer,
                          enum element kind)
{
    char flags[16], spec[32], conversion;
    if (!split_format(format, flags, sizeof flags, &conversion)) {
        rt_putf(b, "{bad format `%s`}", format);
        return;
    }
    bool whole = strchr("dix", conversion) != NULL;
    size_t n = strlen(flags);
    spec[0] = '%';
    memcpy(spec + 1, flags, n);
    const char *ending = conversion == 'x' ? "llx" : "lld";
    if (whole) {
        strcpy(spec + 1 + n, ending);
    } else {
        spec[1 + n] = conversion;
        spec[2 + n] = '\0';
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (whole) {
        bool fits = kind != REAL || (real > -9e18 && real < 9e18);
        rt_putf(b, spec, fits ? (long long)(kind != REAL ? integer : (int64_t)real) : 0LL);
    } else {
        double v = kind == REAL ? real : (double)integer;
        rt_putf(b, spec, v == v ? v : NAN); /* 0 / 0 has a sign, which depends on who computes it */
    }
#pragma GCC diagnostic pop
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

/* Returns how many elements were written. */
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

/* The text that the variable held before goes, if it was kept here (a constant of the program is not). */
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
