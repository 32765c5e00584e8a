/* Independent parts of a fit, its starts and what is measured at the best of them, on the threads of this
 * process or of all ranks. The result of a part does not depend on where it was computed. */
#include <stdlib.h>
#include <string.h>

#include "rt_fit_parts.h"
#include "runtime/mpi/rt_share.h"
#include "runtime/rt_checkpoint.h"
#include "runtime/rt_workers.h"

struct work {
    const struct rt_fit_parts *p;
    int64_t *number, n; /* [n] the parts that have to be run */
    int side_by_side;   /* number of parts that one thread executes at once */
    atomic_int_fast64_t next;
    struct rt_share *share;
};

static void set_fatal(struct rt_fit *fit, int status)
{
    int none = 0;
    if (status) {
        atomic_compare_exchange_strong(&fit->fatal, &none, status);
    }
}

static void pack(const struct rt_fit_parts *p, int64_t i, struct rt_buffer *b)
{
    rt_pack_int(b, atomic_load(&p->fit->fatal));
    p->pack(p->env, i, b);
}

/* Reads the result of part i; returns the status that ends the fit, or 0. */
static int unpack(const struct rt_fit_parts *p, int64_t i, struct rt_unpack *u)
{
    int status = (int)rt_unpack_int(u);
    p->unpack(p->env, i, u);
    return status;
}

/* Writes part i to the checkpoint if it came to its own end. */
static void keep(const struct rt_fit_parts *p, int64_t i)
{
    struct rt_fit *fit = p->fit;
    if (p->checkpoint && !rt_cancelled(fit->ctx) && !atomic_load(&fit->fatal)) {
        struct rt_buffer data = {0};
        pack(p, i, &data);
        rt_checkpoint_put(fit->ctx->checkpoint, p->checkpoint, i, &data);
    }
}

static void arrived(void *env, int64_t item, const char *data, size_t n)
{
    struct work *w = env;
    struct rt_unpack u = {.at = data, .end = data + n};
    set_fatal(w->p->fit, unpack(w->p, w->number[item], &u));
    keep(w->p, w->number[item]);
}

static void look(void *env)
{
    struct work *w = env;
    if (rt_cancelled(w->p->fit->ctx) || atomic_load(&w->p->fit->fatal)) {
        rt_share_stop(w->share);
    }
}

static void stopped(void *env)
{
    struct work *w = env;
    set_fatal(w->p->fit, CRNL_CANCELLED);
}

static void run_one(struct work *w, int64_t item, struct rt_meeting *m)
{
    w->p->run(w->p->env, w->number[item], m);
    keep(w->p, w->number[item]);
}

static void run_next(void *env, struct rt_meeting *m)
{
    struct work *w = env;
    int64_t i;
    while ((i = atomic_fetch_add(&w->next, 1)) < w->n) {
        run_one(w, i, m);
    }
}

static void run_claimed(void *env, struct rt_meeting *m)
{
    struct work *w = env;
    int64_t i, end;
    while (rt_share_claim(w->share, true, &i, &end) == RT_CLAIM_BLOCK) {
        for (; i < end; i++) {
            run_one(w, i, m);
            if (rt_world_rank(w->p->fit->ctx->world) > 0) {
                struct rt_buffer data = {0};
                pack(w->p, w->number[i], &data);
                rt_share_put(w->share, i, &data);
            }
        }
    }
}

/* One thread of this rank. */
static void work(void *env, int64_t worker)
{
    struct work *w = env;
    (void)worker;
    rt_meeting_run(w->side_by_side, w->share ? run_claimed : run_next, w);
}

/* Sends the results of all parts from rank 0 to all ranks. */
static void tell(const struct rt_fit_parts *p)
{
    struct rt_buffer data = {0};
    struct rt_fit *fit = p->fit;
    bool is_head = rt_world_rank(fit->ctx->world) == 0;
    for (int64_t i = 0; i < p->n && is_head; i++) {
        pack(p, i, &data);
    }
    rt_world_broadcast(fit->ctx->world, &data);
    struct rt_unpack u = rt_unpack_of(&data);
    for (int64_t i = 0; i < p->n && !is_head; i++) {
        atomic_store(&fit->fatal, unpack(p, i, &u));
    }
    rt_buffer_free(&data);
}

/* What is not that of such a piece is run again. */
static void take(struct work *w, int64_t i, struct rt_unpack *u, bool *has)
{
    struct rt_buffer item = {0};
    rt_unpack_text(u, &item);
    if (i >= 0 && i < w->p->n && !has[i]) {
        struct rt_unpack of = rt_unpack_of(&item);
        unpack(w->p, i, &of);
        has[i] = rt_unpack_is_whole(&of);
    }
    rt_buffer_free(&item);
}

