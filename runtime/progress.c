/* One line on the terminal's stderr while something takes long; nothing if stderr is not a terminal. */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "rt_ctx.h"
#include "rt_estimate.h"

static const double first_after = 1.0, again_after = 0.2; /* seconds */

struct rt_progress {
    bool on, shown;
    double last;
    int64_t i, total; /* of the outermost loop; total = 0: none, -1: unknown */
};

static struct rt_progress *progress(struct crnl_ctx *ctx)
{
    if (!ctx->progress) {
        int wish = ctx->options.progress;
        ctx->progress = rt_alloc(1, sizeof *ctx->progress);
        ctx->progress->on = !ctx->options.quiet && (wish < 0 ? isatty(STDERR_FILENO) == 1 : wish > 0);
        ctx->progress->last = rt_seconds() + first_after - again_after;
    }
    return ctx->progress;
}

static void show(struct crnl_ctx *ctx, const char *what, double fraction)
{
    struct rt_progress *p = progress(ctx);
    double now = p->on ? rt_seconds() : 0;
    if (!p->on || now - p->last < again_after) {
        return;
    }
    p->last = now;
    p->shown = true;
    fprintf(stderr, "\r\033[K");
    if (p->total > 0) {
        fprintf(stderr, "%lld of %lld  ", (long long)p->i, (long long)p->total);
    } else if (p->total < 0) {
        fprintf(stderr, "turn %lld  ", (long long)p->i);
    }
    if (what && isnan(fraction)) {
        fprintf(stderr, "%s  ", what);
    } else if (what) {
        fprintf(stderr, "%s %3.0f %%  ", what, 100 * (fraction < 0 ? 0 : fraction > 1 ? 1 : fraction));
    }
    fprintf(stderr, "%.0f s", now - ctx->start);
    fflush(stderr);
}

void rt_progress_run(struct crnl_ctx *ctx, const char *what, double fraction)
{
    show(ctx, what, fraction);
}

void rt_progress_clear(struct crnl_ctx *ctx)
{
    if (ctx->progress && ctx->progress->shown) {
        fprintf(stderr, "\r\033[K");
        fflush(stderr);
        ctx->progress->shown = false;
    }
}

void rt_progress_free(struct crnl_ctx *ctx)
{
    rt_progress_clear(ctx);
    free(ctx->progress);
    ctx->progress = NULL;
}

int crnl_turn(struct crnl_ctx *ctx, int32_t loop, int32_t depth, int64_t i, int64_t total)
{
    (void)loop;
    if (ctx->learning) {
        return CRNL_OK; /* the rows of an epoch: what has been learned so far is kept (learn.c) */
    }
    if (rt_cancelled(ctx)) {
        return crnl_fail(ctx, CRNL_CANCELLED, 0, "interrupted by %s", rt_signal_name(rt_cancelled(ctx)));
    }
    crnl_files_tick();
    if (depth == 0) {
        rt_estimate_turn(ctx, i, total);
    }
    if (ctx->options.max_seconds > 0 && rt_seconds() - ctx->start > ctx->options.max_seconds) {
        return crnl_fail(ctx, CRNL_LIMIT, 0,
                         "the program may take %.6g seconds, and they are over\n"
                         "  help: what was computed is kept; allow more with --max-seconds",
                         ctx->options.max_seconds);
    }
    if (depth == 0 && progress(ctx)->on) {
        ctx->progress->i = i;
        ctx->progress->total = total < 0 ? -1 : total;
        show(ctx, NULL, 0);
    }
    return CRNL_OK;
}
