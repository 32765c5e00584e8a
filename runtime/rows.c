/* Runs over rows. The experiment goes through the rows in order and binds the values of each; a row that has
 * been prepared is constant, and runs on whichever thread is free. Whichever thread finishes the next row
 * collects rows in order, so that files and values do not depend on threads; a ring bounds how far threads
 * run ahead. A row with several runs is an ensemble of its own, on a single thread if there are many rows,
 * otherwise on all threads. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "rt_events.h"
#include "rt_gradient.h"
#include "rt_limit.h"
#include "rt_checkpoint.h"
#include "rt_estimate.h"
#include "rt_rows_share.h"

enum { ROWS_PER_THREAD = 4 }; /* this many rows keep all threads busy nearly to the end */

bool rt_rows_have_file(const struct rt_rows *rows)
{
    return rows->sink != NULL;
}

void rt_rows_refuse(struct rt_rows *rows, struct rt_error *e)
{
    if (e->status) {
        rt_fail(&rows->bound, e->status, "%s", e->text.data);
    }
    rt_error_free(e);
}

/* Copies what the job shares with the network and the arguments, which change with the next row. */
static void own_data(struct rt_row_slot *s, const struct rt_network *n)
{
    const struct crnl_model *m = n->m;
    struct rt_job *job = &s->run->job;
    if (job->memory) {
        job->memory = s->memory = rt_copy(n->memory, rt_memory_size(m), sizeof *s->memory);
    }
}

static void open_file(struct rt_rows *rows, struct rt_row_slot *s)
{
    const struct crnl_rows_spec *spec = rows->spec.rows;
    struct rt_file_request *file = &s->run->file;
    bool elsewhere = rows->ctx->options.mute && rows->spec.sink;
    if (!(file->sink || elsewhere) || s->run->error.status) {
        return;
    }
    if (!spec->own_files) {
        file->n_keys = spec->n_sources;
        file->key_name = spec->name;
        file->key = s->key;
    }
    s->direct = *file;
    if (!spec->own_files && !elsewhere) {
        if (!rows->sink) {
            rows->sink = rt_collector_open(&s->run->job, file, &s->run->error);
        }
        file->open = rows->sink;
    }
    bool together = s->run->job.runs > 1 && rows->one_thread && !spec->own_files;
    if (elsewhere || together || rows->checkpoint) {
        s->waiting = rt_waiting_create(spec->own_files ? 1 : spec->n_sources + 1);
        file->sink = &rt_waiting_sink;
        file->open = s->waiting;
    }
}

static void prepare_row(struct rt_rows *rows, struct rt_row_slot *s, const struct crnl_run_args *args)
{
    const struct crnl_rows_spec *spec = rows->spec.rows;
    struct rt_error *e = &s->run->error;
    s->key = rt_copy(args->key, (size_t)spec->n_sources, sizeof *s->key);
    s->capture = rt_copy(args->capture, (size_t)spec->n_captures, sizeof *s->capture);
    if (rows->bound.status) {
        *e = rows->bound;
        rows->bound = (struct rt_error){0};
    } else if (!rt_rows_load_state(rows, e)) {
        struct crnl_run_args own = *args;
        own.capture = s->capture;
        rt_prepare(s->run, rows->ctx, rows->n, &rows->spec, &own);
        rt_gradient_note_given(rows->n, &rows->spec);
        rt_gradient_note_run(rows->ctx, rows->n, s->run, rows->n_rows);
        own_data(s, rows->n);
        open_file(rows, s);
    }
    rt_prepared(rows->n);
}

/* Executes the runs of a row with several runs on all threads. */
static void run_ensemble(struct rt_rows *rows, struct rt_row_slot *s)
{
    struct rt_error *e = &s->run->error;
    s->collector = rt_collector_create(&s->run->job, &s->run->file, e);
    if (!e->status) {
        rt_ensemble(&s->run->job, s->collector, rt_threads(rows->ctx), e);
    }
}

