/* The starts of a fit, on the threads of this process or of all ranks. What comes of a start does not
 * depend on who had it. */
#include <stdlib.h>
#include <string.h>

#include "rt_fit.h"
#include "runtime/mpi/rt_pack.h"
#include "runtime/mpi/rt_share.h"
#include "runtime/rt_checkpoint.h"
#include "runtime/rt_workers.h"

struct starts {
    struct rt_fit *fit;
    int64_t *number, n; /* [n] of those that are to be run */
    void (*run)(void *env, int64_t i);
    void *env;
    struct rt_share *share;
};

static void pack_start(const struct rt_fit *fit, int64_t i, struct rt_buffer *b)
{
    const struct rt_fit_start *s = &fit->start[i];
    const int64_t numbers[] = {s->n_series,    s->evaluations, s->failures,
                               s->derivatives, s->retreats,    atomic_load(&fit->fatal)};
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

/* The status that ends all, or 0. */
static int unpack_start(struct rt_fit *fit, int64_t i, struct rt_unpack *u)
{
    struct rt_fit_start *s = &fit->start[i];
    int64_t numbers[6];
    struct rt_buffer why = {0};
    rt_unpack(u, numbers, sizeof numbers);
    if (numbers[0] < 0 || (uint64_t)numbers[0] > (size_t)(u->end - u->at) / sizeof *s->series) {
        numbers[0] = 0;
    }
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
    return (int)numbers[5];
}

static void set_fatal(struct rt_fit *fit, int status)
{
    int none = 0;
    if (status) {
        atomic_compare_exchange_strong(&fit->fatal, &none, status);
    }
}

/* One that came to its own end. */
static void keep(struct starts *s, int64_t i)
{
    struct rt_fit *fit = s->fit;
    if (fit->checkpoint && !rt_cancelled(fit->ctx) && !atomic_load(&fit->fatal)) {
        struct rt_buffer data = {0};
        pack_start(fit, i, &data);
        rt_checkpoint_put(fit->ctx->checkpoint, fit->checkpoint, i, &data);
    }
}

static void arrived(void *env, int64_t item, const char *data, size_t n)
{
    struct starts *s = env;
    int64_t i = s->number[item];
    struct rt_unpack u = {data, data + n};
    set_fatal(s->fit, unpack_start(s->fit, i, &u));
    atomic_fetch_add(&s->fit->n_done, 1);
    keep(s, i);
}

static void look(void *env)
{
    struct starts *s = env;
    if (rt_cancelled(s->fit->ctx) || atomic_load(&s->fit->fatal)) {
        rt_share_stop(s->share);
    }
}

static void stopped(void *env)
{
    struct starts *s = env;
    set_fatal(s->fit, CRNL_CANCELLED);
}

static void run_one(void *env, int64_t item)
{
    struct starts *s = env;
    s->run(s->env, s->number[item]);
    keep(s, s->number[item]);
}

/* One thread of this rank. */
static void work(void *env, int64_t worker)
{
    struct starts *s = env;
    int64_t i, end;
    (void)worker;
    while (rt_share_claim(s->share, true, &i, &end) == RT_CLAIM_BLOCK) {
        for (; i < end; i++) {
            run_one(s, i);
            if (rt_world_rank(s->fit->ctx->world) > 0) {
                struct rt_buffer data = {0};
                pack_start(s->fit, s->number[i], &data);
                rt_share_put(s->share, i, &data);
            }
        }
    }
}

/* What rank 0 has of all starts, to all. */
static void tell(struct rt_fit *fit)
{
    struct rt_buffer data = {0};
    bool is_head = rt_world_rank(fit->ctx->world) == 0;
    for (int32_t i = 0; i < fit->n_starts && is_head; i++) {
        pack_start(fit, i, &data);
    }
    rt_world_broadcast(fit->ctx->world, &data);
    struct rt_unpack u = {data.data, data.data + data.n};
    for (int32_t i = 0; i < fit->n_starts && !is_head; i++) {
        atomic_store(&fit->fatal, unpack_start(fit, i, &u));
    }
    rt_buffer_free(&data);
}

/* Starts that the checkpoint has need not be run; all ranks learn of them. */
static int restore(struct starts *s)
{
    struct rt_fit *fit = s->fit;
    struct rt_world *w = fit->ctx->world;
    const int64_t numbers[] = {fit->spec->statement, (int64_t)fit->count, fit->n_starts, fit->n};
    struct rt_buffer all = {0}, data = {0};
    struct rt_error e = {0};
    uint64_t hash = rt_hash(RT_HASH, numbers, sizeof numbers);
    hash = rt_hash(hash, fit->x0, (size_t)fit->n * sizeof *fit->x0);
    fit->checkpoint = rt_checkpoint_statement(fit->ctx, hash, &e);
    for (int64_t i = 0; i < fit->n_starts; i++) {
        fit->start[i].checkpoint = rt_checkpoint_part(fit->checkpoint, i);
        if (!e.status && rt_checkpoint_take(fit->ctx->checkpoint, fit->checkpoint, i, &data)) {
            rt_pack_int(&all, i);
            rt_put_n(&all, data.data, data.n);
            rt_buffer_free(&data);
        }
    }
    if (w && fit->ctx->options.resume) {
        rt_world_follow(w, &e);
        rt_world_broadcast(w, &all);
    }
    bool *has = rt_alloc((size_t)fit->n_starts, sizeof *has);
    for (struct rt_unpack u = {all.data, all.data + all.n}; u.at < u.end;) {
        int64_t i = rt_unpack_int(&u);
        unpack_start(fit, i, &u);
        has[i] = true;
        atomic_fetch_add(&fit->n_done, 1);
    }
    for (int64_t i = 0; i < fit->n_starts; i++) {
        if (!has[i]) {
            s->number[s->n++] = i;
        }
    }
    free(has);
    rt_buffer_free(&all);
    return rt_fail_at(fit->ctx, fit->spec->line, &e);
}

int rt_fit_run_starts(struct rt_fit *fit, int threads, void (*run)(void *env, int64_t i), void *env)
{
    struct rt_world *w = fit->n_starts > 1 ? fit->ctx->world : NULL;
    struct starts s = {.fit = fit, .run = run, .env = env};
    s.number = rt_alloc((size_t)fit->n_starts, sizeof *s.number);
    if (restore(&s)) {
        free(s.number);
        return fit->ctx->status;
    }
    struct rt_workers *workers = rt_workers_create(threads);
    if (w) {
        const int64_t numbers[] = {fit->spec->statement, (int64_t)fit->count, fit->n_starts};
        uint64_t hash = rt_hash(RT_HASH, numbers, sizeof numbers);
        const struct rt_share_work shared = {.n = s.n,
                                             .align = 1,
                                             .threads = 1,
                                             .fingerprint =
                                                 rt_hash(hash, fit->x0, (size_t)fit->n * sizeof *fit->x0),
                                             .env = &s,
                                             .arrived = arrived,
                                             .look = look,
                                             .stopped = stopped};
        rt_share_begin(w, &shared, &s.share);
        rt_share_open(s.share, s.n);
        rt_workers_run(workers, threads, work, &s);
        rt_share_end(s.share);
        tell(fit);
    } else {
        rt_workers_run(workers, s.n, run_one, &s);
    }
    rt_workers_destroy(workers);
    free(s.number);
    return CRNL_OK;
}
