/* What a trajectory reports in progress: rows on a grid, statistics weighted by time, conditions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"
#include "rt_events.h"
#include "rt_limit.h"
#include "rt_prepare.h"
#include "rt_single.h"

static const double SECONDS_UNTIL_HANDED_ON = 1;

enum { VALUES_AT_ONCE = 1 << 18 }; /* numbers of rows that a single run passes on together: 2 MiB */

/* Whether the course is needed, and values of times that the run may not come to. */
static void begin_stats(struct rt_recorder *r)
{
    const struct crnl_model *m = r->job->m;
    for (int32_t i = 0; i < m->n_stats; i++) {
        for (int64_t k = 0; m->stat[i].n_times > 0 && k < crnl_stat_width(&m->stat[i]); k++) {
            r->stat[i].value[k] = NAN; /* the run may end before that time, and other requests have no such
                                          times */
        }
        r->has_time_stats |= rt_is_time_stat(&m->stat[i]);
        r->has_course_stats |= rt_is_course_stat(&m->stat[i]);
    }
}

void rt_recorder_init(struct rt_recorder *r, struct rt_job *job, int64_t run)
{
    const struct crnl_model *m = job->m;
    *r = (struct rt_recorder){.job = job, .run = run, .t_row = NAN};
    r->stat = rt_alloc((size_t)m->n_stats, sizeof *r->stat);
    for (int32_t i = 0; i < m->n_stats; i++) {
        r->stat[i].moments = rt_alloc((size_t)crnl_stat_width(&m->stat[i]), sizeof *r->stat[i].moments);
        r->stat[i].value = rt_alloc((size_t)crnl_stat_width(&m->stat[i]), sizeof *r->stat[i].value);
        if (rt_is_course_stat(&m->stat[i])) {
            r->stat[i].course = rt_alloc((size_t)m->stat[i].n_elems, sizeof *r->stat[i].course);
        }
    }
    r->x = rt_alloc((size_t)m->n_species, sizeof *r->x);
    r->memory = rt_alloc(rt_memory_size(m), sizeof *r->memory);
    begin_stats(r);
}

/* What the run has made, whose size the job does not determine. */
static void free_made(struct rt_recorder *r)
{
    free(r->row);
    free(r->jumps.v);
    free(r->weight);
    rt_limit_free(r->limit);
    free(r->past);
    rt_buffer_free(&r->notes);
    rt_error_free(&r->error);
}

static void clear_stat(const struct crnl_stat_request *q, struct rt_stat *s)
{
    size_t width = (size_t)crnl_stat_width(q);
    rt_histogram_free(&s->histogram); /* an empty one: the order of its entries depends on its size */
    *s = (struct rt_stat){.moments = s->moments, .value = s->value, .course = s->course};
    memset(s->moments, 0, width * sizeof *s->moments);
    memset(s->value, 0, width * sizeof *s->value);
    if (s->course) {
        memset(s->course, 0, (size_t)q->n_elems * sizeof *s->course);
    }
}

void rt_recorder_clear(struct rt_recorder *r)
{
    const struct crnl_model *m = r->job->m;
    free_made(r);
    *r = (struct rt_recorder){
        .job = r->job, .run = r->run, .t_row = NAN, .stat = r->stat, .x = r->x, .memory = r->memory};
    for (int32_t i = 0; i < m->n_stats; i++) {
        clear_stat(&m->stat[i], &r->stat[i]);
    }
    memset(r->x, 0, (size_t)m->n_species * sizeof *r->x);
    memset(r->memory, 0, rt_memory_size(m) * sizeof *r->memory);
    begin_stats(r);
}

void rt_recorder_free(struct rt_recorder *r)
{
    rt_stats_free(r->stat, r->job->m->n_stats);
    free(r->x);
    free(r->memory);
    free_made(r);
}

static int hand_on(struct rt_recorder *r)
{
    int64_t n = r->n_rows;
    rt_single_keep_rows(r);
    r->n_rows = 0;
    return rt_collect_rows(r->collector, r->run, r->row, n, &r->error);
}

static double value_of(struct rt_recorder *r, const struct crnl_elem *e, double t, const double *x,
                       const double *capture, double inv_volume)
{
    const struct rt_job *job = r->job;
    return r->limit ? rt_limit_value(r->limit, job->m, e, x, job->param, capture, &r->error)
                    : rt_elem_value(job->m, e, x, t, job->param, capture, inv_volume);
}