static int begin_rows(struct rt_rows *rows, int64_t runs)
{
    bool writes_itself = rows->spec.sink && rows->spec.rows->own_files;
    struct rt_world *w = rows->ctx->world;
    int threads = w ? rt_world_threads(w) : rt_threads(rows->ctx);
    bool many = rows->n_rows >= (int64_t)ROWS_PER_THREAD * threads;
    rows->one_thread = runs <= 1 || (many && !writes_itself);
    rows->is_shared = rt_world_size(w) > 1 && rows->one_thread && !rows->n->m->has_gradient;
    if (rt_rows_make_values(rows, runs)) {
        return rows->error.status;
    }
    const int64_t numbers[] = {rows->spec.statement, (int64_t)rows->ctx->options.seed, rows->n_rows, runs};
    uint64_t key =
        rt_checkpoint_statement(rows->ctx, rt_hash(RT_HASH, numbers, sizeof numbers), &rows->error);
    bool is_kept = !rows->n->m->has_gradient; /* a gradient needs the course of each row */
    rows->checkpoint = is_kept && rows->one_thread ? key : 0;
    rows->runs_checkpoint = is_kept && !rows->one_thread ? key : 0;
    return rows->error.status;
}

/* Whether a row can be skipped. A row of another rank needs no preparation, except at rank 0, which knows
 * files and names from it; the last row must be prepared, because the network keeps its state. */
static bool is_passed_over(const struct rt_rows *rows, bool own)
{
    return !own && rt_rows_is_other(rows) && rows->next + 1 < rows->n_rows;
}

static void pass_over(struct rt_rows *rows)
{
    rt_next_count(rows->ctx, rows->spec.statement, CRNL_DRAW_SSA);
    rt_error_free(&rows->bound);
    rt_prepared(rows->n);
    rows->next++;
    rt_draws_next(rows->ctx);
}

/* Whether an estimate leaves out this row. The time of rows may grow, so the rows of an estimate are spread
 * over all of them, by as many as go side by side; rows left out get the values of the row before. */
static bool is_left_out(struct rt_rows *rows)
{
    double part = (double)rows->next / (double)rows->n_rows;
    if (rows->next == 0 || rows->n->m->has_gradient ||
        !rt_estimate_is_enough(rows->ctx, rows->began, part)) {
        return false;
    }
    pthread_mutex_lock(&rows->mutex);
    bool none_waits = rows->waiting == 0;
    pthread_mutex_unlock(&rows->mutex);
    return none_waits;
}

static void leave_out(struct rt_rows *rows)
{
    rt_row_values_repeat(rows->kept, rows->next);
    rows->complete += rows->complete == rows->next;
    pass_over(rows);
}

static void tell_missed(const struct rt_rows *rows)
{
    if (!rows->checkpoint && !rows->runs_checkpoint) {
        rt_checkpoint_miss(rows->ctx->checkpoint, rows->since, (int32_t)rows->spec.line,
                           "this run over rows is not in the checkpoint");
    }
}

/* Whether this rank runs the next row. A rank that has to ask rank 0 for rows first runs those that it has
 * kept until more go side by side: rank 0 may wait for them. */
static bool is_own(struct rt_rows *rows)
{
    if (rows->share && rt_rows_is_other(rows) && rows->next >= rows->end) {
        pthread_mutex_lock(&rows->mutex);
        while (rt_rows_work_on_next(rows)) {
        }
        pthread_mutex_unlock(&rows->mutex);
    }
    return rt_rows_is_own(rows, rows->next);
}

int rt_rows_run(struct crnl_ctx *ctx, const struct crnl_run_args *args)
{
    struct rt_rows *rows = ctx->rows;
    if (atomic_load(&rows->stopping) || (!rows->kept && begin_rows(rows, rt_runs(&rows->spec, args)))) {
        return crnl_rows_end(ctx);
    }
    if (rows->ring) {
        rt_rows_wait_for_room(rows);
    }
    if (is_left_out(rows)) {
        leave_out(rows);
        return CRNL_OK;
    }
    struct rt_buffer found = {0};
    bool is_kept = rt_checkpoint_take(ctx->checkpoint, rows->checkpoint, rows->next, &found);
    bool own = !is_kept && is_own(rows);
    if (is_passed_over(rows, own)) {
        pass_over(rows);
        return CRNL_OK;
    }
    struct rt_row_slot *s = rt_alloc(1, sizeof *s);
    s->run = rt_alloc(1, sizeof *s->run);
    s->row = rows->next;
    prepare_row(rows, s, args);
    s->run->job.is_shared = rt_world_size(ctx->world) > 1 && !rows->one_thread && s->run->job.runs > 1;
    s->run->job.checkpoint = rt_checkpoint_part(rows->runs_checkpoint, rows->next);
    if (!rows->ring) {
        rt_rows_start_threads(rows, &s->run->job);
        if (rows->is_shared) {
            rt_rows_begin_share(rows, &s->run->job);
            own = !is_kept && is_own(rows);
        }
    }
    s->is_kept = is_kept;
    s->arrived = found;
    s->is_remote = !own;
    if (own || !rt_rows_is_other(rows)) {
        *rt_row_slot_of(rows, rows->filled) = s;
        if (s->run->job.runs > 1 && !rows->one_thread && !s->run->error.status) {
            run_ensemble(rows, s);
        }
        rt_rows_hand_out(rows);
    } else {
        rt_row_free_slot(s);
    }
    rows->next++;
    rt_draws_next(ctx);
    tell_missed(rows);
    return CRNL_OK;
}

