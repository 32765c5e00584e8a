/* The starts of a fit. */
#include <stdlib.h>
#include <string.h>

#include "rt_fit_parts.h"
#include "runtime/mpi/rt_world.h"
#include "runtime/rt_checkpoint.h"

struct starts {
    struct rt_fit *fit;
    void (*run)(void *env, int64_t i, struct rt_meeting *m);
    void *env;
};

static void run_start(void *env, int64_t i, struct rt_meeting *m)
{
    struct starts *s = env;
    s->run(s->env, i, m);
}

static void pack_start(void *env, int64_t i, struct rt_buffer *b)
{
    const struct rt_fit *fit = ((const struct starts *)env)->fit;
    const struct rt_fit_start *s = &fit->start[i];
    const int64_t numbers[] = {s->n_series, s->evaluations, s->failures, s->derivatives, s->retreats};
    struct rt_buffer why = {0};
    rt_pack(b, numbers, sizeof numbers);
    rt_pack(b, &s->loss, sizeof s->loss);
    rt_pack(b, &s->first, sizeof s->first);
    rt_pack(b, s->z, (size_t)fit->n * sizeof *s->z);
    rt_pack(b, s->series, (size_t)s->n_series * sizeof *s->series);
    rt_put(&why, s->why ? s->why : "");
    rt_pack_text(b, &why);
    rt_buffer_free(&why);
    for (int32_t k = 0; k < fit->n; k++) {
        rt_pack_int(b, fit->moves[k]);
    }
}

/* Whether the bytes that follow are those of a start. */
static bool is_start(const struct rt_fit *fit, struct rt_unpack *u)
{
    struct rt_buffer why = {0};
    double loss[2];
    int64_t n = rt_unpack_count(u, sizeof *fit->start->series), others[4];
    rt_unpack(u, others, sizeof others);
    rt_unpack(u, loss, sizeof loss);
    rt_unpack_skip(u, (size_t)fit->n, sizeof *fit->start->z);
    rt_unpack_skip(u, (size_t)n, sizeof *fit->start->series);
    rt_unpack_text(u, &why);
    rt_unpack_skip(u, (size_t)fit->n, sizeof(int64_t));
    rt_buffer_free(&why);
    return !u->is_short && n <= INT32_MAX;
}

static void unpack_start(void *env, int64_t i, struct rt_unpack *u)
{
    struct rt_fit *fit = ((struct starts *)env)->fit;
    struct rt_fit_start *s = &fit->start[i];
    struct rt_unpack whole = *u;
    int64_t numbers[5];
    struct rt_buffer why = {0};
    if (!is_start(fit, &whole)) {
        u->is_short = true;
        return;
    }
    rt_unpack(u, numbers, sizeof numbers);
    s->n_series = s->cap_series = (int32_t)numbers[0];
    s->evaluations = numbers[1];
    s->failures = numbers[2];
    s->derivatives = numbers[3];
    s->retreats = (int32_t)numbers[4];
    rt_unpack(u, &s->loss, sizeof s->loss);
    rt_unpack(u, &s->first, sizeof s->first);
    rt_unpack(u, s->z, (size_t)fit->n * sizeof *s->z);
    s->series = rt_resize(s->series, (size_t)s->n_series + 1, sizeof *s->series);
    rt_unpack(u, s->series, (size_t)s->n_series * sizeof *s->series);
    rt_unpack_text(u, &why);
    free(s->why);
    s->why = why.n > 0 ? why.data : NULL;
    if (why.n == 0) {
        rt_buffer_free(&why);
    }
    for (int32_t k = 0; k < fit->n; k++) {
        if (rt_unpack_int(u)) {
            fit->moves[k] = true;
        }
    }
    atomic_fetch_add(&fit->n_done, 1);
}

/* Reads starts from the checkpoint, for all ranks; returns a status. */
static int begin_checkpoint(struct rt_fit *fit)
{
    const int64_t numbers[] = {fit->spec->statement, (int64_t)fit->count, fit->n_starts, fit->n};
    struct rt_error e = {0};
    uint64_t hash = rt_hash(RT_HASH, numbers, sizeof numbers);
    hash = rt_hash(hash, fit->x0, (size_t)fit->n * sizeof *fit->x0);
    fit->checkpoint = rt_checkpoint_statement(fit->ctx, hash, &e);
    for (int64_t i = 0; i < fit->n_starts; i++) {
        fit->start[i].checkpoint = rt_checkpoint_part(fit->checkpoint, i);
    }
    if (fit->ctx->options.resume) {
        rt_world_follow(fit->ctx->world, &e);
    }
    return rt_fail_at(fit->ctx, fit->spec->line, &e);
}

int rt_fit_run_starts(struct rt_fit *fit, int threads,
                      void (*run)(void *env, int64_t i, struct rt_meeting *m), void *env)
{
    struct starts s = {fit, run, env};
    if (begin_checkpoint(fit)) {
        return fit->ctx->status;
    }
    const struct rt_fit_parts p = {.fit = fit,
                                   .kind = RT_FIT_STARTS,
                                   .n = fit->n_starts,
                                   .from = fit->x0,
                                   .checkpoint = fit->checkpoint,
                                   .run = run_start,
                                   .pack = pack_start,
                                   .unpack = unpack_start,
                                   .env = &s};
    rt_fit_run_parts(&p, threads);
    return CRNL_OK;
}