double *rt_record_open(struct rt_recorder *r, double t)
{
    const struct rt_job *job = r->job;
    if (!job->has_rows || crnl_same_time(t, r->t_row)) {
        return NULL;
    }
    r->t_row = t;
    size_t stride = rt_row_width(job);
    r->whole = 0;
    if (r->n_rows == r->cap_rows) {
        r->cap_rows = r->cap_rows ? 2 * r->cap_rows : r->collector ? 1 : 64;
        r->row = rt_resize(r->row, (size_t)r->cap_rows, stride * sizeof *r->row);
    }
    double *row = r->row + stride * (size_t)r->n_rows++;
    row[0] = t;
    memset(row + 1, 0, (stride - 1) * sizeof *row);
    return row;
}

void rt_record_add(struct rt_recorder *r, double *row, double t, const double *x, double probability)
{
    const struct rt_job *job = r->job;
    r->whole += probability;
    for (int32_t i = 0; i < job->n_columns; i++) {
        double v = value_of(r, &job->column[i], t, x, job->capture, job->inv_volume), delta = v - row[1 + i];
        row[1 + i] += delta * (probability / r->whole);
        if (job->has_deviations) {
            row[1 + job->n_columns + i] += probability * delta * (v - row[1 + i]);
        }
    }
}

int rt_record_close(struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    size_t width = rt_row_width(job), values = (size_t)r->n_rows * width;
    double *deviation = r->row + values - job->n_columns;
    for (int32_t i = 0; job->has_deviations && i < job->n_columns; i++) {
        deviation[i] = r->whole > 0 ? sqrt(deviation[i] / r->whole) : 0;
    }
    return r->collector && values >= VALUES_AT_ONCE ? hand_on(r) : CRNL_OK;
}

int rt_record_row(struct rt_recorder *r, double t, const double *x)
{
    const struct rt_job *job = r->job;
    double *row = rt_record_open(r, t);
    for (int32_t i = 0; row && i < job->n_columns; i++) {
        row[1 + i] = value_of(r, &job->column[i], t, x, job->capture, job->inv_volume);
    }
    return row ? rt_record_close(r) : CRNL_OK;
}

static bool wants_jumps(const struct rt_recorder *r)
{
    return r->job->has_rows && r->job->n_trace > 0 && r->job->runs == 1 && !r->jumps.too_many;
}

static void read_traces(struct rt_recorder *r, double t, const double *x, double *to)
{
    const struct rt_job *job = r->job;
    const struct crnl_elem *column = job->column + job->n_columns - job->n_trace;
    for (int32_t i = 0; i < job->n_trace; i++) {
        to[i] = value_of(r, &column[i], t, x, job->capture, job->inv_volume);
    }
}

void rt_record_before_jump(struct rt_recorder *r, double t, double seen, const double *x)
{
    enum { MOST_JUMPS = 5000 };
    struct rt_jumps *j = &r->jumps;
    if (!wants_jumps(r)) {
        return;
    }
    if (j->n == MOST_JUMPS) {
        j->too_many = true;
        j->n = 0;
        return;
    }
    size_t width = 1 + 2 * (size_t)r->job->n_trace;
    if (j->n == j->cap) {
        j->cap = j->cap ? 2 * j->cap : 8;
        j->v = rt_resize(j->v, (size_t)j->cap, width * sizeof *j->v);
    }
    double *to = j->v + (size_t)j->n * width;
    to[0] = t;
    read_traces(r, seen, x, to + 1);
}

/* A jump that no trace shows is not recorded: amounts that flow differ just before and just after by
 * rounding errors. */
void rt_record_after_jump(struct rt_recorder *r, double seen, const double *x)
{
    static const double ROUNDING = 1e-12;
    if (!wants_jumps(r)) {
        return;
    }
    size_t n = (size_t)r->job->n_trace;
    double *before = r->jumps.v + (size_t)r->jumps.n * (1 + 2 * n) + 1, *after = before + n;
    read_traces(r, seen, x, after);
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        any |= fabs(after[i] - before[i]) > ROUNDING * fmax(fabs(before[i]), fabs(after[i]));
    }
    r->jumps.n += any;
}

/* Reads the values of a request. Histograms of species and duals count molecules. */
static void read_values(struct rt_recorder *r, int32_t request, double t, const double *x, double *out)
{
    const struct rt_job *job = r->job;
    const struct crnl_stat_request *q = &job->m->stat[request];
    bool histogram = q->kind == CRNL_TIME_HISTOGRAM || q->kind == CRNL_RUN_HISTOGRAM;
    for (int32_t e = 0; e < q->n_elems; e++) {
        bool molecules =
            histogram && (q->elem[e].kind == CRNL_ELEM_SPECIES || q->elem[e].kind == CRNL_ELEM_DUAL);
        double inv_volume = molecules ? 1 : job->inv_volume;
        out[e] = value_of(r, &q->elem[e], t, x, NULL, inv_volume);
    }
}

