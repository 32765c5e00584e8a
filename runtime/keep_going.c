/* Programs that go on after a run or a plot has failed: its results are NaN from then on, and other results
 * are computed. */
#include <stdlib.h>

#include "rt_ctx.h"
#include "rt_prepare.h"

/* Failures by line; a linear list, because few lines fail. */
struct rt_failures {
    struct failure {
        int line;
        int64_t n;
    } * of;
    int32_t n, cap;
};

bool rt_ends_program(const struct crnl_ctx *ctx, int status)
{
    const struct crnl_options *o = &ctx->options;
    bool time_is_over = o->max_seconds > 0 && rt_seconds() - ctx->start > o->max_seconds;
    bool by_events = status == CRNL_LIMIT && o->max_events > 0 && !time_is_over;
    return status == CRNL_CANCELLED || (status == CRNL_LIMIT && !by_events) || status == CRNL_FILE ||
           status == CRNL_MEMORY;
}

bool rt_keeps_going(const struct crnl_ctx *ctx)
{
    bool asked = ctx->options.keep_going || ctx->program->keeps_going;
    return asked && ctx->program->run && !ctx->rows && !ctx->trial && !ctx->learning;
}

/* Counts a failure; returns whether it is the first one of that line. */
static bool count(struct crnl_ctx *ctx, int line)
{
    struct rt_failures *f = ctx->failures = ctx->failures ? ctx->failures : rt_alloc(1, sizeof *f);
    int32_t i = 0;
    while (i < f->n && f->of[i].line != line) {
        i++;
    }
    if (i == f->n) {
        RT_GROW(f->of, f->n, f->cap);
        f->of[f->n++] = (struct failure){line, 0};
    }
    return f->of[i].n++ == 0;
}

bool rt_goes_on_after(struct crnl_ctx *ctx, int line, bool quiet)
{
    if (!ctx->status || rt_ends_program(ctx, ctx->status) || !rt_keeps_going(ctx)) {
        return false;
    }
    if (count(ctx, line) && !quiet && !ctx->options.mute) {
        rt_report_failure(ctx, ctx, "\n      note: the program goes on, without what this would have given");
    }
    crnl_forget_error(ctx);
    ctx->failed_rows = true;
    return true;
}

void rt_failures_end(struct crnl_ctx *ctx)
{
    struct rt_failures *f = ctx->failures;
    for (int32_t i = 0; f && i < f->n; i++) {
        if (f->of[i].n > 1 && !ctx->options.mute) {
            struct rt_buffer note = {0};
            rt_putf(&note, "note: it failed %lld times\n", (long long)f->of[i].n);
            rt_show_notes(ctx, f->of[i].line, &note);
            rt_buffer_free(&note);
        }
    }
    if (f) {
        free(f->of);
        free(f);
    }
    ctx->failures = NULL;
}
