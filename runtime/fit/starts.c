/* The starts of a fit, on the threads of this process or of all ranks. What comes of a start does not
 * depend on who had it. */
#include <stdlib.h>
#include <string.h>

#include "rt_fit.h"
#include "runtime/mpi/rt_pack.h"
#include "runtime/mpi/rt_share.h"
#include "runtime/rt_workers.h"

struct starts {
    struct rt_fit *fit;
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

static void arrived(void *env, int64_t i, const char *data, size_t n)
{
    struct starts *s = env;
    struct rt_unpack u = {data, data + n};
    set_fatal(s->fit, unpack_start(s->fit, i, &u));
    atomic_fetch_add(&s->fit->n_done, 1);
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

/* One thread of this rank. */
static void work(void *env, int64_t worker)
{
    struct starts *s = env;
    int64_t i, end;
    (void)worker;
    while (rt_share_claim(s->share, true, &i, &end) == RT_CLAIM_BLOCK) {
        for (; i < end; i++) {
            s->run(s->env, i);
            if (rt_world_rank(s->fit->ctx->world) > 0) {
                struct rt_buffer data = {0};
                pack_start(s->fit, i, &data);
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

void rt_fit_run_starts(struct rt_fit *fit, int threads, void (*run)(void *env, int64_t i), void *env)
{
    struct rt_world *w = fit->n_starts > 1 ? fit->ctx->world : NULL;
    struct starts s = {.fit = fit, .run = run, .env = env};
    struct rt_workers *workers = rt_workers_create(threads);
    if (w) {
        const int64_t numbers[] = {fit->spec->statement, (int64_t)fit->count, fit->n_starts};
        uint64_t hash = rt_hash(RT_HASH, numbers, sizeof numbers);
        const struct rt_share_work shared = {.n = fit->n_starts,
                                             .align = 1,
                                             .threads = 1,
                                             .fingerprint =
                                                 rt_hash(hash, fit->x0, (size_t)fit->n * sizeof *fit->x0),
                                             .env = &s,
                                             .arrived = arrived,
                                             .look = look,
                                             .stopped = stopped};
        rt_share_begin(w, &shared, &s.share);
        rt_share_open(s.share, fit->n_starts);
        rt_workers_run(workers, threads, work, &s);
        rt_share_end(s.share);
        tell(fit);
    } else {
        rt_workers_run(workers, fit->n_starts, run, env);
    }
    rt_workers_destroy(workers);
}
