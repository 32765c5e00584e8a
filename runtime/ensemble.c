/* Many runs over threads. Runs are handed out as workers become free and taken by the collector in order, by
 * whichever worker finishes the next one; a ring bounds how far workers may run ahead. */
#include <pthread.h>
#include <stdlib.h>

#include "rt_checkpoint.h"
#include "rt_estimate.h"
#include "rt_single.h"
#include "runtime/mpi/rt_pack.h"
#include "runtime/mpi/rt_share.h"

enum { RING_PER_THREAD = 16, RING_VALUES = 1 << 27 }; /* rows of finished runs that wait take 1 GiB at most */
enum { SHARED_VALUES = 1 << 23 };                     /* those of all ranks 64 MiB */
enum { BLOCKS_PER_RANK = 2 };                         /* of RT_BLOCK_RUNS, that are under way */
enum { ITEM_BYTES = 1 << 14 };                        /* that are put into a checkpoint together */
static const double ITEM_SECONDS = 1, BLOCK_SECONDS = 10; /* ... or for so long; or a block of sums */

static const double OF_ROW = 0.1; /* of what a statement may take in an estimate */

/* Room for one run of each thread at least. */
int64_t rt_ring_size(const struct rt_job *job, int threads)
{
    int64_t most = (int64_t)threads * RING_PER_THREAD;
    if (!job->has_rows || !job->fixed_grid) {
        return most;
    }
    const struct rt_grid grid = {.base = 0, .every = job->every, .end = job->duration};
    double values = (double)rt_grid_rows(&grid) * (1 + (double)job->n_columns);
    double room = job->is_shared ? SHARED_VALUES : RING_VALUES;
    return values * (double)most <= room ? most
           : values * threads >= room    ? threads
                                         : (int64_t)(room / values);
}

/* Runs that are handed out to all ranks (rt_share.h): rank 0 has a ring as if all were its own, in which
 * those of others arrive; another rank has one of its own runs, in the order in which it claims them, and
 * sends what it takes from there. */
enum role { ALONE, HEAD, OTHER };

struct ensemble {
    struct rt_job *job;
    struct rt_collector *collector;
    struct rt_error *error;
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    struct rt_recorder *ring;
    bool *done;
    int64_t ring_size, next, taken; /* next to hand out, next to collect: runs or, on other ranks, how many */
    bool collecting;
    enum role role;
    struct rt_share *share;
    int64_t first, end;              /* runs of this rank that are not begun */
    bool claiming, is_over;          /* is_over: there are no more for this rank */
    bool *own;                       /* [ring_size] rank 0: which slots are for runs of its own */
    int64_t n_own, most_own;         /* that are begun and not collected */
    enum rt_rows_needed rows;        /* that are packed, to be sent or for the checkpoint ... */
    struct rt_band block;            /* ... as sums, */
    struct rt_buffer packed;         /* with all of their block, */
    int64_t first_packed;            /* which begins with this run */
    bool is_aligned, is_whole_block; /* is_aligned: blocks are whole ones of RT_BLOCK_RUNS */
    bool is_slow;                    /* blocks of this rank take long */
    double block_began, kept_at;     /* in seconds: of the checkpoint */
    double began;                    /* of an estimate */
};

static bool stops(const struct ensemble *s)
{
    return atomic_load(&s->job->stop);
}

/* A block of runs for this rank; the mutex is held on entry and exit. */
static void claim(struct ensemble *s, bool wait)
{
    int64_t first, end;
    s->claiming = true;
    pthread_mutex_unlock(&s->mutex);
    enum rt_claim claimed = rt_share_claim(s->share, wait, &first, &end);
    pthread_mutex_lock(&s->mutex);
    s->claiming = false;
    if (claimed == RT_CLAIM_BLOCK) {
        s->first = first;
        s->end = end;
    }
    s->is_over |= claimed == RT_CLAIM_OVER;
    pthread_cond_broadcast(&s->moved);
}

