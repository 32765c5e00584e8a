/* Collects the results of runs in the order of runs, so that no result depends on threads: rows go to the
 * file and to the traces for plots, or into their mean and standard deviation; statistics are merged. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/out/rt_output.h"
#include "rt_bundle.h"
#include "rt_ctx.h"
#include "rt_events.h"
#include "rt_limit.h"

/* A trace with a row at every event is thinned beyond this number of rows: for a picture; for a program that
 * reads it. */
enum { TRACE_ROWS = 1 << 16, VALUES_READ = 40000000 };

struct rt_collector {
    struct rt_job *job;
    struct rt_file_request file;
    void *sink;
    double *key; /* keys of the request, and the number of the run */
    struct rt_result *result;
    int64_t cap_values; /* number of runs for which the values of results have room */
    struct rt_sums sums;
    struct rt_band band;  /* band of the rows of a law or, at the end, of all runs */
    int64_t stride, seen; /* every stride-th row of a trace is kept */
    int64_t complete;     /* number of complete runs */
    bool has_rows, in_journal;
};

static bool wants_band(const struct rt_job *job, const struct rt_file_request *file)
{
    bool adds_up = file->summary || (job->n_trace > 0 && (job->runs > 1 || job->has_deviations));
    return adds_up && job->fixed_grid;
}

/* Whether rows begin with the number of the run, as those of an ensemble do. */
static bool shows_run(const struct rt_job *job, const struct rt_file_request *f)
{
    return !f->summary && job->runs > 1;
}

/* Writes the name of a column. A species may have the name of a column that every file has; its column is
 * then NETWORK.time, as programs read it. */
static void name_column(const struct rt_job *job, const char *name, struct rt_buffer *b)
{
    if (strcmp(name, "time") == 0 || strcmp(name, "run") == 0) {
        rt_putf(b, "%s.", job->m->name);
    }
    rt_put(b, name);
}

void *rt_collector_open(const struct rt_job *job, const struct rt_file_request *f, struct rt_error *e)
{
    int32_t each = f->summary ? 2 : 1, n = each * f->n_columns;
    struct rt_buffer *name = rt_alloc((size_t)n, sizeof *name);
    const char **column = rt_alloc((size_t)n, sizeof *column);
    for (int32_t i = 0; i < n; i++) {
        name_column(job, f->column[i / each], &name[i]);
        if (f->summary) {
            rt_put(&name[i], i % 2 ? "_sd" : "_mean");
        }
        column[i] = name[i].data;
    }
    const char **key = rt_alloc((size_t)f->n_keys + 1, sizeof *key);
    struct rt_buffer *key_name = rt_alloc((size_t)f->n_keys, sizeof *key_name);
    for (int32_t i = 0; i < f->n_keys; i++) {
        name_column(job, f->key_name[i], &key_name[i]);
        key[i] = key_name[i].data;
    }
    key[f->n_keys] = "run";
    bool runs = shows_run(job, f);
    struct rt_sink_head head = {
        f->path, n, column, f->n_keys + runs, key, runs || f->n_keys > 0, job->ctx->options.memory};
    void *sink = f->sink->open(&head, e);
    for (int32_t i = 0; i < f->n_keys; i++) {
        rt_buffer_free(&key_name[i]);
    }
    free(key_name);
    free(key);
    for (int32_t i = 0; i < n; i++) {
        rt_buffer_free(&name[i]);
    }
    free(name);
    free(column);
    return sink;
}

