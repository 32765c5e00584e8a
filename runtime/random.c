/* Random values in experiments. Each execution of a statement has a stream of its own. */
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"

void rt_draws_begin(struct crnl_ctx *ctx, struct rt_draws *d)
{
    d->row = 0;
    d->n_base = ctx->n_counts;
    d->base = rt_copy(ctx->count, (size_t)d->n_base, sizeof *d->base);
    d->most = rt_copy(ctx->count, (size_t)d->n_base, sizeof *d->most);
    ctx->draws = d;
}

static void back_to_base(struct crnl_ctx *ctx, struct rt_draws *d)
{
    for (int32_t i = 0; i < d->n_base; i++) {
        d->most[i] = ctx->count[i] > d->most[i] ? ctx->count[i] : d->most[i];
        ctx->count[i] = d->base[i];
    }
}

void rt_draws_next(struct crnl_ctx *ctx)
{
    ctx->draws->row++;
    back_to_base(ctx, ctx->draws);
}

void rt_draws_end(struct crnl_ctx *ctx)
{
    struct rt_draws *d = ctx->draws;
    back_to_base(ctx, d);
    memcpy(ctx->count, d->most, (size_t)d->n_base * sizeof *d->most);
    free(d->base);
    free(d->most);
    *d = (struct rt_draws){0};
    ctx->draws = NULL;
}

/* The epoch, for rows that are repeated in each epoch of learning, or the step of a fit that draws anew. */
static uint64_t epoch(const struct crnl_ctx *ctx)
{
    return ctx->trial ? rt_trial_draw(ctx->trial) : ctx->draws ? ctx->draws->epoch : 0;
}

int crnl_random(struct crnl_ctx *ctx, int32_t kind, int32_t statement, int32_t n, const double *a,
                int32_t stride_a, const double *b, int32_t stride_b, double *out)
{
    struct crnl_rng rng;
    uint64_t count = rt_next_count(ctx, statement, CRNL_DRAW_EXPRESSION);
    crnl_rng_seed(&rng, ctx->options.seed, (uint32_t)statement, count, epoch(ctx), CRNL_DRAW_EXPRESSION);
    for (int32_t i = 0; i < n; i++) {
        double x = a[i * stride_a], y = kind == CRNL_BERNOULLI ? 0 : b[i * stride_b];
        switch (kind) {
        case CRNL_UNIFORM: out[i] = x + (y - x) * (1 - crnl_rng_uniform(&rng)); break;
        case CRNL_NORMAL: out[i] = x + y * crnl_rng_normal(&rng); break;
        default: out[i] = crnl_rng_uniform(&rng) <= x; break;
        }
    }
    return CRNL_OK;
}

int crnl_shuffle(struct crnl_ctx *ctx, int32_t statement, int64_t n, int64_t m, int64_t *out)
{
    struct crnl_rng rng;
    uint64_t count = rt_next_count(ctx, statement, CRNL_DRAW_SHUFFLE);
    crnl_rng_seed(&rng, ctx->options.seed, (uint32_t)statement, count, epoch(ctx), CRNL_DRAW_SHUFFLE);
    if (m > n) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, 0, "a sample of %lld out of %lld", (long long)m,
                         (long long)n);
    }
    int64_t *all = m < n ? rt_alloc((size_t)n, sizeof *all) : out;
    for (int64_t i = 0; i < n; i++) {
        all[i] = i;
    }
    for (int64_t i = 0; i < m; i++) { /* the Fisher-Yates shuffle */
        int64_t j = i + (int64_t)crnl_rng_below(&rng, (uint64_t)(n - i)), v = all[i];
        all[i] = all[j];
        all[j] = v;
    }
    if (all != out) {
        for (int64_t i = 0; i < m; i++) {
            out[i] = all[i];
        }
        free(all);
    }
    return CRNL_OK;
}
