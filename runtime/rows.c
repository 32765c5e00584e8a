/* Runs over rows. The experiment goes through the rows in order and binds the values of each; a row that has
 * been prepared is constant, and runs on whichever thread is free. Whichever thread finishes the next row
 * collects rows in order, so that files and values do not depend on threads; a ring bounds how far threads
 * run ahead. A row with several runs is an ensemble of its own, on a single thread if there are many rows,
 * otherwise on all threads. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rt_events.h"
#include "rt_gradient.h"
#include "rt_limit.h"
#include "rt_checkpoint.h"
#include "rt_estimate.h"
#include "rt_rows_share.h"

enum { ROWS_PER_THREAD = 4 }; /* this many rows keep all threads busy nearly to the end */
enum { MORE_WITHOUT_FILE = 4 };
enum { MOST_BESIDE = 32 }; /* rows that a thread runs side by side: of lanes that are taken again and again */
enum { ESTIMATED_BESIDE = 8 }; /* as many in an estimate, which leaves out the others: they fill the lanes */

void rt_row_values_free(struct rt_row_values *v)
{
    if (v) {
        free(v->is_unknown);
        free(v->first);
        free(v->value);
        free(v->state);
        free(v);
    }
}

void rt_row_values_set(struct rt_row_values *v, int32_t species, double amount)
{
    for (int64_t i = 0; v->n_state > 0 && i < v->n_rows; i++) {
        v->state[(size_t)i * v->n_state + 1 + (size_t)species] = amount;
    }
}

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

/* ---- What is kept ---- */

static size_t state_size(const struct crnl_model *m)
{
    return 1 + (size_t)m->n_species + rt_memory_size(m);
}

