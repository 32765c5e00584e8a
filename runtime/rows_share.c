/* Rows that are distributed over all ranks: the result of a row as bytes, which ranks send to rank 0, and
 * which rank runs which row. */
#include "rt_rows_share.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rt_checkpoint.h"
#include "rt_limit.h"

static void pack_unknown(const struct rt_row_values *v, struct rt_buffer *b)
{
    for (int32_t i = 0; i < v->n_stats; i++) {
        rt_pack_int(b, atomic_load(&v->is_unknown[i]));
    }
}

static void unpack_unknown(struct rt_row_values *v, struct rt_unpack *u)
{
    for (int32_t i = 0; i < v->n_stats; i++) {
        if (rt_unpack_int(u)) {
            atomic_store(&v->is_unknown[i], true);
        }
    }
}

void rt_row_pack(const struct rt_rows *rows, int64_t row, const struct rt_row_slot *s,
                 const struct rt_row_outcome *o, struct rt_buffer *b)
{
    const struct rt_row_values *v = rows->kept;
    size_t width = v->first[v->n_stats];
    rt_pack_error(b, &s->run->error);
    rt_pack_error(b, &o->of_values);
    rt_pack_text(b, &o->notes);
    rt_pack_text(b, &o->digits);
    pack_unknown(v, b);
    rt_pack(b, v->value + (size_t)row * width, width * sizeof *v->value);
    rt_pack(b, v->state + (size_t)row * v->n_state, v->n_state * sizeof *v->state);
    rt_waiting_pack(s->waiting, b);
}

/* Called on rank 0. */
bool rt_row_unpack(struct rt_rows *rows, int64_t row, struct rt_row_slot *s, struct rt_row_outcome *o)
{
    struct rt_row_values *v = rows->kept;
    struct rt_unpack u = rt_unpack_of(&s->arrived);
    size_t width = v->first[v->n_stats];
    rt_unpack_error(&u, &s->run->error);
    rt_unpack_error(&u, &o->of_values);
    rt_unpack_text(&u, &o->notes);
    rt_unpack_text(&u, &o->digits);
    unpack_unknown(v, &u);
    rt_unpack(&u, v->value + (size_t)row * width, width * sizeof *v->value);
    rt_unpack(&u, v->state + (size_t)row * v->n_state, v->n_state * sizeof *v->state);
    rt_waiting_free(s->waiting);
    s->waiting = rt_waiting_unpack(&u, s->run->file.n_keys + 1);
    return rt_unpack_is_whole(&u);
}

void rt_row_send(struct rt_rows *rows, int64_t row, struct rt_row_slot *s)
{
    struct rt_row_outcome o = {0};
    rt_row_finish(rows, row, s, &o);
    if (!atomic_load(&rows->stopping)) {
        struct rt_buffer data = {0};
        rt_row_pack(rows, row, s, &o, &data);
        rt_share_put(rows->share, row, &data);
    }
    rt_row_outcome_free(&o);
}

/* ---- Distribution ---- */

/* Called on rank 0 with the result of a row that this rank may not have reached yet. */
static void arrived(void *env, int64_t row, const char *data, size_t n)
{
    struct rt_rows *rows = env;
    struct rt_buffer copy = {0};
    rt_put_n(&copy, data, n);
    pthread_mutex_lock(&rows->mutex);
    if (row < rows->taken) { /* after a signal, rank 0 did not wait for it, and its slot is gone */
        rt_buffer_free(&copy);
    } else if (row < rows->filled) {
        struct rt_row_slot *s = *rt_row_slot_of(rows, row);
        if (s->done) {
            rt_buffer_free(&copy);
        } else {
            s->arrived = copy;
            s->done = true;
        }
    } else {
        rows->arrived[row % rows->ring_size] = copy;
    }
    rt_rows_collect(rows);
    pthread_mutex_unlock(&rows->mutex);
}

/* Called on rank 0: after a signal, or when the time limit is reached, the next row is no longer awaited if
 * another rank has it. */
static void look(void *env)
{
    struct rt_rows *rows = env;
    const struct crnl_ctx *ctx = rows->ctx;
    double most = ctx->options.max_seconds;
    if (!rt_cancelled(ctx) && !(most > 0 && rt_seconds() - ctx->start > most)) {
        return;
    }
    pthread_mutex_lock(&rows->mutex);
    bool is_missing = !rows->collecting && !rt_rows_next_is_done(rows) && rows->taken < rows->handed;
    struct rt_row_slot *s = is_missing ? *rt_row_slot_of(rows, rows->taken) : NULL;
    if (s && s->is_remote) {
        struct rt_recorder r;
        rt_recorder_init(&r, &s->run->job, 0);
        rt_check_limits(&r, s->run->job.t0);
        rt_fail(&s->run->error, r.error.status, "%s", r.error.text.data);
        rt_recorder_free(&r);
        s->done = true;
    }
    rt_rows_collect(rows);
    pthread_mutex_unlock(&rows->mutex);
}

