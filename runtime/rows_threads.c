/* The threads of runs over rows: rows wait in a ring, whichever thread is free takes the next ones, and
 * whichever thread finishes the next row to collect collects rows. */
#include <stdlib.h>

#include "rt_estimate.h"
#include "rt_rows_share.h"

enum { MORE_WITHOUT_FILE = 4 };
enum { MOST_BESIDE = 32 }; /* rows that a thread runs side by side: of lanes that are taken again and again */
enum { ESTIMATED_BESIDE = 8 }; /* as many in an estimate, which leaves out the others: they fill the lanes */

/* Skips rows of other ranks, which are not handed out here. */
static void skip_remote(struct rt_rows *rows)
{
    while (rows->handed < rows->filled && (*rt_row_slot_of(rows, rows->handed))->is_remote) {
        rows->handed++;
    }
}

bool rt_rows_next_is_done(struct rt_rows *rows)
{
    skip_remote(rows);
    if (rows->taken == rows->handed) {
        return false;
    }
    struct rt_row_slot *s = *rt_row_slot_of(rows, rows->taken);
    if (!s->done && s->is_remote && atomic_load(&rows->stopping)) {
        rt_fail(&s->run->error, CRNL_CANCELLED, "not run");
        s->done = true;
    }
    return s->done;
}

void rt_rows_collect(struct rt_rows *rows)
{
    if (rows->collecting) {
        return;
    }
    rows->collecting = true;
    while (rt_rows_next_is_done(rows)) {
        struct rt_row_slot *s = *rt_row_slot_of(rows, rows->taken);
        pthread_mutex_unlock(&rows->mutex);
        if (rt_rows_is_other(rows)) {
            rt_row_send(rows, s->row, s);
        } else {
            rt_rows_collect_row(rows, s->row, s);
        }
        pthread_mutex_lock(&rows->mutex);
        rows->taken++;
        rt_row_free_slot(s);
        if (rows->share && !rt_rows_is_other(rows)) {
            rt_share_open(rows->share, rows->taken + rows->ring_size);
            if (atomic_load(&rows->stopping)) {
                rt_share_stop(rows->share);
            }
        }
        pthread_cond_broadcast(&rows->moved);
    }
    rows->collecting = false;
}

/* Prepares the only run of a row; returns whether it can run. */
static bool begin_run(struct rt_row_slot *s, void **workspace)
{
    *workspace = rt_workspace(&s->run->job, &s->run->error);
    if (s->run->error.status) {
        return false;
    }
    rt_recorder_init(&s->recorder, &s->run->job, 0);
    s->recorded = true;
    return !rt_check_limits(&s->recorder, s->run->job.t0);
}

/* Runs rows on this thread: several runs of a row as an ensemble, single ones side by side. */
static void simulate(const struct rt_rows *rows, struct rt_row_slot *const *s, int n)
{
    const struct crnl_method *method = rows->spec.method;
    void *workspace[MOST_BESIDE], *runs[MOST_BESIDE];
    struct rt_recorder *recorder[MOST_BESIDE];
    int n_runs = 0;
    for (int i = 0; i < n; i++) {
        workspace[i] = NULL;
        if (atomic_load(&rows->stopping)) {
            rt_fail(&s[i]->run->error, CRNL_CANCELLED, "not run");
        } else if (s[i]->run->error.status || s[i]->collector) {
            continue;
        } else if (s[i]->run->job.runs > 1) {
            s[i]->collector = rt_collector_create(&s[i]->run->job, &s[i]->run->file, &s[i]->run->error);
            if (!s[i]->run->error.status) {
                rt_ensemble(&s[i]->run->job, s[i]->collector, 1, &s[i]->run->error);
            }
        } else if (begin_run(s[i], &workspace[i])) {
            runs[n_runs] = workspace[i];
            recorder[n_runs++] = &s[i]->recorder;
        }
    }
    if (n_runs > 1 && method->run_beside) {
        method->run_beside(runs, recorder, n_runs);
    } else {
        for (int i = 0; i < n_runs; i++) {
            method->run(runs[i], recorder[i]);
        }
    }
    for (int i = 0; i < n; i++) {
        if (workspace[i]) {
            rt_workspace_done(&s[i]->run->job, workspace[i]);
        }
    }
}

/* Whether an estimate, which begins with one row, can afford a few at once. */
static bool are_estimated_beside(const struct rt_rows *rows)
{
    return rows->complete > 0 &&
           !rt_estimate_is_long(rows->ctx, rows->began, (double)ESTIMATED_BESIDE / (double)rows->complete);
}