double rt_record_value(struct rt_recorder *r, int32_t request, int32_t elem, double t, const double *x)
{
    return value_of(r, &r->job->m->stat[request].elem[elem], t, x, NULL, r->job->inv_volume);
}

void rt_record_values(struct rt_recorder *r, double t, const double *x)
{
    for (int32_t i = 0; i < r->job->m->n_stats; i++) {
        const struct crnl_stat_request *q = &r->job->m->stat[i];
        if (rt_is_path_stat(q) && !rt_is_course_stat(q) && !r->stat[i].in_kernel && !r->stat[i].is_unknown) {
            read_values(r, i, t, x, r->stat[i].value);
        }
    }
}

int32_t rt_histogram_bin(double v)
{
    v = floor(v + 0.5);
    return v > INT32_MAX ? INT32_MAX : v > INT32_MIN ? (int32_t)v : INT32_MIN;
}

void rt_record_dwell(struct rt_recorder *r, double weight)
{
    const struct crnl_model *m = r->job->m;
    for (int32_t i = 0; i < m->n_stats; i++) {
        const struct crnl_stat_request *q = &m->stat[i];
        struct rt_stat *s = &r->stat[i];
        if (!rt_is_time_stat(q) || s->in_kernel || s->is_unknown) {
            continue;
        }
        if (q->kind == CRNL_TIME_HISTOGRAM) {
            rt_histogram_add(&s->histogram, rt_histogram_bin(s->value[0]),
                             q->n_elems > 1 ? rt_histogram_bin(s->value[1]) : 0, weight);
        } else {
            for (int32_t e = 0; e < q->n_elems; e++) {
                rt_moments_add(&s->moments[e], s->value[e], weight);
            }
        }
    }
}

const double rt_gauss_node[RT_GAUSS_NODES] = {-0.86113631159405258, -0.33998104358485626, 0.33998104358485626,
                                              0.86113631159405258};
const double rt_gauss_weight[RT_GAUSS_NODES] = {0.34785484513745386, 0.65214515486254614, 0.65214515486254614,
                                                0.34785484513745386};

void rt_record_between(struct rt_recorder *r, double from, double to,
                       const double *(*at)(void *env, double t), void *env)
{
    double half = (to - from) / 2;
    rt_course_between(r, from, to, at, env);
    for (int i = 0; r->has_time_stats && half > 0 && i < RT_GAUSS_NODES; i++) {
        double t = from + half * (1 + rt_gauss_node[i]);
        rt_record_values(r, t, at(env, t));
        rt_record_dwell(r, half * rt_gauss_weight[i]);
    }
}

void rt_record_event(struct rt_recorder *r, double t, const double *x)
{
    for (int32_t i = 0; i < r->job->m->n_stats; i++) {
        const struct crnl_stat_request *q = &r->job->m->stat[i];
        struct rt_stat *s = &r->stat[i];
        if (q->kind == CRNL_EVENT_MEAN && !s->in_kernel) {
            read_values(r, i, t, x, s->value);
            for (int32_t e = 0; e < q->n_elems; e++) {
                rt_moments_add(&s->moments[e], s->value[e], 1);
            }
        }
    }
}

/* Says of a run that its time has ended before `until` could, if the program does not ask when it ended. */
static void note_missed(struct rt_recorder *r, double t, const double *x)
{
    const struct rt_job *job = r->job;
    const struct crnl_run_spec *spec = job->spec;
    double after = job->after_kind == CRNL_SPAN_TIME ? job->after : 0;
    /* where `until` has ended it, just before the condition turns true, it is not over */
    bool is_whole = t >= job->t0 + (after + job->duration) * (1 - 1e-9);
    bool is_one = job->runs == 1 && !job->is_row && !rt_method_is(spec->method, CRNL_LAW);
    if (!spec->tells_missed || !is_whole || !is_one || rt_condition(job, spec->until, t, x)) {
        return;
    }
    struct rt_buffer sides = {0};
    rt_put_sides(&sides, job, t, x);
    rt_putf(&r->notes, "warning: `until` has not ended this run: its condition is still false at t = %.6g%s",
            t, sides.data ? sides.data : "");
    rt_putf(&r->notes,
            "\n  help: ask when it ended, `print %s.time;` or `assert %s.time < ...;`, or let it go on for "
            "longer\n",
            job->m->name, job->m->name);
    rt_buffer_free(&sides);
}