/* One of all ranks; -1: there is none, or none now. */
static int64_t next_shared(struct ensemble *s, bool wait, int64_t *at)
{
    for (;;) {
        bool has_room = s->role == HEAD ? s->n_own < s->most_own : s->next < s->taken + s->ring_size;
        bool has_run = s->first < s->end;
        if (stops(s) || (!has_run && s->is_over)) {
            return -1;
        }
        if (has_run && has_room) {
            int64_t run = s->first++;
            *at = (s->role == HEAD ? run : s->next) % s->ring_size;
            s->own[*at] = true;
            s->next++;
            s->n_own++;
            return run;
        }
        if (!has_run && !s->claiming) {
            claim(s, wait);
            if (!wait && s->first >= s->end) {
                return -1;
            }
        } else if (wait) {
            pthread_cond_wait(&s->moved, &s->mutex);
        } else {
            return -1;
        }
    }
}

/* -1: there is none, or no room for it. */
static int64_t next_run(struct ensemble *s, bool wait, int64_t *at)
{
    if (s->role != ALONE) {
        return next_shared(s, wait, at);
    }
    while (wait && !stops(s) && s->next < s->job->runs && s->next >= s->taken + s->ring_size) {
        pthread_cond_wait(&s->moved, &s->mutex);
    }
    *at = s->next % s->ring_size;
    if (s->next > 1 && rt_estimate_is_enough(s->job->ctx, s->began, s->job->is_row ? OF_ROW : 1)) {
        return -1;
    }
    return !stops(s) && s->next < s->job->runs && s->next < s->taken + s->ring_size ? s->next++ : -1;
}

/* ---- Collecting ---- */

/* Of a run that is packed: rows that are not needed stay here, and those that the sums are needed of are
 * summed up with the block that they are of, unless another rank has done so. */
static void sum_up(struct ensemble *s, struct rt_recorder *r, bool ends)
{
    if (s->rows == RT_ROWS_FIRST && r->run > 0 && !r->error.status) {
        r->n_rows = 0;
    }
    if (s->rows != RT_ROWS_SUMS || !s->is_whole_block) {
        return;
    }
    if (!r->error.status && r->n_rows > 0) {
        rt_band_add(&s->block, (size_t)s->job->n_columns, r->row, r->n_rows);
        r->n_rows = 0;
    }
    if (ends && s->block.n > 0) {
        r->block = s->block;
        s->block = (struct rt_band){0};
    }
}

/* Whether a block ends with the run. */
static bool pack(struct ensemble *s, struct rt_recorder *r)
{
    bool begins = s->packed.n == 0, is_at_start = r->run % RT_BLOCK_RUNS == 0;
    bool ends = (r->run + 1) % RT_BLOCK_RUNS == 0 || r->run + 1 == s->job->runs || r->error.status;
    if (begins) {
        s->first_packed = r->run;
        bool is_sent = s->role == HEAD && !s->own[r - s->ring]; /* in sums, if it is of a whole block */
        s->is_whole_block = is_at_start && s->is_aligned && (is_sent || !s->is_slow);
    }
    sum_up(s, r, ends);
    rt_pack_recorder(&s->packed, r);
    return ends;
}

/* In the checkpoint: runs that came to their end, from the first one on. Of blocks that take long, runs
 * rather than sums. */
static void keep(struct ensemble *s, struct rt_recorder *r)
{
    double now = rt_seconds();
    if (s->packed.n == 0 && r->run % RT_BLOCK_RUNS == 0) {
        s->is_slow = !(s->block_began > 0 && now - s->block_began < BLOCK_SECONDS);
        s->block_began = now;
    }
    bool ends =
        pack(s, r) || (!s->is_whole_block && (s->packed.n > ITEM_BYTES || now - s->kept_at > ITEM_SECONDS));
    if (ends && !r->error.status) {
        rt_checkpoint_put(s->job->ctx->checkpoint, s->job->checkpoint, s->first_packed, &s->packed);
        s->kept_at = now;
    }
}