static double machine_bytes(void)
{
    return (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
}

/* Checks the memory before the first row runs, rather than failing when memory is exhausted. */
static int check_memory(struct rt_rows *rows, double bytes)
{
    if (bytes < machine_bytes()) {
        return CRNL_OK;
    }
    return rt_fail(&rows->error, CRNL_LIMIT,
                   "what is read of the %lld rows takes %.3g bytes, and the machine has %.3g\n"
                   "  help: write them to a file instead of reading them: run %s over ... -> \"rows.csv\";",
                   (long long)rows->n_rows, bytes, machine_bytes(), rows->n->m->name);
}

static int make_values(struct rt_rows *rows, int64_t runs)
{
    const struct crnl_model *m = rows->n->m;
    struct rt_row_values *v = rows->kept = rt_alloc(1, sizeof *v);
    v->n_rows = rows->n_rows;
    v->runs = runs;
    v->n_courses = rows->spec.n_courses;
    v->course = rows->spec.course;
    v->n_stats = m->n_stats;
    v->method = rows->spec.method;
    v->is_unknown = rt_alloc((size_t)m->n_stats, sizeof *v->is_unknown);
    v->are_laws = rt_method_is(rows->spec.method, CRNL_LAW);
    v->first = rt_alloc((size_t)m->n_stats + 1, sizeof *v->first);
    for (int32_t i = 0; i < m->n_stats; i++) {
        v->first[i + 1] = v->first[i] + (m->stat[i].of_rows ? rt_stat_size(&m->stat[i], runs) : 0);
    }
    size_t width = v->first[m->n_stats], n = (size_t)v->n_rows;
    size_t n_state = rows->spec.rows->keeps_state ? state_size(m) : 0;
    if (check_memory(rows, (double)n * (double)(width + n_state) * sizeof(double))) {
        return rows->error.status;
    }
    v->value = rt_alloc(n * width, sizeof *v->value);
    v->n_state = n_state;
    v->state = rt_alloc(n * n_state, sizeof *v->state);
    return CRNL_OK;
}

static void keep_failure(struct rt_rows *rows, int64_t row, const struct rt_row_slot *s, const char *text)
{
    const struct crnl_rows_spec *spec = rows->spec.rows;
    if (rows->n_failed++ == 0) {
        rows->first_failed = row;
        rt_put(&rows->failure, text);
        for (int32_t i = 0; i < spec->n_sources; i++) {
            rt_putf(&rows->first_key, "%s%s = ", i ? ", " : "", spec->name[i]);
            rt_put_number(&rows->first_key, s->key[i]);
        }
    }
}

/* Keeps the values of a row, or none if it has no result. */
static void keep_values(struct rt_rows *rows, int64_t row, const struct rt_result *result, struct rt_error *e)
{
    const struct crnl_model *m = rows->n->m;
    struct rt_row_values *v = rows->kept;
    size_t width = v->first[m->n_stats];
    double *out = v->value + (size_t)row * width;
    for (size_t i = 0; i < width; i++) {
        out[i] = NAN;
    }
    for (int32_t i = 0; result && i < m->n_stats; i++) {
        if (m->stat[i].of_rows && result->stat[i].is_unknown) {
            atomic_store(&v->is_unknown[i], true);
        } else if (m->stat[i].of_rows && !(v->are_laws && m->stat[i].kind == CRNL_RUN_QUANTILE)) {
            rt_stat_values(m, result, i, out + v->first[i], e);
        }
    }
    if (v->n_state > 0) {
        double *state = v->state + (size_t)row * v->n_state;
        state[0] = result && result->x ? result->t : NAN;
        if (result && result->x) {
            memcpy(state + 1, result->x, (size_t)m->n_species * sizeof *state);
            memcpy(state + 1 + m->n_species, result->memory, rt_memory_size(m) * sizeof *state);
        }
    }
}

/* Whether the error is not specific to the row, so that the program ends. */
static bool is_fatal(const struct rt_rows *rows, const struct rt_error *e)
{
    return rt_ends_program(rows->ctx, e->status);
}

static void end_early(struct rt_rows *rows, int64_t row, const struct rt_error *e)
{
    if (!atomic_exchange(&rows->stopping, true)) {
        rt_fail(&rows->error, e->status, "%s", e->text.data);
        rt_putf(&rows->error.text, "%s%lld of %lld rows are complete",
                e->status == CRNL_CANCELLED ? "; " : "\n  note: ", (long long)row, (long long)rows->n_rows);
    }
}

static void free_slot(struct rt_row_slot *s)
{
    if (s->recorded) {
        rt_recorder_free(&s->recorder);
    }
    if (s->run) {
        rt_running_free(s->run);
        free(s->run);
    }
    free(s->capture);
    free(s->memory);
    rt_waiting_free(s->waiting);
    rt_buffer_free(&s->arrived);
    free(s->key);
    free(s);
}

void rt_row_outcome_free(struct rt_row_outcome *o)
{
    rt_buffer_free(&o->notes);
    rt_buffer_free(&o->digits);
    rt_error_free(&o->of_values);
}

/* Stores the values and the state: the result of a row that was run here. */
void rt_row_finish(struct rt_rows *rows, int64_t row, struct rt_row_slot *s, struct rt_row_outcome *o)
{
    struct rt_error *e = &s->run->error;
    struct rt_result *result = NULL;
    if (s->recorded && !e->status) {
        s->collector = rt_collector_create(&s->run->job, &s->run->file, e);
        rt_collect_run(s->collector, &s->recorder, e);
    }
    if (s->collector) {
        result = rt_collector_finish(s->collector, e);
        rt_ensemble_tell(&s->run->job, result, e);
        rt_put(&o->notes, result->notes.n > 0 ? result->notes.data : "");
        if (row == 0 && !e->status && result->x && rt_method_is(rows->spec.method, CRNL_ADAPTIVE)) {
            rt_digits_lost(&s->run->job, result->x, &o->digits);
        }
    }
    keep_values(rows, row, e->status ? NULL : result, &o->of_values);
    rt_result_free(result);
}

/* Writes waiting rows to the file of all rows, or to that of this row. */
static void write_waiting(struct rt_rows *rows, struct rt_row_slot *s)
{
    struct rt_error *e = &s->run->error, of_file = {0};
    const struct crnl_sink *to = rows->spec.sink;
    void *own = rows->sink ? NULL : rt_collector_open(&s->run->job, &s->direct, &of_file);
    if (rows->sink || own) {
        rt_waiting_write(s->waiting, to, rows->sink ? rows->sink : own, &of_file);
    }
    if (own) {
        to->close(own, !of_file.status && (!e->status || rt_waiting_any(s->waiting)), &of_file);
    }
    if (of_file.status) {
        rt_fail(e, of_file.status, "%s", of_file.text.data);
    }
    rt_error_free(&of_file);
}

/* Collects a row; only one thread does so at a time, with rows in order. */
static void collect_row(struct rt_rows *rows, int64_t row, struct rt_row_slot *s)
{
    struct rt_error *e = &s->run->error;
    struct rt_row_outcome o = {0};
    bool is_another = false; /* what the checkpoint has of it */
    if (rows->complete < row && !e->status) {
        rt_fail(e, CRNL_CANCELLED, "a row before it is not there");
    }
    if (!s->is_remote) {
        rt_row_finish(rows, row, s, &o);
        if (rows->checkpoint && !is_fatal(rows, e)) {
            rt_row_pack(rows, row, s, &o, &s->arrived);
        }
    } else if (e->status) { /* as this rank saw itself when it filled the slot */
        keep_values(rows, row, NULL, &o.of_values);
    } else if (!rt_row_unpack(rows, row, s, &o)) {
        is_another = true;
        rt_error_free(e);
        rt_fail(e, CRNL_DATA, "row %lld in the checkpoint is not one of this statement", (long long)row);
    }
    if (rows->checkpoint && !s->is_kept && !is_fatal(rows, e)) {
        rt_checkpoint_put(rows->ctx->checkpoint, rows->checkpoint, row, &s->arrived);
    }
    if (s->waiting && !rows->ctx->options.mute && !is_another && !is_fatal(rows, e)) {
        write_waiting(rows, s);
    }
    if (o.notes.n > 0 && rows->n_notes++ == 0) {
        rt_put(&rows->notes, o.notes.data);
    }
    rt_put(&rows->digits, o.digits.n > 0 ? o.digits.data : "");
    if (e->status && (is_another || is_fatal(rows, e) || atomic_load(&rows->stopping))) {
        end_early(rows, row, e);
    } else {
        if (e->status || o.of_values.status) {
            keep_failure(rows, row, s, e->status ? e->text.data : o.of_values.text.data);
        }
        rows->complete += rows->complete == row;
        rows->n_run += s->run->job.runs;
        if (rows->n->m->has_gradient && !e->status) {
            rt_gradient_keep(rows->n, s->run, row, true);
            s->run = NULL;
        }
    }
    rt_row_outcome_free(&o);
}

/* ---- Threads ---- */

/* Skips rows of other ranks, which are not handed out here. */
static void skip_remote(struct rt_rows *rows)
{
    while (rows->handed < rows->filled && (*rt_row_slot_of(rows, rows->handed))->is_remote) {
        rows->handed++;
    }
}

/* Whether the next row to collect is complete; rows of other ranks are not waited for when all must end. */
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

/* The mutex is held on entry and exit, but not while collecting. */
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
            collect_row(rows, s->row, s);
        }
        pthread_mutex_lock(&rows->mutex);
        rows->taken++;
        free_slot(s);
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