struct rt_collector *rt_collector_create(struct rt_job *job, const struct rt_file_request *file,
                                         struct rt_error *e)
{
    const struct crnl_model *m = job->m;
    struct rt_collector *c = rt_alloc(1, sizeof *c);
    c->job = job;
    c->sums.job = job;
    c->file = *file;
    c->stride = 1;
    c->result = rt_alloc(1, sizeof *c->result);
    c->result->method = job->spec->method;
    c->result->counts_molecules =
        rt_method_is(job->spec->method, CRNL_MOLECULES) && job->volume == 1 && !(job->m->molecules > 0);
    c->result->runs = job->runs;
    c->result->since = job->after_kind == CRNL_SPAN_EVENTS ? NAN : job->t0 + job->after;
    c->result->n_courses = job->spec->n_courses;
    c->result->course = job->spec->course;
    c->result->n_trace = job->n_trace;
    c->result->trace_name = rt_alloc((size_t)job->n_trace, sizeof *c->result->trace_name);
    for (int32_t i = 0; i < job->n_trace; i++) {
        c->result->trace_name[i] = rt_strdup(job->trace_name[i]);
    }
    c->result->n_stats = m->n_stats;
    c->result->stat = rt_alloc((size_t)m->n_stats, sizeof *c->result->stat);
    for (int32_t i = 0; i < m->n_stats; i++) {
        size_t n = (size_t)crnl_stat_width(&m->stat[i]);
        c->result->stat[i].moments = rt_alloc(n, sizeof *c->result->stat[i].moments);
        c->result->stat[i].is_unknown = !rt_is_told(&m->stat[i], rt_method_info(job->spec->method)->traits,
                                                    rt_run_ends_steady(job->spec));
    }
    c->result->band = wants_band(job, file);
    if (file->sink) {
        c->sink = file->open ? file->open : rt_collector_open(job, file, e);
        c->key = rt_alloc((size_t)file->n_keys + 1, sizeof *c->key);
        for (int32_t i = 0; i < file->n_keys; i++) {
            c->key[i] = file->key[i];
        }
    }
    return c;
}

static void keep_trace(struct rt_collector *c, const double *row)
{
    struct rt_result *r = c->result;
    size_t width = 1 + (size_t)r->n_trace;
    if (c->seen++ % c->stride != 0) {
        return;
    }
    int64_t most = c->job->m->keeps_rows ? VALUES_READ / (int64_t)width : TRACE_ROWS;
    if (r->n_rows >= most && !c->job->fixed_grid) {
        r->is_thinned = true;
        for (int64_t i = 0; i < r->n_rows / 2; i++) {
            memmove(r->row + (size_t)i * width, r->row + 2 * (size_t)i * width, width * sizeof *r->row);
        }
        r->n_rows /= 2;
        c->stride *= 2;
        if ((c->seen - 1) % c->stride != 0) {
            return;
        }
    }
    if (r->n_rows == r->cap_rows) {
        r->cap_rows = r->cap_rows ? 2 * r->cap_rows : 64;
        r->row = rt_resize(r->row, (size_t)r->cap_rows, width * sizeof *r->row);
    }
    double *to = r->row + (size_t)r->n_rows++ * width;
    to[0] = row[0];
    memcpy(to + 1, row + 1 + c->job->n_columns - r->n_trace, (size_t)r->n_trace * sizeof *to);
}

enum rt_rows_needed rt_rows_needed(const struct rt_job *job, bool summary)
{
    const struct rt_file_request file = {.summary = summary};
    return job->spec->sink && !summary ? RT_ROWS_ALL : wants_band(job, &file) ? RT_ROWS_SUMS : RT_ROWS_FIRST;
}

/* ---- Means and deviations of rows ---- */

/* Adds rows of a law as they come. */
static void add_deviations(struct rt_collector *c, const double *row, int64_t n)
{
    struct rt_band *b = &c->band;
    size_t columns = (size_t)c->job->n_columns, from = (size_t)b->n;
    b->n += n;
    b->at = rt_resize(b->at, (size_t)b->n * columns, sizeof *b->at);
    b->time = rt_resize(b->time, (size_t)b->n, sizeof *b->time);
    for (size_t i = from; i < (size_t)b->n; i++, row += rt_row_width(c->job)) {
        b->time[i] = row[0];
        for (size_t j = 0; j < columns; j++) { /* as two runs with this mean and deviation would give */
            b->at[i * columns + j] =
                (struct rt_moments){2, row[1 + j], row[1 + columns + j] * row[1 + columns + j]};
        }
    }
}

/* ---- Taking ---- */

/* The journal that also keeps the rows of a deterministic run, or NULL. Runs are collected one at a time. */
static struct rt_journal *journal(struct rt_collector *c)
{
    bool deterministic = !rt_method_is(c->job->spec->method, CRNL_STOCHASTIC);
    struct rt_journal *j = c->job->ctx && deterministic ? c->job->ctx->journal : NULL;
    if (j && !c->in_journal) {
        rt_journal_begin_run(j, c->job, c->file.column);
        c->in_journal = true;
    }
    return j;
}