static void take(struct ensemble *s, struct rt_recorder *r)
{
    struct rt_job *job = s->job;
    if (s->role == OTHER) {
        if (!stops(s) && (pack(s, r) || !s->is_whole_block)) {
            rt_share_put(s->share, s->first_packed, &s->packed);
        }
        return;
    }
    if (!s->error->status) {
        if (job->checkpoint) {
            keep(s, r);
        }
        rt_collect_run(s->collector, r, s->error);
        if (s->error->status) {
            atomic_store(&job->stop, true);
            if (s->share) {
                rt_share_stop(s->share);
            }
        }
    }
    if (job->ctx && !job->is_row) {
        rt_progress_run(job->ctx, job->m->name, (double)(s->taken + 1) / (double)job->runs);
    }
}

/* Holds the mutex on entry and exit, not while collecting. */
static void collect(struct ensemble *s)
{
    if (s->collecting) {
        return;
    }
    s->collecting = true;
    while (s->done[s->taken % s->ring_size]) {
        int64_t at = s->taken % s->ring_size;
        pthread_mutex_unlock(&s->mutex);
        take(s, &s->ring[at]);
        rt_recorder_free(&s->ring[at]);
        pthread_mutex_lock(&s->mutex);
        s->done[at] = false;
        s->n_own -= s->own[at];
        s->own[at] = false;
        s->taken++;
        if (s->role == HEAD) {
            rt_share_open(s->share, s->taken + s->ring_size);
        }
        pthread_cond_broadcast(&s->moved);
    }
    s->collecting = false;
}

static void done(void *ensemble, struct rt_recorder *r)
{
    struct ensemble *s = ensemble;
    pthread_mutex_lock(&s->mutex);
    s->done[r - s->ring] = true;
    collect(s);
    pthread_mutex_unlock(&s->mutex);
}

/* One that has been cancelled before it began is done. */
static struct rt_recorder *next(void *ensemble, bool wait)
{
    struct ensemble *s = ensemble;
    for (;;) {
        int64_t at = 0;
        pthread_mutex_lock(&s->mutex);
        int64_t run = next_run(s, wait, &at);
        pthread_mutex_unlock(&s->mutex);
        if (run < 0) {
            return NULL;
        }
        struct rt_recorder *r = &s->ring[at];
        rt_recorder_init(r, s->job, run);
        if (!rt_check_limits(r, s->job->t0)) {
            return r;
        }
        done(s, r);
    }
}

/* ---- Other ranks ---- */

/* Rank 0: runs of another rank, one after the other. Those that came too late are not wanted. */
static void arrived(void *ensemble, int64_t run, const char *data, size_t n)
{
    struct ensemble *s = ensemble;
    struct rt_unpack u = {data, data + n};
    for (; u.at < u.end && !stops(s); run++) {
        struct rt_recorder *r = &s->ring[run % s->ring_size];
        rt_recorder_init(r, s->job, run);
        rt_unpack_recorder(&u, r);
        pthread_mutex_lock(&s->mutex);
        s->done[run % s->ring_size] = true;
        pthread_mutex_unlock(&s->mutex);
    }
    pthread_mutex_lock(&s->mutex);
    collect(s);
    pthread_mutex_unlock(&s->mutex);
}

/* Rank 0: after a signal, or when the time is over, runs that others have are not waited for. */
static void look(void *ensemble)
{
    struct ensemble *s = ensemble;
    const struct crnl_ctx *ctx = s->job->ctx;
    double most = ctx->options.max_seconds;
    if (!rt_cancelled(ctx) && !(most > 0 && rt_seconds() - ctx->start > most)) {
        return;
    }
    pthread_mutex_lock(&s->mutex);
    int64_t run = s->taken, at = run % s->ring_size;
    bool is_missing = !stops(s) && !s->collecting && run < s->job->runs && !s->done[at] && !s->own[at];
    s->collecting |= is_missing; /* to the end: nothing is taken any more */
    pthread_mutex_unlock(&s->mutex);
    if (is_missing) {
        struct rt_recorder r;
        rt_recorder_init(&r, s->job, run);
        rt_check_limits(&r, s->job->t0);
        rt_collect_run(s->collector, &r, s->error);
        rt_recorder_free(&r);
        atomic_store(&s->job->stop, true);
        rt_share_stop(s->share);
        pthread_mutex_lock(&s->mutex);
        pthread_cond_broadcast(&s->moved);
        pthread_mutex_unlock(&s->mutex);
    }
}