static int check_state(struct rt_rows *rows)
{
    const struct rt_network *n = rows->n;
    int64_t runs = rows->from ? rows->from->runs : n->started ? n->runs : 1;
    if (!rows->spec.resume || runs <= 1) {
        return CRNL_OK;
    }
    return rt_fail(&rows->error, CRNL_NO_RUN,
                   "`continue` needs one state, and the last run of `%s` was an ensemble of %lld%s",
                   n->m->name, (long long)runs, rows->from ? " in each row" : "");
}

int crnl_rows_begin(struct crnl_ctx *ctx, const struct crnl_run_spec *spec)
{
    struct rt_rows *rows = ctx->rows = rt_alloc(1, sizeof *rows);
    struct rt_network *n = rows->n = rt_network(ctx, spec->net);
    rows->ctx = ctx;
    rows->spec = *spec;
    rows->n_rows = 1;
    for (int32_t i = 0; i < spec->rows->n_sources; i++) {
        rows->n_rows *= spec->rows->size[i];
    }
    rows->since = rt_seconds();
    rows->began = rt_estimate_now(ctx);
    rt_gradient_forget(n);
    rt_draws_begin(ctx, &rows->draws);
    pthread_mutex_init(&rows->mutex, NULL);
    pthread_cond_init(&rows->moved, NULL);
    rt_result_free(n->result);
    n->result = NULL;
    if (spec->resume) {
        rows->from = n->rows;
    } else {
        rt_row_values_free(n->rows);
    }
    n->rows = NULL;
    rt_choose_sink(&ctx->options, &rows->spec);
    bool refused = rt_choose_solver(&ctx->options, &rows->spec, &rows->error) || check_state(rows);
    return refused ? crnl_rows_end(ctx) : CRNL_OK;
}

/* Works until all rows that were handed out are complete. */
static void finish(struct rt_rows *rows)
{
    pthread_mutex_lock(&rows->mutex);
    rows->closing = true;
    pthread_cond_broadcast(&rows->moved);
    while (rows->taken < rows->filled) {
        if (!rt_rows_work_on_next(rows) && rows->taken < rows->filled) {
            pthread_cond_wait(&rows->moved, &rows->mutex);
        }
    }
    pthread_mutex_unlock(&rows->mutex);
    for (int i = 0; i < rows->started; i++) {
        pthread_join(rows->thread[i], NULL);
    }
    if (rows->share) {
        rt_share_end(rows->share);
    }
    rt_draws_end(rows->ctx);
    if (rows->sink) {
        int status = rows->error.status;
        bool whole =
            status == CRNL_CANCELLED ? rows->taken > 0 : status != CRNL_FILE && status != CRNL_MEMORY;
        rows->spec.sink->close(rows->sink, whole, &rows->error);
    }
    if (rows->share) {
        rt_rows_tell(rows);
    }
}

static void tell_failures(const struct rt_rows *rows)
{
    if (rows->ctx->options.mute) {
        return;
    }
    struct rt_buffer message = {0};
    rt_putf(&message,
            "%lld of %lld rows of `%s` failed; their values are not numbers\n  note: row %lld, %s: %s",
            (long long)rows->n_failed, (long long)rows->n_rows, rows->n->m->name,
            (long long)rows->first_failed, rows->first_key.data, rows->failure.data);
    rt_report(rows->ctx, CRNL_ROWS, (int)rows->spec.line, message.data);
    rt_buffer_free(&message);
}