void rt_record_end(struct rt_recorder *r, double t, const double *x)
{
    const struct rt_job *job = r->job;
    const struct crnl_model *m = job->m;
    rt_course_end(r, t, x);
    note_missed(r, t, x);
    for (int32_t i = 0; i < m->n_stats; i++) {
        if (!rt_is_path_stat(&m->stat[i]) && m->stat[i].n_times == 0) {
            read_values(r, i, t, x, r->stat[i].value);
        }
    }
    r->t = t;
    for (int32_t s = 0; s < m->n_species; s++) {
        r->x[s] = x[s] * job->inv_volume;
    }
}

void rt_record_law(struct rt_recorder *r, int64_t n)
{
    const struct crnl_model *m = r->job->m;
    r->n_states = n;
    r->weight = rt_alloc((size_t)n, sizeof *r->weight);
    for (int32_t i = 0; i < m->n_stats; i++) {
        if (!rt_is_path_stat(&m->stat[i]) && m->stat[i].n_times == 0) {
            size_t size = (size_t)m->stat[i].n_elems * sizeof *r->stat[i].value;
            r->stat[i].value = rt_resize(r->stat[i].value, (size_t)n, size);
        }
    }
}

void rt_record_state(struct rt_recorder *r, int64_t i, double t, const double *x, double weight)
{
    const struct crnl_model *m = r->job->m;
    r->weight[i] = weight;
    r->t = i == 0 || r->t == t || crnl_same_time(r->t, t) ? t : NAN;
    for (int32_t k = 0; k < m->n_stats; k++) {
        if (!rt_is_path_stat(&m->stat[k]) && m->stat[k].n_times == 0) {
            read_values(r, k, t, x, r->stat[k].value + i * m->stat[k].n_elems);
        }
    }
    if (r->n_states == 1) {
        rt_record_end(r, t, x);
    }
}

/* Whether all values of a course of laws are kept. Means and variances are summed up; for other statistics
 * all values are kept. */
static bool is_kept_whole(const struct crnl_stat_request *q)
{
    return q->kind == CRNL_RUN_QUANTILE || q->kind == CRNL_RUN_HISTOGRAM;
}

void rt_record_sample(struct rt_recorder *r, const struct rt_sample *s, const double *x, double weight)
{
    const struct crnl_model *m = r->job->m;
    for (int32_t i = 0; i < m->n_stats; i++) {
        const struct crnl_stat_request *q = &m->stat[i];
        struct rt_stat *to = &r->stat[i];
        if (q->n_times == 0 || q->course != s->course) {
            continue;
        }
        if (is_kept_whole(q) && !to->law) {
            to->n_law = crnl_stat_width(q);
            to->law = rt_alloc((size_t)to->n_law, sizeof *to->law);
        }
        int64_t first = (int64_t)s->i * q->n_elems;
        read_values(r, i, s->t, x, to->value + first);
        for (int64_t e = first; e < first + q->n_elems; e++) {
            rt_moments_add(&to->moments[e], to->value[e], weight);
            if (to->law) {
                rt_values_add(&to->law[e], to->value[e], weight);
            }
        }
    }
}

void rt_record_sampled(struct rt_recorder *r, const struct rt_sample *s)
{
    const struct crnl_model *m = r->job->m;
    for (int32_t i = 0; i < m->n_stats; i++) {
        const struct crnl_stat_request *q = &m->stat[i];
        for (int32_t e = 0; q->course == s->course && r->stat[i].law && e < q->n_elems; e++) {
            rt_values_sort(&r->stat[i].law[(int64_t)s->i * q->n_elems + e]);
        }
    }
}

static double row_time(const struct rt_grid *g)
{
    if (!(g->every > 0)) {
        return INFINITY;
    }
    if (g->i > 0 && crnl_is_due(g->end, g->base + (double)(g->i - 1) * g->every)) {
        return INFINITY; /* the previous row was the end */
    }
    double t = g->base + (double)g->i * g->every;
    return crnl_is_due(g->end, t) ? g->end : t;
}

static bool has_samples(const struct rt_grid *g)
{
    return g->job && g->i_sample < g->job->n_samples;
}

static double sample_time(const struct rt_grid *g)
{
    double t = has_samples(g) ? g->job->sample[g->i_sample].t : INFINITY;
    return crnl_is_due(t, g->end) ? t : INFINITY;
}

