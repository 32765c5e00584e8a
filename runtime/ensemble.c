/* Many runs on several threads. Runs are handed out when workers become free, and whichever worker finishes
 * the next run passes runs to the collector in order; a ring bounds how far workers may run ahead. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "rt_bundle.h"
#include "rt_checkpoint.h"
#include "rt_estimate.h"
#include "rt_single.h"
#include "runtime/mpi/rt_share.h"

enum { RING_PER_THREAD = 16, RING_VALUES = 1 << 27 }; /* rows of waiting finished runs take at most 1 GiB */
enum { SHARED_VALUES = 1 << 23 };                     /* those of all ranks take at most 64 MiB */
enum { LEAST_BLOCKS = 4 };       /* blocks of RT_BLOCK_RUNS per rank for which whole blocks are handed out */
enum { MOST_BYTES = 1 << 26 };   /* bytes of bundles that wait for earlier runs */
enum { BUNDLE_BYTES = 1 << 16 }; /* a bundle is sent or kept when it has this size, ... */
static const double BUNDLE_SECONDS = 1, BLOCK_SECONDS = 10; /* ... or after this time; and the time of a block
                                                               of sums */

static const double OF_ROW = 0.1; /* share of the time that a statement may take in an estimate */

/* The ring has room for at least one run of each thread. */
static int64_t ring_size(const struct rt_job *job, int threads, int64_t of_thread)
{
    int64_t most = threads * of_thread;
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

int64_t rt_ring_size(const struct rt_job *job, int threads)
{
    return ring_size(job, threads, RING_PER_THREAD);
}

/* Runs on a graphics processor end in another order than they began in, many at a time. */
static int64_t ring_of_runs(const struct rt_job *job, int threads)
{
    return ring_size(job, threads, job->gpu_lanes > 0 ? 2 * (int64_t)job->gpu_lanes : RING_PER_THREAD);
}

/* Runs that are distributed over all ranks (rt_share.h): each rank has a ring of its own runs, in the order
 * of its claims, and makes bundles of the runs that it takes from there. Other ranks send the bundles; rank
 * 0 collects its own and those of others in the order of their runs. */
enum role { ALONE, HEAD, OTHER };

/* A bundle that waits at rank 0 for earlier runs; a bundle of 0 runs is followed by a run that has failed. */
struct arrival {
    int64_t run;
    struct rt_buffer bundle;
};

struct ensemble {
    struct rt_job *job;
    struct rt_collector *collector;
    struct rt_error *error;
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    bool is_single;                 /* one thread alone uses it: short runs would often lock it for nothing */
    struct rt_recorder *ring;       /* [ring_size] each is used again and again; job NULL: not yet */
    bool *done, *ends;              /* [ring_size] ends: the run is the last of those claimed together */
    int64_t *run;                   /* [ring_size] number of the run */
    int64_t ring_size, next, taken; /* runs of this rank, counted: next to hand out, next to take */
    bool collecting;
    enum role role;
    struct rt_share *share;
    int64_t first, end;     /* runs of this rank that have not begun */
    bool claiming, is_over; /* is_over: no runs are left for this rank */
    /* Bundles: of other ranks, and for the checkpoint. */
    struct rt_bundle bundle;
    bool makes_bundles, is_aligned;   /* is_aligned: whole blocks are handed out */
    bool keeps, is_slow;              /* keeps: there is a checkpoint; is_slow: blocks take so long that
                                         single runs are kept */
    double block_began, bundle_began; /* in seconds */
    /* Rank 0, or alone: */
    int64_t collected; /* number of runs, from the first one on */
    int64_t window;    /* number of runs after that which may be claimed */
    bool merging;
    struct arrival *arrival;                /* [n_arrivals] */
    size_t n_arrivals, cap_arrivals, bytes; /* bytes: of all arrivals */
    double began;                           /* start of an estimate */
};

static void lock(struct ensemble *s)
{
    if (!s->is_single) {
        pthread_mutex_lock(&s->mutex);
    }
}

static void unlock(struct ensemble *s)
{
    if (!s->is_single) {
        pthread_mutex_unlock(&s->mutex);
    }
}

static bool stops(const struct ensemble *s)
{
    return atomic_load(&s->job->stop);
}

/* Claims a block of runs for this rank; the mutex is held on entry and exit. */
static void claim(struct ensemble *s, bool wait)
{
    int64_t first, end;
    s->claiming = true;
    unlock(s);
    enum rt_claim claimed = rt_share_claim(s->share, wait, &first, &end);
    lock(s);
    s->claiming = false;
    if (claimed == RT_CLAIM_BLOCK) {
        s->first = first;
        s->end = end;
    }
    s->is_over |= claimed == RT_CLAIM_OVER;
    pthread_cond_broadcast(&s->moved);
}

/* The next run; -1: there is none, or there is no room for it or none available now. */
static int64_t next_run(struct ensemble *s, bool wait, int64_t *at)
{
    if (s->next > 1 && rt_estimate_is_enough(s->job->ctx, s->began, s->job->is_row ? OF_ROW : 1)) {
        return -1;
    }
    for (;;) {
        bool has_room = s->next < s->taken + s->ring_size;
        bool has_run = s->first < s->end;
        if (stops(s) || (!has_run && s->is_over)) {
            return -1;
        }
        if (has_run && has_room) {
            *at = s->next++ % s->ring_size;
            s->ends[*at] = s->first + 1 == s->end;
            s->run[*at] = s->first;
            return s->first++;
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

/* ---- Collecting ---- */

static void end_all(struct ensemble *s)
{
    atomic_store(&s->job->stop, true);
    if (s->share) {
        rt_share_stop(s->share);
    }
}

static void tell_progress(struct ensemble *s)
{
    const struct rt_job *job = s->job;
    if (job->ctx && !job->is_row) {
        rt_progress_run(job->ctx, job->m->name, (double)s->collected / (double)job->runs);
    }
}

static void collect_run(struct ensemble *s, struct rt_recorder *r)
{
    rt_collect_run(s->collector, r, s->error);
    s->collected++;
    tell_progress(s);
}

/* Collects a bundle of the next runs. */
static void collect_bundle(struct ensemble *s, const struct rt_buffer *bundle)
{
    int64_t n;
    memcpy(&n, bundle->data, sizeof n);
    if (n > 0) {
        s->collected += rt_collect_bundle(s->collector, bundle, s->error);
    } else {
        struct rt_unpack u = {.at = bundle->data + sizeof n, .end = bundle->data + bundle->n};
        struct rt_recorder r;
        rt_recorder_init(&r, s->job, s->collected);
        rt_unpack_recorder(&u, &r);
        rt_collect_run(s->collector, &r, s->error);
        rt_recorder_free(&r);
    }
    tell_progress(s);
}

/* Rank 0: collects bundles of the next runs that have arrived. The mutex is held on entry and exit, but not
 * while collecting. */
static void merge(struct ensemble *s)
{
    if (s->merging) {
        return;
    }
    s->merging = true;
    for (size_t i = 0; i < s->n_arrivals && !s->error->status; i++) {
        if (s->arrival[i].run != s->collected) {
            continue;
        }
        struct rt_buffer bundle = s->arrival[i].bundle;
        s->arrival[i] = s->arrival[--s->n_arrivals];
        s->bytes -= bundle.n;
        unlock(s);
        int64_t run = s->collected;
        collect_bundle(s, &bundle);
        if (s->error->status) {
            end_all(s);
        } else if (s->keeps) {
            rt_checkpoint_put(s->job->ctx->checkpoint, s->job->checkpoint, run, &bundle);
        }
        rt_buffer_free(&bundle);
        lock(s);
        i = (size_t)-1; /* restart the loop */
    }
    s->merging = false;
    if (s->bytes < MOST_BYTES) {
        rt_share_open(s->share, s->collected + s->window);
    }
    pthread_cond_broadcast(&s->moved);
}

/* Rank 0: adds an arrival, and takes over its bytes. */
static void arrive(struct ensemble *s, int64_t run, struct rt_buffer *bundle)
{
    lock(s);
    if (stops(s)) { /* too late: the ensemble is ending */
        rt_buffer_free(bundle);
    } else {
        RT_GROW(s->arrival, s->n_arrivals, s->cap_arrivals);
        s->arrival[s->n_arrivals++] = (struct arrival){run, *bundle};
        s->bytes += bundle->n;
        *bundle = (struct rt_buffer){0};
        merge(s);
    }
    unlock(s);
}

/* ---- Bundles ---- */

static void deliver(struct ensemble *s, int64_t run, struct rt_buffer *bundle)
{
    if (s->role == OTHER) {
        if (!stops(s)) {
            rt_share_put(s->share, run, bundle);
        }
    } else if (s->role == HEAD) {
        arrive(s, run, bundle);
    } else {
        rt_checkpoint_put(s->job->ctx->checkpoint, s->job->checkpoint, run, bundle);
    }
    rt_buffer_free(bundle);
}

static void write_bundle(struct ensemble *s)
{
    struct rt_buffer bundle = {0};
    int64_t run = s->bundle.first;
    if (s->bundle.n > 0) {
        rt_bundle_write(&s->bundle, &bundle);
        deliver(s, run, &bundle);
    }
}

/* Delivers a failed run. Without other ranks this is not needed, because nothing of it is kept. */
static void deliver_failed(struct ensemble *s, const struct rt_recorder *r)
{
    struct rt_buffer bundle = {0};
    if (s->role != ALONE) {
        rt_pack_int(&bundle, 0);
        rt_pack_recorder(&bundle, r);
        deliver(s, r->run, &bundle);
    }
}

/* Adds a run to the bundle. If blocks take long, single runs are kept rather than sums. */
static void add_to_bundle(struct ensemble *s, struct rt_recorder *r, bool ends)
{
    double now = rt_seconds();
    if (r->run % RT_BLOCK_RUNS == 0) {
        s->is_slow = s->keeps && !(s->block_began > 0 && now - s->block_began < BLOCK_SECONDS);
        s->block_began = now;
    }
    if (s->bundle.n == 0) {
        s->bundle_began = now;
    }
    rt_bundle_add(&s->bundle, r, s->is_aligned && !s->is_slow);
    bool waits = s->is_aligned && !s->keeps; /* the way blocks are handed out bounds their time */
    bool is_old = !waits && now - s->bundle_began > BUNDLE_SECONDS;
    bool is_large = rt_bundle_bytes(&s->bundle) > BUNDLE_BYTES;
    if (ends || r->run + 1 == s->job->runs || ((is_large || is_old) && !s->bundle.in_block)) {
        write_bundle(s);
    }
}

static void take(struct ensemble *s, struct rt_recorder *r, bool ends)
{
    if (s->role == ALONE && !s->error->status) {
        collect_run(s, r);
        if (s->error->status) {
            end_all(s);
        }
    }
    if (!s->makes_bundles || (s->role == ALONE && s->error->status && !r->error.status)) {
        return;
    }
    if (r->error.status) {
        write_bundle(s);
        deliver_failed(s, r);
    } else {
        add_to_bundle(s, r, ends);
    }
}

/* The mutex is held on entry and exit, but not while collecting. */
static void collect(struct ensemble *s)
{
    if (s->collecting) {
        return;
    }
    s->collecting = true;
    while (s->done[s->taken % s->ring_size]) {
        int64_t at = s->taken % s->ring_size;
        unlock(s);
        take(s, &s->ring[at], s->ends[at]);
        rt_recorder_clear(&s->ring[at]);
        lock(s);
        s->done[at] = false;
        s->taken++;
        pthread_cond_broadcast(&s->moved);
    }
    s->collecting = false;
}

static void done(void *ensemble, struct rt_recorder *r)
{
    struct ensemble *s = ensemble;
    lock(s);
    s->done[r - s->ring] = true;
    collect(s);
    unlock(s);
}

/* A run that was cancelled before it began is complete. */
static struct rt_recorder *next(void *ensemble, bool wait)
{
    struct ensemble *s = ensemble;
    for (;;) {
        int64_t at = 0;
        lock(s);
        int64_t run = next_run(s, wait, &at);
        unlock(s);
        if (run < 0) {
            return NULL;
        }
        struct rt_recorder *r = &s->ring[at];
        if (!r->job) {
            rt_recorder_init(r, s->job, run);
        }
        r->run = run;
        if (!rt_check_limits(r, s->job->t0)) {
            return r;
        }
        done(s, r);
    }
}

/* ---- Other ranks ---- */

/* Rank 0: called for a bundle of another rank. */
static void arrived(void *ensemble, int64_t run, const char *data, size_t n)
{
    struct rt_buffer bundle = {0};
    rt_put_n(&bundle, data, n);
    arrive(ensemble, run, &bundle);
    rt_buffer_free(&bundle);
}

/* Rank 0, with the mutex held: whether the next run to collect is one that this rank has begun or will
 * begin, or one of its bundles. */
static bool is_own(const struct ensemble *s, int64_t run)
{
    bool found = (s->bundle.n > 0 && s->bundle.first == run) || (s->first < s->end && s->first == run);
    for (size_t i = 0; i < s->n_arrivals && !found; i++) {
        found = s->arrival[i].run == run;
    }
    for (int64_t i = s->taken; i < s->next && !found; i++) {
        found = s->run[i % s->ring_size] == run;
    }
    return found;
}

/* Rank 0: after a signal, or when the time is over, stops waiting for runs of other ranks. */
static void look(void *ensemble)
{
    struct ensemble *s = ensemble;
    const struct crnl_ctx *ctx = s->job->ctx;
    double most = ctx->options.max_seconds;
    if (!rt_cancelled(ctx) && !(most > 0 && rt_seconds() - ctx->start > most)) {
        return;
    }
    lock(s);
    bool is_missing =
        !stops(s) && !s->collecting && !s->merging && s->collected < s->job->runs && !is_own(s, s->collected);
    s->merging |= is_missing; /* until the end: nothing more is collected */
    unlock(s);
    if (is_missing) {
        struct rt_recorder r;
        rt_recorder_init(&r, s->job, s->collected);
        rt_check_limits(&r, s->job->t0);
        rt_collect_run(s->collector, &r, s->error);
        rt_recorder_free(&r);
        end_all(s);
        lock(s);
        pthread_cond_broadcast(&s->moved);
        unlock(s);
    }
}

static void stopped(void *ensemble)
{
    struct ensemble *s = ensemble;
    atomic_store(&s->job->stop, true);
    lock(s);
    pthread_cond_broadcast(&s->moved);
    unlock(s);
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

/* A hash of the statement and its inputs: all ranks must be at the same place of the program. */
static uint64_t fingerprint(const struct rt_job *job)
{
    const int64_t numbers[] = {job->spec->statement, (int64_t)job->count, (int64_t)job->seed, job->runs};
    uint64_t hash = rt_hash(RT_HASH, numbers, sizeof numbers);
    hash = rt_hash(hash, job->x0, (size_t)job->m->n_species * sizeof *job->x0);
    return rt_hash(hash, job->param, (size_t)job->m->n_params * sizeof *job->param);
}

/* How many runs after the next one to collect may be claimed, so that there is room for their results,
 * unless these are sums, for which MOST_BYTES is the bound. */
static int64_t window(const struct ensemble *s, int64_t all_threads)
{
    const struct rt_job *job = s->job;
    int64_t least = ring_of_runs(job, (int)all_threads), width = 1;
    for (int32_t i = 0; i < job->m->n_stats; i++) {
        width += crnl_stat_width(&job->m->stat[i]);
    }
    bool has_rows = s->bundle.rows == RT_ROWS_ALL || (s->bundle.rows == RT_ROWS_SUMS && !s->is_aligned);
    int64_t most = SHARED_VALUES / width;
    return has_rows || most < least ? least : most;
}

static void set_role(struct ensemble *s, int threads)
{
    const struct rt_job *job = s->job;
    struct rt_world *w = job->is_shared ? job->ctx->world : NULL;
    enum rt_rows_needed rows = rt_rows_needed(job, job->option[CRNL_OPTION_SUMMARY].integer != 0);
    s->role = !w ? ALONE : rt_world_rank(w) == 0 ? HEAD : OTHER;
    if (job->gpu_lanes > 0) {
        rt_gpu_share(s->job, threads);
    }
    s->ring_size = ring_of_runs(job, threads);
    s->keeps = s->role == OTHER ? job->ctx->options.checkpoint != NULL : job->checkpoint != 0;
    s->makes_bundles = w || s->keeps;
    rt_bundle_init(&s->bundle, job, rows);
    s->is_aligned = rt_bundle_has_sums(&s->bundle) && rows != RT_ROWS_ALL &&
                    job->runs >= LEAST_BLOCKS * (int64_t)RT_BLOCK_RUNS * rt_world_size(w);
    s->window = w ? window(s, rt_world_threads(w)) : 0;
}

static void begin_share(struct ensemble *s, int threads)
{
    const struct rt_share_work work = {.n = s->job->runs,
                                       .first = s->collected,
                                       .align = s->is_aligned ? RT_BLOCK_RUNS : 1,
                                       .threads = threads,
                                       .beside = 1,
                                       .fingerprint = fingerprint(s->job),
                                       .ctx = s->job->ctx,
                                       .line = s->job->spec->line,
                                       .env = s,
                                       .arrived = arrived,
                                       .look = look,
                                       .stopped = stopped};
    rt_share_begin(s->job->ctx->world, &work, &s->share);
    rt_share_open(s->share, s->collected + s->window);
}

/* Ends the ensemble of an estimate with the runs so far. */
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
        job->runs = s->collected;
        rt_collector_cut(s->collector);
    }
}

/* Restores the runs that the checkpoint has. */
static void restore(struct ensemble *s)
{
    struct rt_checkpoint *c = s->job->checkpoint ? s->job->ctx->checkpoint : NULL;
    struct rt_buffer bundle = {0};
    while (!s->error->status && rt_checkpoint_take(c, s->job->checkpoint, s->collected, &bundle)) {
        s->collected += rt_collect_bundle(s->collector, &bundle, s->error);
        rt_buffer_free(&bundle);
    }
}

static void free_ensemble(struct ensemble *s)
{
    for (int64_t i = 0; i < s->ring_size; i++) {
        if (s->ring[i].job) {
            rt_recorder_free(&s->ring[i]);
        }
    }
    for (size_t i = 0; i < s->n_arrivals; i++) {
        rt_buffer_free(&s->arrival[i].bundle);
    }
    free(s->arrival);
    rt_bundle_free(&s->bundle);
    free(s->ring);
    free(s->done);
    free(s->ends);
    free(s->run);
    pthread_cond_destroy(&s->moved);
    pthread_mutex_destroy(&s->mutex);
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
    set_role(&s, threads);
    s.is_single = threads == 1 && s.role == ALONE;
    pthread_mutex_init(&s.mutex, NULL);
    pthread_cond_init(&s.moved, NULL);
    s.ring = rt_alloc((size_t)s.ring_size, sizeof *s.ring);
    s.done = rt_alloc((size_t)s.ring_size, sizeof *s.done);
    s.ends = rt_alloc((size_t)s.ring_size, sizeof *s.ends);
    s.run = rt_alloc((size_t)s.ring_size, sizeof *s.run);
    restore(&s);
    s.began = rt_estimate_now(job->ctx);
    if (job->is_shared) {
        begin_share(&s, threads);
    } else {
        s.first = s.collected;
        s.end = job->runs;
        s.is_over = true;
    }
    if (e->status) {
        end_all(&s);
    }
    pthread_t *thread = rt_alloc((size_t)threads, sizeof *thread);
    int started = 0;
    while (started < threads - 1 && pthread_create(&thread[started], NULL, work, &s) == 0) {
        started++;
    }
    work(&s); /* this thread is a worker too, so runs are executed even if no thread can be created */
    for (int i = 0; i < started; i++) {
        pthread_join(thread[i], NULL);
    }
    if (s.share) {
        rt_share_end(s.share);
    }
    end_estimate(&s);
    free(thread);
    free_ensemble(&s);
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
        struct rt_unpack u = rt_unpack_of(&data);
        rt_unpack_error(&u, e);
        rt_unpack_result(&u, job->m, result);
    }
    rt_buffer_free(&data);
}
