/* Many runs over threads. Runs are handed out as workers become free and taken by the collector in order, by
 * whichever worker finishes the next one; a ring bounds how far workers may run ahead. */
#include <pthread.h>
#include <stdlib.h>

#include "rt_ctx.h"

enum { RING_PER_THREAD = 16, RING_VALUES = 1 << 27 }; /* rows of finished runs that wait take 1 GiB at most */

/* Room for one run of each thread at least. */
int64_t rt_ring_size(const struct rt_job *job, int threads)
{
    int64_t most = (int64_t)threads * RING_PER_THREAD;
    if (!job->has_rows || !job->fixed_grid) {
        return most;
    }
    const struct rt_grid grid = {.base = 0, .every = job->every, .end = job->duration};
    double values = (double)rt_grid_rows(&grid) * (1 + (double)job->n_columns);
    return values * (double)most <= RING_VALUES ? most
           : values * threads >= RING_VALUES    ? threads
                                                : (int64_t)(RING_VALUES / values);
}

struct ensemble {
    struct rt_job *job;
    struct rt_collector *collector;
    struct rt_error *error;
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    struct rt_recorder *ring;
    bool *done;
    int64_t ring_size, next, taken; /* next to hand out, next to collect */
    bool collecting;
};

/* -1: there is none, or no room for it. */
static int64_t next_run(struct ensemble *s, bool wait)
{
    while (wait && !atomic_load(&s->job->stop) && s->next < s->job->runs &&
           s->next >= s->taken + s->ring_size) {
        pthread_cond_wait(&s->moved, &s->mutex);
    }
    return !atomic_load(&s->job->stop) && s->next < s->job->runs && s->next < s->taken + s->ring_size
               ? s->next++
               : -1;
}

/* Holds the mutex on entry and exit, not while collecting. */
static void collect(struct ensemble *s)
{
    if (s->collecting) {
        return;
    }
    s->collecting = true;
    while (s->taken < s->next && s->done[s->taken % s->ring_size]) {
        int64_t at = s->taken % s->ring_size;
        pthread_mutex_unlock(&s->mutex);
        if (!s->error->status) {
            rt_collect_run(s->collector, &s->ring[at], s->error);
            if (s->error->status) {
                atomic_store(&s->job->stop, true);
            }
        }
        rt_recorder_free(&s->ring[at]);
        if (s->job->ctx && !s->job->is_row) {
            rt_progress_run(s->job->ctx, s->job->m->name, (double)(s->taken + 1) / (double)s->job->runs);
        }
        pthread_mutex_lock(&s->mutex);
        s->done[at] = false;
        s->taken++;
        pthread_cond_broadcast(&s->moved);
    }
    s->collecting = false;
}

static void done(void *ensemble, struct rt_recorder *r)
{
    struct ensemble *s = ensemble;
    pthread_mutex_lock(&s->mutex);
    s->done[r->run % s->ring_size] = true;
    collect(s);
    pthread_mutex_unlock(&s->mutex);
}

/* One that has been cancelled before it began is done. */
static struct rt_recorder *next(void *ensemble, bool wait)
{
    struct ensemble *s = ensemble;
    for (;;) {
        pthread_mutex_lock(&s->mutex);
        int64_t run = next_run(s, wait);
        pthread_mutex_unlock(&s->mutex);
        if (run < 0) {
            return NULL;
        }
        struct rt_recorder *r = &s->ring[run % s->ring_size];
        rt_recorder_init(r, s->job, run);
        if (!rt_check_limits(r, s->job->t0)) {
            return r;
        }
        done(s, r);
    }
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
        if (!rt_check_limits(&r, job->t0)) {
            method->run(workspace, &r);
        }
        rt_collect_run(c, &r, e);
        rt_recorder_free(&r);
    }
    rt_workspace_done(job, workspace);
    return e->status;
}

int rt_ensemble(struct rt_job *job, struct rt_collector *c, int threads, struct rt_error *e)
{
    if (job->runs == 1) {
        return run_alone(job, c, e);
    }
    if (threads > job->runs) {
        threads = (int)job->runs;
    }
    struct ensemble s = {.job = job, .collector = c, .error = e, .ring_size = rt_ring_size(job, threads)};
    pthread_mutex_init(&s.mutex, NULL);
    pthread_cond_init(&s.moved, NULL);
    s.ring = rt_alloc((size_t)s.ring_size, sizeof *s.ring);
    s.done = rt_alloc((size_t)s.ring_size, sizeof *s.done);
    pthread_t *thread = rt_alloc((size_t)threads, sizeof *thread);
    int started = 0;
    while (started < threads - 1 && pthread_create(&thread[started], NULL, work, &s) == 0) {
        started++;
    }
    work(&s); /* this thread is a worker too: with no other the runs still get done */
    for (int i = 0; i < started; i++) {
        pthread_join(thread[i], NULL);
    }
    for (int64_t i = s.taken; i < s.next; i++) {
        if (s.done[i % s.ring_size]) {
            rt_recorder_free(&s.ring[i % s.ring_size]);
        }
    }
    free(thread);
    free(s.ring);
    free(s.done);
    pthread_cond_destroy(&s.moved);
    pthread_mutex_destroy(&s.mutex);
    return e->status;
}
