/* Reads the statistics of the last run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_rows.h"

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* NaN has no position in the order. */
double rt_quantile(double *v, int64_t n, double probability)
{
    for (int64_t i = 0; i < n; i++) {
        if (v[i] != v[i]) {
            return v[i];
        }
    }
    qsort(v, (size_t)n, sizeof *v, compare);
    double at = probability * (double)(n - 1);
    int64_t below = (int64_t)at;
    bool between = below + 1 < n && v[below] < v[below + 1]; /* two infinite values have no difference */
    return between ? v[below] + (at - (double)below) * (v[below + 1] - v[below]) : v[below];
}

/* The quantile of a law with sorted values: the least value that is not exceeded with the given probability,
 * up to rounding. */
static double law_quantile(const struct rt_values *v, double probability)
{
    static const double rounding = 1e-12;
    double total = 0, below = 0, found = NAN;
    for (int64_t i = 0; i < v->n; i++) {
        total += v->of[i].weight;
        if (v->of[i].value != v->of[i].value) {
            return NAN;
        }
    }
    for (int64_t i = 0; i < v->n && !(below >= (probability - rounding) * total && i > 0); i++) {
        below += v->of[i].weight;
        found = v->of[i].value;
    }
    return found;
}

/* The quantile over n states with a value each. */
static double states_quantile(const double *value, int32_t stride, const double *weight, int64_t n,
                              double probability)
{
    struct rt_values v = {0};
    for (int64_t i = 0; i < n; i++) {
        rt_values_add(&v, value[i * stride], weight[i]);
    }
    rt_values_sort(&v);
    double found = law_quantile(&v, probability);
    free(v.of);
    return found;
}

/* Statistics of an element over runs, or over the states of a law. A value that is infinite with a positive
 * probability, such as the time of an end that may never come, has an infinite mean and variance. */
static void over_runs(const struct rt_result *r, const struct crnl_stat_request *q, const struct rt_stat *s,
                      int64_t e, double *out)
{
    struct rt_moments moments = {0};
    if (q->kind == CRNL_RUN_LOST) { /* for a law by its states: the probability that has left the states that
                                       are followed */
        double there = 0;
        for (int64_t i = 0; i < r->runs && r->weight; i++) {
            there += r->weight[i];
        }
        *out = r->weight ? fmax(1 - there, 0) : 0;
        return;
    }
    for (int64_t i = 0; i < r->runs; i++) {
        double v = s->value[i * crnl_stat_width(q) + e];
        if (r->weight && v == INFINITY && r->weight[i] > 0) {
            *out = INFINITY;
            return;
        }
        rt_moments_add(&moments, v, r->weight ? r->weight[i] : 1);
    }
    /* Of a single draw there is no variance; a run without chance has none. */
    double free_runs = r->weight ? moments.weight : moments.weight - 1;
    bool is_draw = rt_method_is(r->method, CRNL_STOCHASTIC);
    *out = q->kind == CRNL_RUN_MEAN ? moments.mean : r->runs > 1 || is_draw ? moments.m2 / free_runs : 0;
}

/* Whether it is a course of laws: each of its times has a law of its own instead of values of runs. */
static bool is_course_of_law(const struct rt_result *r, const struct crnl_stat_request *q)
{
    return r->weight && q->n_times > 0;
}

static bool is_histogram(const struct crnl_stat_request *q)
{
    return q->kind == CRNL_TIME_HISTOGRAM || q->kind == CRNL_RUN_HISTOGRAM;
}

/* The number of bins, for counts 0 .. bound, along an axis. */
static int64_t bins(const struct crnl_stat_request *q, int axis)
{
    return axis < q->n_elems ? (int64_t)q->bound[axis] + 1 : 1;
}

static void put_bin(double *out, const struct crnl_stat_request *q, int64_t i, int64_t j, double weight)
{
    if (i >= 0 && i < bins(q, 0) && j >= 0 && j < bins(q, 1)) {
        out[i * bins(q, 1) + j] += weight;
    }
}