/* Makes the values those of the network, which then has no single state. */
static void keep(struct rt_rows *rows)
{
    struct rt_network *n = rows->n;
    n->rows = rows->kept;
    rows->kept = NULL;
    n->method = rt_method_info(rows->spec.method)->name;
    n->started = false;
    n->failed = false;
    n->runs = 0;
    rt_limit_free(n->limit);
    n->limit = NULL;
    free(n->past);
    n->past = NULL;
    rt_overrides_clear(&n->amount_set, n->m->n_species);
    if (rows->n_failed > 0) {
        tell_failures(rows);
        rows->ctx->failed_rows = true;
    }
    rt_show_notes(rows->ctx, rows->spec.line, &rows->notes);
    if (rows->n_notes > 1) {
        rt_warn_at(rows->ctx, rows->spec.line, "%lld more rows of `%s` say such things",
                   (long long)(rows->n_notes - 1), n->m->name);
    }
    if (rows->digits.n > 0) {
        rt_warn_at(rows->ctx, rows->spec.line, "%s", rows->digits.data);
    }
}

static void free_rows(struct rt_rows *rows)
{
    rt_row_values_free(rows->kept);
    rt_row_values_free(rows->from);
    rt_error_free(&rows->bound);
    rt_error_free(&rows->error);
    rt_buffer_free(&rows->failure);
    rt_buffer_free(&rows->first_key);
    rt_buffer_free(&rows->notes);
    rt_buffer_free(&rows->digits);
    pthread_mutex_destroy(&rows->mutex);
    pthread_cond_destroy(&rows->moved);
    for (int64_t i = 0; rows->arrived && i < rows->ring_size; i++) {
        rt_buffer_free(&rows->arrived[i]);
    }
    free(rows->arrived);
    free(rows->thread);
    free(rows->ring);
    free(rows);
}

static void end_estimate(struct rt_rows *rows)
{
    double all = (double)rows->n_rows, runs = rows->kept ? (double)rows->kept->runs : 1;
    double part = rows->error.status || rows->ctx->status ? rt_estimate_part(rows->ctx) : 0;
    const struct rt_pieces p = {runs > 1 ? "runs of all rows" : "rows", rows->n->m->name,
                                (double)rows->n_run + part, all * runs, all * runs};
    rt_estimate_add(rows->ctx, rows->spec.line, rows->began, &p);
}

int crnl_rows_end(struct crnl_ctx *ctx)
{
    struct rt_rows *rows = ctx->rows;
    finish(rows);
    end_estimate(rows);
    tell_missed(rows);
    if (!rows->error.status && !rows->kept) { /* there are no rows */
        rt_rows_make_values(rows, 1);
    }
    bool needs_all = rows->spec.rows->needs_all || ctx->trial; /* the loss of only some of the rows would be
                                                                  meaningless */
    if (!rows->error.status && needs_all && rows->n_failed > 0) {
        rt_fail(&rows->error, CRNL_ROWS, "%lld of %lld rows of `%s` failed\n  note: row %lld, %s: %s",
                (long long)rows->n_failed, (long long)rows->n_rows, rows->n->m->name,
                (long long)rows->first_failed, rows->first_key.data, rows->failure.data);
    }
    if (!rows->error.status) {
        keep(rows);
    }
    int status = rt_fail_at(ctx, rows->spec.line, &rows->error);
    ctx->rows = NULL;
    free_rows(rows);
    return status;
}

void rt_rows_abandon(struct crnl_ctx *ctx)
{
    struct rt_rows *rows = ctx->rows;
    if (rows) {
        atomic_store(&rows->stopping, true);
        rt_rows_end_share(rows);
        if (rows->share && ctx->status) {
            rt_fail(&rows->error, ctx->status, "%s", "rank 0 has ended here");
        }
        finish(rows);
        end_estimate(rows);
        if (ctx->status == CRNL_CANCELLED || ctx->status == CRNL_LIMIT) {
            rt_putf(&ctx->error, "%s%lld of %lld rows are complete",
                    ctx->status == CRNL_CANCELLED ? "; " : "\n  note: ", (long long)rows->complete,
                    (long long)rows->n_rows);
        }
        ctx->rows = NULL;
        free_rows(rows);
    }
}
