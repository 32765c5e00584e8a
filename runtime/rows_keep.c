/* What is kept of runs over rows: their values and states, what they say, and what goes to files and into the
 * checkpoint. Rows are collected in order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rt_checkpoint.h"
#include "rt_events.h"
#include "rt_gradient.h"
#include "rt_rows_share.h"

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

void rt_row_values_repeat(struct rt_row_values *v, int64_t row)
{
    size_t at = (size_t)row, width = v->first[v->n_stats];
    if (width > 0) {
        memcpy(v->value + at * width, v->value + (at - 1) * width, width * sizeof *v->value);
    }
    if (v->n_state > 0) {
        memcpy(v->state + at * v->n_state, v->state + (at - 1) * v->n_state, v->n_state * sizeof *v->state);
    }
}

int rt_rows_load_state(struct rt_rows *rows, struct rt_error *e)
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

int rt_rows_make_values(struct rt_rows *rows, int64_t runs)
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

void rt_row_free_slot(struct rt_row_slot *s)
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

void rt_rows_collect_row(struct rt_rows *rows, int64_t row, struct rt_row_slot *s)
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