static void histogram(const struct rt_result *r, const struct crnl_stat_request *q, const struct rt_stat *s,
                      double *out)
{
    memset(out, 0, rt_stat_size(q, r->runs) * sizeof *out);
    if (is_course_of_law(r, q)) {
        double total = 0;
        for (int64_t i = 0; i < s->law[0].n; i++) {
            total += s->law[0].of[i].weight;
        }
        for (int64_t i = 0; i < s->law[0].n; i++) {
            put_bin(out, q, rt_histogram_bin(s->law[0].of[i].value), 0, s->law[0].of[i].weight / total);
        }
        return;
    }
    if (q->kind == CRNL_RUN_HISTOGRAM) {
        double total = 0;
        for (int64_t i = 0; i < r->runs; i++) {
            total += r->weight ? r->weight[i] : 1;
        }
        for (int64_t i = 0; i < r->runs; i++) {
            const double *v = s->value + i * q->n_elems;
            put_bin(out, q, rt_histogram_bin(v[0]), q->n_elems > 1 ? rt_histogram_bin(v[1]) : 0,
                    (r->weight ? r->weight[i] : 1) / total);
        }
        return;
    }
    for (size_t i = 0; i < s->histogram.cap; i++) {
        int64_t key = s->histogram.key[i];
        if (s->histogram.weight[i] > 0) {
            put_bin(out, q, key >> 32, (int32_t)(uint32_t)key, s->histogram.weight[i] / s->histogram.total);
        }
    }
}

size_t rt_stat_size(const struct crnl_stat_request *q, int64_t runs)
{
    return is_histogram(q)                ? (size_t)(bins(q, 0) * bins(q, 1))
           : q->kind == CRNL_RUN_QUANTILE ? (size_t)crnl_stat_width(q) * (size_t)(runs > 1 ? runs : 1)
                                          : (size_t)crnl_stat_width(q);
}

static int fail_unknown(const struct crnl_model *m, const struct crnl_method *method,
                        const struct crnl_stat_request *q, struct rt_error *e)
{
    const char *name = rt_method_info(method)->family; /* as programs write it after `by` */
    if (q->kind == CRNL_EVENT_MEAN) {
        return rt_fail(e, CRNL_NO_RUN,
                       "the last run of `%s` was by `%s`, which does not make reactions one by one: it has "
                       "no averages over events\n"
                       "  help: run it `by ssa`, or ask for time_mean(...)",
                       m->name, name);
    }
    if (q->kind == CRNL_SPECTRAL_GAP) {
        return rt_fail(e, CRNL_NO_RUN,
                       "the last run of `%s` was by `%s`, and not to a steady state: it has no spectral gap\n"
                       "  help: run it `to steady`, or `by cme`",
                       m->name, name);
    }
    if (rt_is_course_stat(q)) {
        return rt_fail(e, CRNL_NO_RUN,
                       "the last run of `%s` was by `%s`, which has a law in place of a course\n"
                       "  help: run it `by ssa` or `by ode`",
                       m->name, name);
    }
    return rt_fail(e, CRNL_NO_RUN,
                   "the last run of `%s` was by `%s`, which has no averages over time of what reads it in "
                   "this version\n"
                   "  help: run it `by ssa`",
                   m->name, name);
}

/* Reports an average over nothing. */
static int fail_empty(const struct crnl_model *m, const struct crnl_stat_request *q, struct rt_error *e)
{
    return rt_fail(e, CRNL_NO_RUN,
                   q->kind == CRNL_EVENT_MEAN
                       ? "no reaction fired in the last run of `%s`: it has no averages over events"
                       : "the last run of `%s` took no time: it has no averages over time",
                   m->name);
}

/* A statistic along a path. The integral is the mean of the integrals of runs; a law has a single one, over
 * all of its states. */
static double along_path(const struct rt_result *r, const struct crnl_stat_request *q,
                         const struct rt_moments *s)
{
    double runs = r->weight ? 1 : (double)r->runs;
    return rt_is_course_stat(q)            ? rt_course_value(q, s)
           : q->kind == CRNL_TIME_VAR      ? s->m2 / s->weight
           : q->kind == CRNL_TIME_INTEGRAL ? s->mean * s->weight / runs
                                           : s->mean;
}