int rt_rows_beside(const struct rt_rows *rows)
{
    int64_t threads = rows->n_threads < 1 ? 1 : rows->n_threads,
            part = (rows->n_rows + threads - 1) / threads, room = rows->ring_size / threads;
    part = part < room ? part : room;
    const struct crnl_method *method = rows->spec.method;
    bool may = method->run_beside && (!method->may_be_beside || method->may_be_beside(rows->n->m));
    bool few = rows->ctx->estimate != NULL;
    int64_t most = !may ? 1 : !few ? MOST_BESIDE : are_estimated_beside(rows) ? ESTIMATED_BESIDE : 1;
    return part < 1 ? 1 : (int)(part < most ? part : most);
}

bool rt_rows_work_on_next(struct rt_rows *rows)
{
    struct rt_row_slot *s[MOST_BESIDE];
    int n = 0, most = rt_rows_beside(rows);
    rt_rows_collect(rows);
    skip_remote(rows);
    for (; n < most && rows->handed < rows->filled; skip_remote(rows)) {
        s[n++] = *rt_row_slot_of(rows, rows->handed++);
        rows->waiting--;
    }
    if (n == 0) {
        return false;
    }
    pthread_mutex_unlock(&rows->mutex);
    simulate(rows, s, n);
    pthread_mutex_lock(&rows->mutex);
    for (int i = 0; i < n; i++) {
        s[i]->done = true;
    }
    rt_rows_collect(rows);
    return true;
}

/* Whether rows that wait are worth a thread's while: as many as go side by side, or all that there will
 * be. */
static bool are_enough(const struct rt_rows *rows)
{
    int most = rt_rows_beside(rows);
    return most == 1 || rows->closing || rows->waiting >= most ||
           rows->filled - rows->taken >= rows->ring_size;
}

static void *work(void *argument)
{
    struct rt_rows *rows = argument;
    pthread_mutex_lock(&rows->mutex);
    while (!rows->closing || rows->handed < rows->filled) {
        bool works = are_enough(rows) && rt_rows_work_on_next(rows);
        if (!works && !rows->closing && !(rows->handed < rows->filled && are_enough(rows))) {
            pthread_cond_wait(&rows->moved, &rows->mutex);
        }
    }
    pthread_mutex_unlock(&rows->mutex);
    return NULL;
}

void rt_rows_start_threads(struct rt_rows *rows, const struct rt_job *job)
{
    int n = rows->one_thread ? rt_threads(rows->ctx) : 1;
    rows->n_threads = n > rows->n_rows ? (int)rows->n_rows : n;
    int at_least = rows->n_threads < 1 ? 1 : rows->n_threads;
    if (rows->is_shared && rt_world_rank(rows->ctx->world) == 0) {
        at_least = rt_world_threads(rows->ctx->world);
    }
    rows->ring_size = rt_ring_size(job, at_least);
    if (!job->has_rows) { /* enough rows that a thread which waits for a processor does not stop the others */
        rows->ring_size *= MORE_WITHOUT_FILE;
    }
    if (rows->spec.sink && job->runs > 1) { /* the rows of all these runs wait at the same time */
        rows->ring_size = rows->ring_size / job->runs < at_least ? at_least : rows->ring_size / job->runs;
    }
    rows->ring = rt_alloc((size_t)rows->ring_size, sizeof *rows->ring);
    rows->thread = rt_alloc((size_t)rows->n_threads, sizeof *rows->thread);
    while (rows->started < rows->n_threads - 1 &&
           pthread_create(&rows->thread[rows->started], NULL, work, rows) == 0) {
        rows->started++;
    }
}

void rt_rows_wait_for_room(struct rt_rows *rows)
{
    pthread_mutex_lock(&rows->mutex);
    while (rows->filled - rows->taken >= rows->ring_size) {
        if (!rt_rows_work_on_next(rows) && rows->filled - rows->taken >= rows->ring_size) {
            pthread_cond_wait(&rows->moved, &rows->mutex);
        }
    }
    pthread_mutex_unlock(&rows->mutex);
}

void rt_rows_hand_out(struct rt_rows *rows)
{
    pthread_mutex_lock(&rows->mutex);
    struct rt_row_slot *s = *rt_row_slot_of(rows, rows->filled);
    if (s->is_kept) {
        s->done = true;
    } else if (s->is_remote && rows->arrived[rows->filled % rows->ring_size].n > 0) {
        s->arrived = rows->arrived[rows->filled % rows->ring_size];
        rows->arrived[rows->filled % rows->ring_size] = (struct rt_buffer){0};
        s->done = true;
    }
    rows->filled++;
    rows->waiting += !s->is_remote;
    pthread_cond_signal(&rows->moved);
    if (s->is_remote) {
        rt_rows_collect(rows);
    } else if (rows->started == 0 && rows->waiting >= rt_rows_beside(rows)) {
        rt_rows_work_on_next(rows);
    }
    pthread_mutex_unlock(&rows->mutex);
}