double rt_grid_time(const struct rt_grid *g)
{
    return has_samples(g) ? fmin(row_time(g), sample_time(g)) : row_time(g);
}

void rt_record_no_samples(struct rt_recorder *r)
{
    const struct crnl_model *m = r->job->m;
    for (int32_t i = 0; i < m->n_stats; i++) {
        struct rt_stat *s = &r->stat[i];
        if (m->stat[i].n_times > 0) {
            memset(s->moments, 0, (size_t)crnl_stat_width(&m->stat[i]) * sizeof *s->moments);
        }
        for (int64_t e = 0; e < s->n_law; e++) {
            s->law[e].n = 0;
        }
    }
}

bool rt_grid_row(struct rt_grid *g, double t)
{
    bool is_due = crnl_is_due(row_time(g), t);
    g->i += is_due;
    return is_due;
}

const struct rt_sample *rt_grid_sample(struct rt_grid *g, double t)
{
    bool is_due = crnl_is_due(sample_time(g), t) && sample_time(g) < INFINITY;
    return is_due ? &g->job->sample[g->i_sample++] : NULL;
}

static void take_samples(struct rt_recorder *r, struct rt_grid *g, double t, const double *x)
{
    const struct crnl_model *m = r->job->m;
    const struct rt_sample *s;
    while ((s = rt_grid_sample(g, t)) != NULL) {
        for (int32_t i = 0; i < m->n_stats; i++) {
            if (m->stat[i].n_times > 0 && m->stat[i].course == s->course) {
                read_values(r, i, t, x, r->stat[i].value + s->i * m->stat[i].n_elems);
            }
        }
    }
}

int rt_record_due(struct rt_recorder *r, struct rt_grid *g, double t, const double *x)
{
    if (has_samples(g)) {
        take_samples(r, g, t, x);
    }
    double t_row = row_time(g);
    if (!crnl_is_due(t_row, t)) {
        return r->error.status;
    }
    g->i++;
    return rt_record_row(r, t_row, x);
}

void rt_grid_skip(struct rt_grid *g, double t)
{
    while (g->job && g->i_sample < g->job->n_samples && g->job->sample[g->i_sample].t < t &&
           !crnl_same_time(g->job->sample[g->i_sample].t, t)) {
        g->i_sample++;
    }
}

int rt_record_start(struct rt_recorder *r, struct rt_grid *g, double t, const double *x)
{
    g->i = 1;
    rt_grid_skip(g, t);
    take_samples(r, g, t, x);
    return rt_record_row(r, t, x);
}

int64_t rt_grid_rows(const struct rt_grid *g)
{
    return (int64_t)ceil(crnl_time_before((g->end - g->base) / g->every)) + 1;
}

bool rt_condition(const struct rt_job *job, int32_t expr, double t, const double *x)
{
    return job->m->expr(job->m->env, expr, x, t, job->param, job->capture, job->inv_volume) != 0;
}

/* Appends the first line of a text, in which "$c2" stands for a captured value. */
static const char *put_with_values(struct rt_buffer *b, const char *text, const double *captured)
{
    for (; *text && *text != '\n'; text++) {
        if (text[0] == '$' && text[1] == 'c') {
            char *end;
            rt_putf(b, "%.6g", captured[strtol(text + 2, &end, 10)]);
            text = end - 1;
        } else {
            rt_put_n(b, text, 1);
        }
    }
    return *text ? text + 1 : text;
}

void rt_put_sides(struct rt_buffer *b, const struct rt_job *job, double t, const double *x)
{
    const char *text = job->spec->side_text;
    for (int32_t i = 0; i < job->spec->n_sides; i++) {
        double v =
            job->m->expr(job->m->env, job->spec->side[i], x, t, job->param, job->capture, job->inv_volume);
        struct rt_buffer side = {0};
        char *end;
        rt_put(b, i % 2 ? " and " : "\n  note: compared are ");
        text = put_with_values(&side, text, job->capture);
        (void)strtod(side.data, &end);
        if (*end == '\0') {
            rt_put(b, side.data);
        } else {
            rt_putf(b, "`%s` = %.6g", side.data, v);
        }
        rt_buffer_free(&side);
    }
}

static void put_until(struct rt_buffer *b, const struct rt_job *job, double t, const double *x, bool waits)
{
    rt_putf(b, "\n  note: only `until` ends this run, and its condition %s", rt_until_missed(waits));
    rt_put_sides(b, job, t, x);
    rt_putf(b, "\n  help: a time ends it too: `run %s for TIME until ...`", job->m->name);
}