/* Takes rows; `whole`: the run is complete. Means are over complete runs, unless there is none. */
static int take_rows(struct rt_collector *c, int64_t run, const double *row, int64_t n, bool whole,
                     struct rt_error *e)
{
    size_t stride = rt_row_width(c->job);
    c->has_rows |= n > 0;
    rt_journal_add_rows(journal(c), row, n, stride, c->job->n_columns);
    if (c->result->band && c->job->has_deviations) {
        add_deviations(c, row, n);
    } else if (c->result->band) {
        if (n > 0 && (whole || !rt_sums_have_rows(&c->sums))) {
            rt_sums_rows(&c->sums, run, row, n);
        }
    } else if (c->result->n_trace > 0 && run == 0) {
        for (int64_t i = 0; i < n; i++) {
            keep_trace(c, row + (size_t)i * stride);
        }
    }
    /* Without rows a file is as it was: its first line alone is not kept after a signal. */
    if (!c->sink || c->file.summary || n == 0) {
        return CRNL_OK;
    }
    c->key[c->file.n_keys] = (double)run;
    return c->file.sink->rows(c->sink, c->key, row, n, stride, e);
}

int rt_collect_rows(struct rt_collector *c, int64_t run, const double *row, int64_t n, struct rt_error *e)
{
    return take_rows(c, run, row, n, true, e);
}

/* Makes room as runs come, so that a program that asks for too many runs fails when memory is exhausted, not
 * before it has begun. */
static void make_room(struct rt_collector *c, int64_t runs)
{
    const struct crnl_model *m = c->job->m;
    if (runs <= c->cap_values) {
        return;
    }
    c->cap_values = 2 * runs < c->job->runs ? 2 * runs : c->job->runs;
    for (int32_t i = 0; i < m->n_stats; i++) {
        struct rt_stat *s = &c->result->stat[i];
        s->value = rt_resize(s->value, (size_t)crnl_stat_width(&m->stat[i]) * (size_t)c->cap_values,
                             sizeof *s->value);
    }
}

static void take_values(struct rt_collector *c, struct rt_recorder *r)
{
    const struct crnl_model *m = c->job->m;
    for (int32_t i = 0; i < m->n_stats; i++) {
        size_t width = (size_t)crnl_stat_width(&m->stat[i]);
        struct rt_stat *to = &c->result->stat[i];
        struct rt_stat *from = &r->stat[i];
        to->is_unknown |= from->is_unknown;
        if (from->n_law > 0) { /* a law gives nothing else */
            to->law = from->law;
            to->n_law = from->n_law;
            from->law = NULL;
            from->n_law = 0;
        }
        if (r->n_states > 1) { /* values of all states; a law gives nothing else */
            free(to->value);
            to->value = from->value;
            from->value = NULL;
        } else {
            memcpy(to->value + (size_t)r->run * width, from->value, width * sizeof *to->value);
        }
    }
}

static void take_end(struct rt_collector *c, double t)
{
    c->complete++;
    bool is_alike = c->complete == 1 || c->result->t == t || crnl_same_time(c->result->t, t);
    c->result->t = is_alike ? t : NAN;
}

int rt_collect_run(struct rt_collector *c, struct rt_recorder *r, struct rt_error *e)
{
    if (r->run == 0) {
        c->result->notes = r->notes;
        r->notes = (struct rt_buffer){0};
    }
    bool interrupted = r->error.status == CRNL_CANCELLED && (c->job->runs > 1 || c->job->is_row);
    int status = interrupted ? CRNL_OK : take_rows(c, r->run, r->row, r->n_rows, !r->error.status, e);
    if (r->error.status) {
        rt_fail(e, r->error.status, "%s", r->error.text.data);
        if (c->job->runs > 1) {
            rt_putf(&e->text,
                    interrupted ? "; %lld of %lld runs are complete"
                                : "\n  note: %lld of %lld runs are complete",
                    (long long)c->complete, (long long)c->job->runs);
        }
        return e->status;
    }
    make_room(c, r->run + 1);
    rt_sums_add(&c->sums, r);
    take_values(c, r);
    take_end(c, r->t);
    if (r->n_states > 1) {
        c->result->runs = r->n_states;
        c->result->weight = r->weight;
        r->weight = NULL;
    } else if (c->job->runs == 1) {
        c->result->jumps = r->jumps;
        r->jumps = (struct rt_jumps){0};
        c->result->x = rt_copy(r->x, (size_t)c->job->m->n_species, sizeof *r->x);
        if (!c->job->fixed_grid) {
            rt_journal_end_run(journal(c), r->t);
        }
        c->result->limit = r->limit;
        r->limit = NULL;
        c->result->past = r->past;
        r->past = NULL;
        c->result->memory = rt_copy(r->memory, rt_memory_size(c->job->m), sizeof *r->memory);
    }
    return status;
}