static void stopped(void *env)
{
    struct rt_rows *rows = env;
    atomic_store(&rows->stopping, true);
    atomic_store(&rows->is_told, true);
    pthread_mutex_lock(&rows->mutex);
    for (int64_t i = rows->taken; i < rows->filled; i++) {
        atomic_store(&(*rt_row_slot_of(rows, i))->run->job.stop, true);
    }
    pthread_cond_broadcast(&rows->moved);
    pthread_mutex_unlock(&rows->mutex);
}

void rt_rows_begin_share(struct rt_rows *rows, const struct rt_job *job)
{
    const int64_t numbers[] = {rows->spec.statement, (int64_t)job->count, (int64_t)job->seed, rows->n_rows};
    struct rt_checkpoint *c = rows->ctx->checkpoint;
    int64_t first = 0;
    while (rt_checkpoint_has(c, rows->checkpoint, first)) {
        first++;
    }
    const struct rt_share_work work = {.n = rows->n_rows,
                                       .first = first,
                                       .align = 1,
                                       .threads = rows->n_threads,
                                       .beside = rt_rows_beside(rows),
                                       .fingerprint = rt_hash(RT_HASH, numbers, sizeof numbers),
                                       .ctx = rows->ctx,
                                       .line = rows->spec.line,
                                       .env = rows,
                                       .arrived = arrived,
                                       .look = look,
                                       .stopped = stopped};
    rows->arrived = rt_alloc((size_t)rows->ring_size, sizeof *rows->arrived);
    rt_share_begin(rows->ctx->world, &work, &rows->share);
    rt_share_open(rows->share, rows->ring_size);
}

/* Whether this rank runs the row. Rows between two claims of this rank belong to other ranks, so that each
 * row has exactly one rank. Rank 0 does not wait for a claim: the window of rows that can be claimed moves on
 * only when rank 0 passes rows of other ranks. */
bool rt_rows_is_own(struct rt_rows *rows, int64_t row)
{
    bool waits = rt_rows_is_other(rows);
    while (rows->share && row >= rows->end && !rows->is_over && !rt_share_is_claimed(rows->share, row)) {
        enum rt_claim claimed = rt_share_claim(rows->share, waits, &rows->first, &rows->end);
        rows->is_over = claimed == RT_CLAIM_OVER;
    }
    return !rows->share || (row >= rows->first && row < rows->end);
}

void rt_rows_tell(struct rt_rows *rows)
{
    struct rt_world *w = rows->ctx->world;
    struct rt_row_values *v = rows->kept;
    struct rt_buffer data = {0};
    size_t n = (size_t)v->n_rows, width = v->first[v->n_stats];
    if (rt_world_rank(w) == 0) {
        rt_pack_error(&data, &rows->error);
        rt_pack_int(&data, rows->complete);
        rt_pack_int(&data, rows->n_failed);
        rt_pack_int(&data, rows->first_failed);
        rt_pack_text(&data, &rows->failure);
        rt_pack_text(&data, &rows->first_key);
        pack_unknown(v, &data);
        rt_pack(&data, v->value, n * width * sizeof *v->value);
        rt_pack(&data, v->state, n * v->n_state * sizeof *v->state);
    }
    rt_world_broadcast(w, &data);
    if (rt_world_rank(w) > 0) {
        struct rt_unpack u = rt_unpack_of(&data);
        rt_error_free(&rows->error);
        rt_unpack_error(&u, &rows->error);
        rows->complete = rt_unpack_int(&u);
        rows->n_failed = rt_unpack_int(&u);
        rows->first_failed = rt_unpack_int(&u);
        rt_unpack_text(&u, &rows->failure);
        rt_unpack_text(&u, &rows->first_key);
        unpack_unknown(v, &u);
        rt_unpack(&u, v->value, n * width * sizeof *v->value);
        rt_unpack(&u, v->state, n * v->n_state * sizeof *v->state);
    }
    rt_buffer_free(&data);
}

void rt_rows_end_share(struct rt_rows *rows)
{
    enum { PATIENCE = 500 }; /* hundredths of a second */
    if (rows->share && !rt_rows_is_other(rows)) {
        rt_share_stop(rows->share);
        return;
    }
    for (int i = 0; rows->share && !atomic_load(&rows->is_told); i++) {
        if (i == PATIENCE) {
            rt_world_abort(rows->ctx->world, "rank %d: %s", rt_world_rank(rows->ctx->world),
                           crnl_error_text(rows->ctx));
        }
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
}