static void stopped(void *ensemble)
{
    struct ensemble *s = ensemble;
    atomic_store(&s->job->stop, true);
    pthread_mutex_lock(&s->mutex);
    pthread_cond_broadcast(&s->moved);
    pthread_mutex_unlock(&s->mutex);
}

static void *work(void *argument)
{
    struct ensemble *s = argument;
    const struct crnl_method *method = s->job->spec->method;
    const struct rt_runs runs = {next, done, s};
    struct rt_error failed = {0};
    struct rt_recorder *r;
    void *workspace = rt_workspace(s->job, &failed);
    if (!failed.status && method->run_many && method->run_many(workspace, &runs)) {
        rt_workspace_done(s->job, workspace);
        return NULL;
    }
    while ((r = next(s, true)) != NULL) {
        if (failed.status) {
            rt_fail(&r->error, failed.status, "%s", failed.text.data);
        } else {
            method->run(workspace, r);
        }
        done(s, r);
    }
    rt_workspace_done(s->job, workspace);
    rt_error_free(&failed);
    return NULL;
}

static int run_alone(struct rt_job *job, struct rt_collector *c, struct rt_error *e)
{
    const struct crnl_method *method = job->spec->method;
    void *workspace = rt_workspace(job, e);
    if (!e->status) {
        struct rt_recorder r;
        rt_recorder_init(&r, job, 0);
        r.collector = c;
        bool is_over;
        rt_estimate_single_begin(job->ctx);
        if (!rt_single_begin(&r, &is_over) && !is_over && !rt_check_limits(&r, job->t0)) {
            method->run(workspace, &r);
        }
        rt_single_end(&r, !is_over);
        rt_estimate_single_end(job->ctx, job->spec->line, job->m->name, r.error.status == CRNL_LIMIT);
        rt_collect_run(c, &r, e);
        rt_recorder_free(&r);
    }
    rt_workspace_done(job, workspace);
    return e->status;
}

/* ---- The whole ---- */

/* All ranks do this at the same place of the program. */
static uint64_t fingerprint(const struct rt_job *job)
{
    const int64_t numbers[] = {job->spec->statement, (int64_t)job->count, (int64_t)job->seed, job->runs};
    uint64_t hash = rt_hash(RT_HASH, numbers, sizeof numbers);
    hash = rt_hash(hash, job->x0, (size_t)job->m->n_species * sizeof *job->x0);
    return rt_hash(hash, job->param, (size_t)job->m->n_params * sizeof *job->param);
}

static void size_ring(struct ensemble *s, int threads)
{
    const struct rt_job *job = s->job;
    struct rt_world *w = job->is_shared ? job->ctx->world : NULL;
    int64_t blocks = BLOCKS_PER_RANK * (int64_t)RT_BLOCK_RUNS * rt_world_size(w);
    s->ring_size = s->most_own = rt_ring_size(job, threads);
    s->rows = rt_rows_needed(job, job->option[CRNL_OPTION_SUMMARY].integer != 0);
    s->is_aligned = s->rows == RT_ROWS_SUMS && job->runs >= 2 * blocks;
    if (!w) {
        return;
    }
    s->role = rt_world_rank(w) == 0 ? HEAD : OTHER;
    if (s->role == HEAD) {
        int64_t all = rt_ring_size(job, rt_world_threads(w));
        s->ring_size = s->is_aligned && all < blocks ? blocks : all;
    }
}

static void begin_share(struct ensemble *s, int threads)
{
    const struct rt_share_work work = {.n = s->job->runs,
                                       .first = s->taken,
                                       .align = s->is_aligned ? RT_BLOCK_RUNS : 1,
                                       .threads = threads,
                                       .fingerprint = fingerprint(s->job),
                                       .ctx = s->job->ctx,
                                       .line = s->job->spec->line,
                                       .env = s,
                                       .arrived = arrived,
                                       .look = look,
                                       .stopped = stopped};
    rt_share_begin(s->job->ctx->world, &work, &s->share);
    rt_share_open(s->share, s->taken + s->ring_size);
}

