/* `print`, `assert`, `record`, and errors that generated code raises. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"
#include "rt_prepare.h"
#include "rt_seeds.h"

static struct rt_file *print_file(struct crnl_ctx *ctx, const char *name, int32_t line, struct rt_error *e)
{
    for (size_t i = 0; i < ctx->n_prints; i++) {
        if (strcmp(ctx->print[i].name, name) == 0) {
            return &ctx->print[i].file;
        }
    }
    RT_GROW(ctx->print, ctx->n_prints, ctx->cap_prints);
    struct rt_print_file *p = &ctx->print[ctx->n_prints];
    char *path = rt_output_path(ctx, name, line, e);
    if (path) {
        rt_file_open(&p->file, path, e);
        free(path);
    }
    if (e->status) {
        return NULL;
    }
    p->name = rt_strdup(name);
    rt_output_keep(ctx, p->file.path);
    ctx->n_prints++;
    return &p->file;
}

static void print_line(struct crnl_ctx *ctx, const char *text, const char *file, int32_t line,
                       struct rt_error *e)
{
    struct rt_file *f = print_file(ctx, file, line, e);
    if (f && !rt_file_write(f, text, strlen(text), e) && !rt_file_write(f, "\n", 1, e)) {
        crnl_file_mark(f->file, CRNL_KEEP_WHOLE);
    } else if (f) {
        rt_file_leave(f, e);
    }
}

int crnl_print(struct crnl_ctx *ctx, const char *text, const char *file, int32_t line)
{
    struct rt_error e = {0};
    rt_progress_clear(ctx);
    rt_journal_print(ctx->journal, ctx->numbers, text, line);
    if (ctx->options.closer || ctx->options.mute) {
        return CRNL_OK;
    }
    if (file) {
        print_line(ctx, text, file, line, &e);
        return rt_fail_at(ctx, line, &e);
    }
    if (ctx->seed) {
        rt_seed_print(ctx, text, &e);
        return rt_fail_at(ctx, line, &e);
    }
    FILE *out = ctx->options.output ? ctx->options.output : stdout;
    if (fputs(text, out) == EOF || putc('\n', out) == EOF || fflush(out) == EOF) {
        rt_fail(&e, CRNL_FILE, "cannot print: %s", strerror(errno));
    }
    return rt_fail_at(ctx, line, &e);
}

void rt_print_close(struct crnl_ctx *ctx)
{
    for (size_t i = 0; i < ctx->n_prints; i++) {
        struct rt_error e = {0};
        rt_file_finish(&ctx->print[i].file, &e);
        rt_fail_at(ctx, 0, &e);
        free(ctx->print[i].name);
    }
    free(ctx->print);
    ctx->print = NULL;
    ctx->n_prints = ctx->cap_prints = 0;
}

int crnl_assert(struct crnl_ctx *ctx, int32_t holds, const char *source, const char *message, int32_t line)
{
    if (holds) {
        return CRNL_OK;
    }
    rt_progress_clear(ctx);
    return crnl_fail(ctx, CRNL_ASSERT, line, "assertion failed: %s%s%s", message ? message : source,
                     message ? "\n  note: " : "", message ? source : "");
}

int crnl_warn(struct crnl_ctx *ctx, int32_t holds, const char *text, int32_t line)
{
    if (holds) {
        struct rt_buffer all = {0};
        rt_putf(&all, "warning: %s", text);
        rt_show_notes(ctx, line, &all);
        rt_buffer_free(&all);
    }
    return CRNL_OK;
}

int crnl_record(struct crnl_ctx *ctx, int32_t record, double value)
{
    struct rt_series *s = &ctx->record[record];
    RT_GROW(s->v, s->n, s->cap);
    s->v[s->n++] = value;
    return CRNL_OK;
}

const double *crnl_series(const struct crnl_ctx *ctx, int32_t record, int64_t *n)
{
    *n = ctx->record[record].n;
    return ctx->record[record].v;
}

int crnl_exchange(struct crnl_ctx *ctx, int32_t variable, void *value)
{
    if (ctx->options.exchange) {
        ctx->options.exchange(ctx->options.env, variable, value);
    }
    return CRNL_OK;
}

int crnl_series_begin(struct crnl_ctx *ctx, int32_t record, int32_t net, int32_t trace, int32_t line)
{
    struct rt_series *s = &ctx->record[record];
    s->n = 0;
    if (net < 0 || rt_network(ctx, net)->failed) {
        return CRNL_OK;
    }
    const struct rt_network *n = rt_network(ctx, net);
    const struct rt_result *r = n->result;
    if (!r || r->n_rows == 0) {
        return crnl_fail(ctx, CRNL_NO_RUN, line,
                         "`%s` has not run yet: it has no course\n"
                         "  help: run it before: run %s for 10;",
                         n->m->name, n->m->name);
    }
    if (r->band) {
        return crnl_fail(ctx, CRNL_NO_RUN, line,
                         "the last run of `%s` was one of several, whose courses have rows of their own\n"
                         "  help: give the times, and say what of the runs: "
                         "run_mean(trajectory(net.x, at = linspace(0, 10, 101)))",
                         n->m->name);
    }
    if (r->is_thinned) {
        return crnl_fail(
            ctx, CRNL_LIMIT, line,
            "the course of the last run of `%s` has more rows than are kept\n"
            "  help: give `every` to the run, for rows at such times in place of one for each event",
            n->m->name);
    }
    for (int64_t i = 0; i < r->n_rows; i++) {
        RT_GROW(s->v, s->n, s->cap);
        s->v[s->n++] = r->row[i * (1 + r->n_trace) + 1 + trace];
    }
    return CRNL_OK;
}

int crnl_series_at(struct crnl_ctx *ctx, int32_t record, int64_t index, double *out, int32_t line)
{
    const struct rt_series *s = &ctx->record[record];
    if (index < 0 || index >= s->n) {
        return crnl_index_error(ctx, index, s->n, line);
    }
    *out = s->v[index];
    return CRNL_OK;
}

int crnl_series_size(struct crnl_ctx *ctx, int32_t record, int32_t other, int64_t *out, int32_t line)
{
    const struct rt_series *s = &ctx->record[record], *o = &ctx->record[other];
    *out = s->n;
    return s->n == o->n ? CRNL_OK
                        : crnl_fail(ctx, CRNL_BAD_ARGUMENT, line,
                                    "courses of %lld and of %lld rows do not fit together", (long long)s->n,
                                    (long long)o->n);
}

int crnl_index_error(struct crnl_ctx *ctx, int64_t index, int64_t size, int32_t line)
{
    struct rt_buffer help = {0};
    if (size > 0) {
        rt_putf(&help, "\n  help: indices begin at 0: the last of %lld elements is [%lld]", (long long)size,
                (long long)size - 1);
    }
    const char *of = rt_index_of(ctx, line);
    int status = crnl_fail(ctx, CRNL_INDEX, line, "index %lld is outside 0..%lld%s%s%s", (long long)index,
                           (long long)size, of ? ", " : "", of ? of : "", size > 0 ? help.data : "");
    rt_buffer_free(&help);
    return status;
}

int crnl_int_error(struct crnl_ctx *ctx, int32_t op, int64_t x, int64_t y, int32_t line)
{
    static const char help[] = "does not fit in a whole number (64 bits)\n"
                               "  help: with a real operand, such as 1.0 * x, it is computed in reals";
    long long a = x, b = y;
    switch (op) {
    case 'n': return crnl_fail(ctx, CRNL_INTEGER, line, "-(%lld) %s", a, help);
    case 'a': return crnl_fail(ctx, CRNL_INTEGER, line, "abs(%lld) %s", a, help);
    case '%':
        return crnl_fail(
            ctx, CRNL_INTEGER, line,
            "%lld %% %lld: a division by 0 has no remainder\n  help: let the divisor be 1 or more", a, b);
    default: return crnl_fail(ctx, CRNL_INTEGER, line, "%lld %c %lld %s", a, (char)op, b, help);
    }
}

int crnl_floor_error(struct crnl_ctx *ctx, double x, int32_t line)
{
    return crnl_fail(ctx, CRNL_INTEGER, line, "floor(%.17g) does not fit in a whole number (64 bits)", x);
}