/* Says once in a program, on stderr, that a run has gone on for long. */
static void note_endless(struct rt_recorder *r, double t, const double *x, bool waits)
{
    static const double long_run = 10; /* seconds */
    const struct rt_job *job = r->job;
    struct crnl_ctx *ctx = job->ctx;
    if (!ctx || ctx->told_endless || job->runs > 1 || job->is_row) {
        return;
    }
    double now = rt_seconds();
    r->endless_since = r->endless_since > 0 ? r->endless_since : now;
    if (now - r->endless_since > long_run) {
        struct rt_buffer text = {0}, notes = {0}; /* in notes, lines are not indented */
        put_until(&text, job, t, x, waits);
        rt_putf(&notes, "note: the run has gone on to t = %.6g", t);
        for (const char *c = text.data; *c; c += *c == '\n' ? 3 : 1) {
            rt_put_n(&notes, c, 1);
        }
        ctx->told_endless = true;
        rt_show_notes(ctx, job->spec->line, &notes);
        rt_buffer_free(&text);
        rt_buffer_free(&notes);
    }
}

int rt_check_until(struct rt_recorder *r, int status, double t, const double *x, bool waits)
{
    bool counted = r->job->runs > 1 || r->job->is_row; /* how many are complete is added to that line */
    if (status == CRNL_LIMIT || (status == CRNL_CANCELLED && !counted)) {
        put_until(&r->error.text, r->job, t, x, waits);
    } else if (!status) {
        note_endless(r, t, x, waits);
    }
    return status;
}

/* The first assumption that does not hold, or -1. */
static int32_t find_broken(const struct rt_job *job, double t, const double *x)
{
    const struct crnl_model *m = job->m;
    int32_t i = 0;
    while (i < m->n_assumes && m->expr(m->env, m->assume[i], x, t, job->param, NULL, job->inv_volume) != 0) {
        i++;
    }
    return i < m->n_assumes ? i : -1;
}

bool rt_assumes_hold(const struct rt_job *job, double t, const double *x)
{
    return find_broken(job, t, x) < 0;
}

int rt_check_assumes(const struct rt_job *job, double t, const double *x, struct rt_error *e)
{
    const struct crnl_model *m = job->m;
    int32_t i = find_broken(job, t, x);
    if (i < 0) {
        return CRNL_OK;
    }
    rt_fail(e, CRNL_ASSUME, "the assumption in line %d of network `%s` does not hold",
            m->assume_line ? m->assume_line[i] : 0, m->name);
    if (i < m->n_assumes_moving) {
        rt_putf(&e->text, " at t = %.6g", t);
    }
    if (m->assume_text) {
        rt_putf(&e->text, "\n  note: it is `%s`", m->assume_text[i]);
    }
    if (i < m->n_assumes_moving) {
        rt_put(&e->text, "\n  note: there ");
        rt_put_amounts(&e->text, m, -1, x);
    }
    return CRNL_ASSUME;
}

static int hand_on_in_time(struct rt_recorder *r)
{
    double now = rt_seconds();
    int status = CRNL_OK;
    if (r->collector && r->n_rows > 0 && now - r->handed_on > SECONDS_UNTIL_HANDED_ON) {
        status = r->handed_on > 0 ? hand_on(r) : CRNL_OK;
        r->handed_on = now;
    }
    crnl_files_tick();
    rt_single_look(r);
    return status;
}

int rt_check_limits(struct rt_recorder *r, double t)
{
    const struct rt_job *job = r->job;
    if (rt_cancelled(job->ctx) || atomic_load_explicit(&job->stop, memory_order_relaxed)) {
        rt_fail(&r->error, CRNL_CANCELLED, "interrupted by %s", rt_signal_name(rt_cancelled(job->ctx)));
        if (job->runs == 1) {
            rt_putf(&r->error.text, " at t = %.6g", t);
        }
        return CRNL_CANCELLED;
    }
    const struct crnl_ctx *ctx = job->ctx;
    if (ctx && ctx->options.max_seconds > 0 && rt_seconds() - ctx->start > ctx->options.max_seconds) {
        return rt_fail(&r->error, CRNL_LIMIT,
                       "the program may take %.6g seconds, and they are over at t = %.6g of this run\n"
                       "  help: what was computed is kept; allow more with --max-seconds",
                       ctx->options.max_seconds, t);
    }
    return hand_on_in_time(r);
}