/* An estimate goes on with the runs that it has. */
static void end_estimate(struct ensemble *s)
{
    struct rt_job *job = s->job;
    if (!job->ctx || !job->ctx->estimate) {
        return;
    }
    double done = (double)rt_collector_complete(s->collector), all = (double)job->runs;
    done += s->error->status ? rt_estimate_part(job->ctx) : 0;
    const struct rt_pieces p = {"runs", job->m->name, done, all, all};
    if (!job->is_row) {
        rt_estimate_add(job->ctx, job->spec->line, s->began, &p);
    }
    if (!s->error->status) {
        job->runs = s->taken;
        rt_collector_cut(s->collector);
    }
}

/* Runs that the checkpoint has. */
static void restore(struct ensemble *s)
{
    struct rt_checkpoint *c = s->job->checkpoint ? s->job->ctx->checkpoint : NULL;
    struct rt_buffer data = {0};
    while (!s->error->status && rt_checkpoint_take(c, s->job->checkpoint, s->taken, &data)) {
        struct rt_unpack u = {data.data, data.data + data.n};
        for (; u.at < u.end && !s->error->status; s->taken++) {
            struct rt_recorder r;
            rt_recorder_init(&r, s->job, s->taken);
            rt_unpack_recorder(&u, &r);
            rt_collect_run(s->collector, &r, s->error);
            rt_recorder_free(&r);
        }
        rt_buffer_free(&data);
    }
    s->next = s->taken;
}

int rt_ensemble(struct rt_job *job, struct rt_collector *c, int threads, struct rt_error *e)
{
    if (job->ctx && job->ctx->checkpoint && !job->is_row) {
        job->checkpoint = rt_checkpoint_statement(job->ctx, fingerprint(job), e);
    }
    if (e->status && !job->is_shared) {
        return e->status;
    }
    if (job->runs == 1) {
        return run_alone(job, c, e);
    }
    if (threads > job->runs) {
        threads = (int)job->runs;
    }
    struct ensemble s = {.job = job, .collector = c, .error = e};
    size_ring(&s, threads);
    pthread_mutex_init(&s.mutex, NULL);
    pthread_cond_init(&s.moved, NULL);
    s.ring = rt_alloc((size_t)s.ring_size, sizeof *s.ring);
    s.done = rt_alloc((size_t)s.ring_size, sizeof *s.done);
    s.own = rt_alloc((size_t)s.ring_size, sizeof *s.own);
    restore(&s);
    s.began = rt_estimate_now(job->ctx);
    if (job->is_shared) {
        begin_share(&s, threads);
    }
    pthread_t *thread = rt_alloc((size_t)threads, sizeof *thread);
    int started = 0;
    while (started < threads - 1 && pthread_create(&thread[started], NULL, work, &s) == 0) {
        started++;
    }
    work(&s); /* this thread is a worker too: with no other the runs still get done */
    for (int i = 0; i < started; i++) {
        pthread_join(thread[i], NULL);
    }
    if (s.share) {
        rt_share_end(s.share);
    }
    end_estimate(&s);
    for (int64_t i = 0; i < s.ring_size; i++) {
        if (s.done[i]) {
            rt_recorder_free(&s.ring[i]);
        }
    }
    rt_band_free(&s.block);
    rt_buffer_free(&s.packed);
    free(thread);
    free(s.ring);
    free(s.done);
    free(s.own);
    pthread_cond_destroy(&s.moved);
    pthread_mutex_destroy(&s.mutex);
    return e->status;
}

void rt_ensemble_tell(const struct rt_job *job, struct rt_result *result, struct rt_error *e)
{
    if (!job->is_shared) {
        return;
    }
    struct rt_world *w = job->ctx->world;
    struct rt_buffer data = {0};
    if (rt_world_rank(w) == 0) {
        rt_pack_error(&data, e);
        rt_pack_result(&data, job->m, result);
    }
    rt_world_broadcast(w, &data);
    if (rt_world_rank(w) > 0) {
        struct rt_unpack u = {data.data, data.data + data.n};
        rt_unpack_error(&u, e);
        rt_unpack_result(&u, job->m, result);
    }
    rt_buffer_free(&data);
}