/* ---- Several at a time ---- */

static void unpack_first(struct rt_collector *c, struct rt_unpack *u, struct rt_error *e)
{
    size_t width = rt_row_width(c->job);
    rt_unpack_text(u, &c->result->notes);
    int64_t n = rt_unpack_count(u, width * sizeof(double));
    double *row = rt_alloc((size_t)n * width, sizeof *row);
    rt_unpack(u, row, (size_t)n * width * sizeof *row);
    take_rows(c, 0, row, n, true, e);
    free(row);
}

static void unpack_values(struct rt_collector *c, struct rt_unpack *u, int64_t first, int64_t n)
{
    const struct crnl_model *m = c->job->m;
    make_room(c, first + n);
    for (int32_t i = 0; i < m->n_stats; i++) {
        size_t width = (size_t)crnl_stat_width(&m->stat[i]);
        struct rt_stat *to = &c->result->stat[i];
        to->is_unknown |= rt_unpack_int(u) != 0;
        if (!rt_is_path_stat(&m->stat[i])) {
            rt_unpack(u, to->value + (size_t)first * width, (size_t)n * width * sizeof *to->value);
        }
    }
}

/* Reads a part of a bundle; returns false if it is invalid. */
static bool unpack_part(struct rt_collector *c, struct rt_unpack *u, struct rt_recorder *r,
                        struct rt_error *e)
{
    int64_t first = rt_unpack_int(u), n = rt_unpack_int(u);
    if (n > 0) {
        c->has_rows |= c->result->band;
        return rt_unpack_sum(u, &c->sums, first, n);
    }
    if (first != rt_sums_next(&c->sums)) {
        return false;
    }
    r->run = first;
    rt_unpack_run(u, r);
    take_rows(c, r->run, r->row, r->n_rows, true, e);
    return rt_sums_add(&c->sums, r);
}

int64_t rt_collect_bundle(struct rt_collector *c, const struct rt_buffer *bundle, struct rt_error *e)
{
    struct rt_unpack u = rt_unpack_of(bundle);
    int64_t first = c->complete, n = rt_unpack_count(&u, sizeof(double));
    bool fits = n > 0 && n <= c->job->runs - first;
    if (fits && first == 0) {
        unpack_first(c, &u, e);
    }
    for (int64_t i = 0; i < n && fits; i++) {
        double t;
        rt_unpack(&u, &t, sizeof t);
        take_end(c, t);
    }
    if (fits) {
        unpack_values(c, &u, first, n);
    }
    struct rt_recorder r;
    rt_recorder_init(&r, c->job, first);
    while (fits && u.at < u.end && !e->status) {
        fits = unpack_part(c, &u, &r, e);
    }
    rt_recorder_free(&r);
    bool has_parts = c->sums.n > 0 || rt_rows_needed(c->job, c->file.summary) != RT_ROWS_FIRST;
    bool is_all = rt_unpack_is_whole(&u) && (!has_parts || rt_sums_next(&c->sums) == c->complete);
    fits &= is_all || e->status;
    if (!fits) {
        rt_fail(e, CRNL_DATA, "runs in the checkpoint are not those of this statement");
    }
    return n;
}

static double standard_deviation(const struct rt_moments *s)
{
    return s->weight > 1 ? sqrt(s->m2 / (s->weight - 1)) : 0;
}