int rt_stat_values(const struct crnl_model *m, const struct rt_result *r, int32_t request, double *out,
                   struct rt_error *e)
{
    const struct crnl_stat_request *q = &m->stat[request];
    const struct rt_stat *s = &r->stat[request];
    if (s->is_unknown) {
        return fail_unknown(m, r->method, q, e);
    }
    bool empty = q->kind == CRNL_TIME_HISTOGRAM ? !(s->histogram.total > 0) : !(s->moments[0].weight > 0);
    if (rt_is_path_stat(q) && !rt_is_course_stat(q) && empty) {
        return fail_empty(m, q, e);
    }
    if (is_histogram(q) && is_course_of_law(r, q) && q->n_elems > 1) {
        return rt_fail(e, CRNL_NO_RUN,
                       "the course of a law has no joint histograms in this version\n"
                       "  help: run `%s` until that time, and ask for that of its end",
                       m->name);
    }
    if (is_histogram(q)) {
        histogram(r, q, s, out);
        return CRNL_OK;
    }
    if (q->kind == CRNL_RUN_QUANTILE) {
        memcpy(out, s->value, rt_stat_size(q, r->runs) * sizeof *out);
        return CRNL_OK;
    }
    for (int64_t i = 0; i < crnl_stat_width(q); i++) {
        if (q->kind == CRNL_SPECTRAL_GAP) {
            out[i] = s->moments[i].mean;
        } else if (rt_is_path_stat(q)) {
            out[i] = along_path(r, q, &s->moments[i]);
        } else if (is_course_of_law(r, q)) {
            const struct rt_moments *of = &s->moments[i];
            out[i] = !(of->weight > 0) ? NAN : q->kind == CRNL_RUN_MEAN ? of->mean : of->m2 / of->weight;
        } else if (q->kind == CRNL_END) {
            out[i] = s->value[i];
        } else {
            over_runs(r, q, s, i, &out[i]);
        }
    }
    return CRNL_OK;
}

/* Computes the quantile of each element from the values of all runs. */
static void quantiles(const struct crnl_stat_request *q, int64_t runs, const double *value,
                      const double *weight, double probability, double *out)
{
    for (int32_t e = 0; weight && e < q->n_elems; e++) {
        out[e] = states_quantile(value + e, q->n_elems, weight, runs, probability);
    }
    if (weight) {
        return;
    }
    double *v = rt_alloc((size_t)runs, sizeof *v);
    for (int64_t e = 0; e < crnl_stat_width(q); e++) {
        for (int64_t i = 0; i < runs; i++) {
            v[i] = value[i * crnl_stat_width(q) + e];
        }
        out[e] = rt_quantile(v, runs, probability);
    }
    free(v);
}

static bool has_course(const struct crnl_stat_request *q, int32_t n, const int32_t *course)
{
    bool found = q->n_times == 0;
    for (int32_t i = 0; i < n; i++) {
        found |= course[i] == q->course;
    }
    return found;
}

/* A histogram as a value has as many counts as the program says; what is beyond is in none of them. */
static void warn_beyond(struct crnl_ctx *ctx, struct rt_network *n, int32_t line,
                        const struct crnl_stat_request *q, const double *out)
{
    static const double MUCH = 0.01;
    double sum = 0;
    for (int64_t i = 0; i < bins(q, 0) * bins(q, 1); i++) {
        sum += out[i];
    }
    if (1 - sum > MUCH && !n->told_beyond) {
        n->told_beyond = true;
        rt_warn_at(ctx, line,
                   "%.3g %% of this histogram of `%s` is beyond its %s, and left out\n"
                   "  help: `max` is the largest count, such as max = %d",
                   100 * (1 - sum), q->name[0], q->n_elems > 1 ? "ends" : "end",
                   2 * (int)(q->bound[0] > 0 ? q->bound[0] : 1));
    }
}

/* A quantity that does not rise to its level twice has no period, which is then NaN. */
static void warn_no_period(struct crnl_ctx *ctx, struct rt_network *n, int32_t line,
                           const struct crnl_stat_request *q, const double *out)
{
    for (int32_t i = 0; i < q->n_elems && !n->told_no_period; i++) {
        if (isnan(out[i])) {
            n->told_no_period = true;
            rt_warn_at(ctx, line,
                       "`%s` did not rise through its level twice: it has no period, which is NaN here\n"
                       "  help: print crossings, time_min and time_max of it, and take a level in between; "
                       "run for longer if it rose once",
                       q->name[i]);
        }
    }
}