/* Reads parts from the checkpoint; all ranks learn of them, and they are not run again. */
static void restore(struct work *w)
{
    const struct rt_fit_parts *p = w->p;
    struct crnl_ctx *ctx = p->fit->ctx;
    struct rt_buffer all = {0}, data = {0};
    bool *has = rt_alloc((size_t)p->n, sizeof *has);
    for (int64_t i = 0; i < p->n; i++) {
        if (rt_checkpoint_take(ctx->checkpoint, p->checkpoint, i, &data)) {
            rt_pack_int(&all, i);
            rt_pack_text(&all, &data);
            rt_buffer_free(&data);
        }
    }
    if (ctx->world && ctx->options.resume) {
        rt_world_broadcast(ctx->world, &all);
    }
    for (struct rt_unpack u = rt_unpack_of(&all); u.at < u.end;) {
        int64_t i = rt_unpack_int(&u);
        take(w, i, &u, has);
    }
    for (int64_t i = 0; i < p->n; i++) {
        if (!has[i]) {
            w->number[w->n++] = i;
        }
    }
    free(has);
    rt_buffer_free(&all);
}

void rt_fit_run_parts(const struct rt_fit_parts *p, int threads)
{
    struct rt_world *world = p->fit->ctx->world;
    struct work w = {.p = p, .number = rt_alloc((size_t)p->n, sizeof *w.number)};
    restore(&w);
    threads = threads < p->n ? threads : (int)p->n;
    int64_t of_thread = threads > 0 ? (p->n + threads - 1) / threads : 1;
    w.side_by_side = of_thread < CRNL_LANES ? (int)of_thread : CRNL_LANES;
    struct rt_workers *workers = rt_workers_create(threads);
    if (world && p->n > 1) {
        const int64_t numbers[] = {p->fit->spec->statement, (int64_t)p->fit->count, p->kind, p->n};
        uint64_t hash = rt_hash(RT_HASH, numbers, sizeof numbers);
        const struct rt_share_work shared = {.n = w.n,
                                             .align = 1,
                                             .threads = 1,
                                             .beside = 1,
                                             .fingerprint =
                                                 rt_hash(hash, p->from, (size_t)p->fit->n * sizeof *p->from),
                                             .env = &w,
                                             .arrived = arrived,
                                             .look = look,
                                             .stopped = stopped};
        rt_share_begin(world, &shared, &w.share);
        rt_share_open(w.share, w.n);
        rt_workers_run(workers, threads, work, &w);
        rt_share_end(w.share);
        /* rank 0 receives signals, and then uses the results that exist */
    } else if (rt_world_rank(world) == 0) {
        rt_workers_run(workers, threads, work, &w);
    }
    if (world) {
        tell(p);
    }
    rt_workers_destroy(workers);
    free(w.number);
}

/* ---- Parts whose results are numbers ---- */

struct values {
    int64_t width;
    void (*run)(void *env, int64_t i, struct rt_meeting *m, double *out);
    void *env;
    double *out;
};

static void run_values(void *env, int64_t i, struct rt_meeting *m)
{
    struct values *v = env;
    v->run(v->env, i, m, v->out + i * v->width);
}

static void pack_values(void *env, int64_t i, struct rt_buffer *b)
{
    struct values *v = env;
    rt_pack(b, v->out + i * v->width, (size_t)v->width * sizeof *v->out);
}

static void unpack_values(void *env, int64_t i, struct rt_unpack *u)
{
    struct values *v = env;
    rt_unpack(u, v->out + i * v->width, (size_t)v->width * sizeof *v->out);
}

void rt_fit_run_values(struct rt_fit *fit, const struct rt_fit_start *best, enum rt_fit_kind kind, int64_t n,
                       int64_t width, void (*run)(void *env, int64_t i, struct rt_meeting *m, double *out),
                       void *env, double *out)
{
    struct values v = {width, run, env, out};
    int64_t part = fit->n_starts + (int64_t)kind; /* numbered after the parts of the starts */
    const struct rt_fit_parts p = {.fit = fit,
                                   .kind = kind,
                                   .n = n,
                                   .from = best->z,
                                   .checkpoint = rt_checkpoint_part(fit->checkpoint, part),
                                   .run = run_values,
                                   .pack = pack_values,
                                   .unpack = unpack_values,
                                   .env = &v};
    rt_fit_run_parts(&p, rt_threads(fit->ctx));
}