static void write_summary(struct rt_collector *c, struct rt_error *e)
{
    size_t columns = (size_t)c->job->n_columns, stride = 1 + 2 * (size_t)c->file.n_columns;
    double *row = rt_alloc(stride, sizeof *row);
    for (int64_t i = 0; i < c->band.n && !e->status; i++) {
        row[0] = c->band.time[i];
        for (int32_t j = 0; j < c->file.n_columns; j++) {
            const struct rt_moments *s = &c->band.at[(size_t)i * columns + (size_t)j];
            row[1 + 2 * j] = s->mean;
            row[2 + 2 * j] = standard_deviation(s);
        }
        c->file.sink->rows(c->sink, c->key, row, 1, stride, e);
    }
    free(row);
}

static void keep_bands(struct rt_collector *c)
{
    struct rt_result *r = c->result;
    size_t columns = (size_t)c->job->n_columns, width = 1 + 2 * (size_t)r->n_trace;
    r->n_rows = c->band.n;
    r->row = rt_alloc((size_t)r->n_rows * width, sizeof *r->row);
    for (int64_t i = 0; i < r->n_rows; i++) {
        double *row = r->row + (size_t)i * width;
        row[0] = c->band.time[i];
        for (int32_t j = 0; j < r->n_trace; j++) {
            const struct rt_moments *s = &c->band.at[(size_t)(i + 1) * columns - (size_t)(r->n_trace - j)];
            row[1 + 2 * j] = s->mean;
            row[2 + 2 * j] = standard_deviation(s);
        }
    }
}

/* Whether the file gets its name: after an error of the computation, with what was computed before; after a
 * signal, with the complete runs; but not if the machine failed. */
static bool is_of_use(const struct rt_collector *c, int status)
{
    switch (status) {
    case CRNL_OK: return true;
    case CRNL_CANCELLED: return c->complete > 0;
    case CRNL_FILE:
    case CRNL_MEMORY: return false;
    default: return c->has_rows;
    }
}

static void close_sink(struct rt_collector *c, struct rt_error *e)
{
    struct rt_error last = {0};
    bool whole = is_of_use(c, e->status);
    if (c->file.summary && whole) {
        write_summary(c, &last);
    }
    if (!c->file.open) {
        c->file.sink->close(c->sink, whole, last.status || !e->status ? &last : e);
    }
    if (last.status) {
        rt_fail(e, last.status, "%s", last.text.data);
    }
    rt_error_free(&last);
}

int64_t rt_collector_complete(const struct rt_collector *c)
{
    return c->complete;
}

void rt_collector_cut(struct rt_collector *c)
{
    c->result->runs = c->complete;
}

static void take_sums(struct rt_collector *c)
{
    struct rt_sum *all = rt_sums_all(&c->sums);
    for (int32_t i = 0; all && i < c->job->m->n_stats; i++) {
        struct rt_stat *to = &c->result->stat[i];
        if (all->stat[i].moments) {
            free(to->moments);
            to->moments = all->stat[i].moments;
            all->stat[i].moments = NULL;
        }
        to->histogram = all->stat[i].histogram;
        all->stat[i].histogram = (struct rt_histogram){0};
    }
    if (all && !c->job->has_deviations) {
        c->band = all->band;
        all->band = (struct rt_band){0};
    }
    rt_sums_free(&c->sums);
}

struct rt_result *rt_collector_finish(struct rt_collector *c, struct rt_error *e)
{
    struct rt_result *result = c->result;
    take_sums(c);
    if (c->sink) {
        close_sink(c, e);
    }
    if (result->band) {
        keep_bands(c);
    }
    if (e->status && c->job->runs > 1) {
        result->runs = c->complete;
    }
    rt_band_free(&c->band);
    free(c->key);
    free(c);
    return result;
}

void rt_result_free(struct rt_result *r)
{
    if (!r) {
        return;
    }
    rt_stats_free(r->stat, r->n_stats);
    for (int32_t i = 0; i < r->n_trace; i++) {
        free(r->trace_name[i]);
    }
    free(r->trace_name);
    free(r->row);
    free(r->jumps.v);
    free(r->x);
    free(r->weight);
    free(r->memory);
    rt_limit_free(r->limit);
    free(r->past);
    rt_buffer_free(&r->notes);
    free(r);
}