int crnl_stat(struct crnl_ctx *ctx, int32_t net, int32_t request, double arg, int32_t n, double *out,
              int32_t line)
{
    struct rt_network *network = rt_network(ctx, net);
    const struct crnl_stat_request *q = &network->m->stat[request];
    const struct rt_result *r = network->result;
    const struct rt_row_values *rows = q->of_rows ? network->rows : NULL;
    for (int32_t i = 0; network->failed && i < n; i++) {
        out[i] = NAN;
    }
    if (network->failed) {
        return CRNL_OK;
    }
    if (q->of_rows ? !rows : !r) {
        return crnl_fail(ctx, CRNL_NO_RUN, line,
                         "`%s` has not run yet: there are no statistics\n"
                         "  help: run it before: run %s for 10;",
                         network->m->name, network->m->name);
    }
    if (!(rows ? has_course(q, rows->n_courses, rows->course) : has_course(q, r->n_courses, r->course))) {
        return crnl_fail(ctx, CRNL_NO_RUN, line,
                         "the last run of `%s` is another one than that whose course is read here\n"
                         "  help: keep it in a variable right after the run",
                         network->m->name);
    }
    int64_t runs = rows ? rows->runs : r->runs, n_rows = rows ? rows->n_rows : 1;
    if (q->kind == CRNL_END && rows && rows->are_laws) {
        return crnl_fail(ctx, CRNL_NO_RUN, line,
                         "the law of each row gives `%s` no single value\n"
                         "  help: ask for run_mean(...), run_var(...) or run_histogram(...) instead",
                         q->n_elems > 0 ? q->name[0] : "");
    }
    if (q->kind == CRNL_END && !rows && is_course_of_law(r, q)) {
        return crnl_fail(ctx, CRNL_NO_RUN, line,
                         "the course of a law gives `%s` no single values\n"
                         "  help: ask for run_mean(...), run_var(...) or run_quantile(...) of it",
                         q->n_elems > 0 ? q->name[0] : "");
    }
    if (q->kind == CRNL_END && runs > 1) {
        return crnl_fail(ctx, CRNL_NO_RUN, line,
                         "after %lld runs%s `%s` has no single value\n"
                         "  help: ask for run_mean(...), run_quantile(...) or time_mean(...) instead",
                         (long long)runs, rows ? " of each row" : "", q->n_elems > 0 ? q->name[0] : "");
    }
    bool by_quantile = q->kind == CRNL_RUN_QUANTILE;
    if (by_quantile && !(arg >= 0 && arg <= 1)) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, line,
                         "a quantile's probability is between 0 and 1, not %.6g", arg);
    }
    if (by_quantile && rows && rows->are_laws) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, line,
                         "quantiles of the laws of all rows are not kept\n"
                         "  help: read run_histogram(..., max = N), or run `cme` in a loop");
    }
    size_t have = rt_stat_size(q, runs), want = by_quantile ? (size_t)crnl_stat_width(q) : have;
    if ((int64_t)want * n_rows != n) {
        return crnl_fail(ctx, CRNL_INDEX, line, "a statistic of %lld values does not fit into %d",
                         (long long)want * (long long)n_rows, (int)n);
    }
    if (by_quantile && !rows && is_course_of_law(r, q)) {
        for (int32_t i = 0; i < n; i++) {
            out[i] = law_quantile(&r->stat[request].law[i], arg);
        }
        return CRNL_OK;
    }
    double *value = by_quantile ? rt_alloc(have, sizeof *value) : NULL;
    struct rt_error e = {0};
    if (rows && atomic_load(&rows->is_unknown[request])) {
        fail_unknown(network->m, rows->method, q, &e);
    }
    for (int64_t i = 0; i < n_rows && !e.status; i++, out += want) {
        const double *from =
            rows ? rows->value + (size_t)i * rows->first[rows->n_stats] + rows->first[request] : value;
        if (!rows) {
            rt_stat_values(network->m, r, request, by_quantile ? value : out, &e);
        }
        if (by_quantile) {
            quantiles(q, runs, from, rows ? NULL : r->weight, arg, out);
        } else if (rows) {
            memcpy(out, from, want * sizeof *out);
        }
        if (is_histogram(q) && !e.status) {
            warn_beyond(ctx, network, line, q, out);
        }
        if (q->kind == CRNL_PERIOD && !rows && !e.status) {
            warn_no_period(ctx, network, line, q, out);
        }
    }
    free(value);
    return rt_fail_at(ctx, line, &e);
}