/* Each thread gets its part of the rows, and of those for which there is room. */
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

/* Runs the next waiting row, or those that go side by side. The mutex is held on entry and exit but not in
 * between, so a thread that waits for something must then check again. */
static bool work_on_next(struct rt_rows *rows)
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
        bool works = are_enough(rows) && work_on_next(rows);
        if (!works && !rows->closing && !(rows->handed < rows->filled && are_enough(rows))) {
            pthread_cond_wait(&rows->moved, &rows->mutex);
        }
    }
    pthread_mutex_unlock(&rows->mutex);
    return NULL;
}

/* Starts threads when the first row is known, and with it the memory that a row takes. */
static void start_threads(struct rt_rows *rows, const struct rt_job *job)
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

/* Waits for room for another row; meanwhile this thread works too. */
static void wait_for_room(struct rt_rows *rows)
{
    pthread_mutex_lock(&rows->mutex);
    while (rows->filled - rows->taken >= rows->ring_size) {
        if (!work_on_next(rows) && rows->filled - rows->taken >= rows->ring_size) {
            pthread_cond_wait(&rows->moved, &rows->mutex);
        }
    }
    pthread_mutex_unlock(&rows->mutex);
}

static void hand_out(struct rt_rows *rows)
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
        work_on_next(rows);
    }
    pthread_mutex_unlock(&rows->mutex);
}

/* ---- Rows ---- */

/* `continue`: gives the network the state of the row while the row is being prepared. */
static int load_state(struct rt_rows *rows, struct rt_error *e)
{
    struct rt_network *n = rows->n;
    if (!rows->from) {
        return CRNL_OK;
    }
    const double *state = rows->from->state + (size_t)rows->next * rows->from->n_state;
    if (state[0] != state[0]) {
        return rt_fail(e, CRNL_NO_RUN,
                       rows->from->are_laws
                           ? "`continue` needs one state, and the row has a law"
                           : "the row had failed before, and there is no state to continue from");
    }
    n->t = state[0];
    memcpy(n->x, state + 1, (size_t)n->m->n_species * sizeof *n->x);
    memcpy(n->memory, state + 1 + n->m->n_species, rt_memory_size(n->m) * sizeof *n->memory);
    n->started = true;
    n->runs = 1;
    return CRNL_OK;
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
    } else if (!load_state(rows, e)) {
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
    if (make_values(rows, runs)) {
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
static bool is_left_out(const struct rt_rows *rows)
{
    double part = (double)rows->next / (double)rows->n_rows;
    return rows->next > 0 && rows->waiting == 0 && !rows->n->m->has_gradient &&
           rt_estimate_is_enough(rows->ctx, rows->began, part);
}

static void leave_out(struct rt_rows *rows)
{
    struct rt_row_values *v = rows->kept;
    size_t at = (size_t)rows->next, width = v->first[v->n_stats];
    if (width > 0) {
        memcpy(v->value + at * width, v->value + (at - 1) * width, width * sizeof *v->value);
    }
    if (v->n_state > 0) {
        memcpy(v->state + at * v->n_state, v->state + (at - 1) * v->n_state, v->n_state * sizeof *v->state);
    }
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
        while (work_on_next(rows)) {
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
        wait_for_room(rows);
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
        start_threads(rows, &s->run->job);
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
        hand_out(rows);
    } else {
        free_slot(s);
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
        if (!work_on_next(rows) && rows->taken < rows->filled) {
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
        rt_warn(rows->ctx, "%lld more rows of `%s` say such things", (long long)(rows->n_notes - 1),
                n->m->name);
    }
    if (rows->digits.n > 0) {
        rt_warn(rows->ctx, "%s", rows->digits.data);
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
        make_values(rows, 1);
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
