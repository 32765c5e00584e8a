/* Reading the statistics of the last run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Linear between order statistics (Hyndman, Fan 1996, type 7). Not a number if one of them is none: it has no place in an order. */
static double quantile(double *v, int64_t n, double probability)
{
    for (int64_t i = 0; i < n; i++) {
        if (v[i] != v[i]) {
            return v[i];
        }
    }
    qsort(v, (size_t)n, sizeof *v, compare);
    double at = probability * (double)(n - 1);
    int64_t below = (int64_t)at;
    bool between = below + 1 < n && v[below] < v[below + 1]; /* two that are infinite have no difference */
    return between ? v[below] + (at - (double)below) * (v[below + 1] - v[below]) : v[below];
}

/* One observed element over the runs. */
static void over_runs(const struct rt_result *r, const struct crnl_stat_request *q, const struct rt_stat *s,
                      int32_t e, double probability, double *out)
{
    struct rt_moments moments = {0};
    double *v = rt_alloc((size_t)r->runs, sizeof *v);
    for (int64_t i = 0; i < r->runs; i++) {
        v[i] = s->value[i * q->n_elems + e];
        rt_moments_add(&moments, v[i], 1);
    }
    if (q->kind == CRNL_RUN_MEAN) {
        *out = moments.mean;
    } else if (q->kind == CRNL_RUN_VAR) {
        *out = r->runs > 1 ? moments.m2 / (moments.weight - 1) : 0;
    } else {
        *out = quantile(v, r->runs, probability);
    }
    free(v);
}

static void put_bin(double *out, int64_t bins, int32_t n_elems, int64_t i, int64_t j, double weight)
{
    if (i >= 0 && i < bins && j >= 0 && j < bins) {
        out[n_elems > 1 ? i * bins + j : i] += weight;
    }
}

static void histogram(const struct rt_result *r, const struct crnl_stat_request *q, const struct rt_stat *s,
                      int64_t bins, double *out)
{
    if (q->kind == CRNL_RUN_HISTOGRAM) {
        for (int64_t i = 0; i < r->runs; i++) {
            const double *v = s->value + i * q->n_elems;
            put_bin(out, bins, q->n_elems, rt_histogram_bin(v[0]),
                    q->n_elems > 1 ? rt_histogram_bin(v[1]) : 0, 1 / (double)r->runs);
        }
        return;
    }
    for (size_t i = 0; i < s->histogram.cap; i++) {
        int64_t key = s->histogram.key[i];
        if (s->histogram.weight[i] > 0) {
            put_bin(out, bins, q->n_elems, key >> 32, (int32_t)(uint32_t)key,
                    s->histogram.weight[i] / s->histogram.total);
        }
    }
}

static int check_size(struct crnl_ctx *ctx, int64_t want, int32_t n, int32_t line)
{
    return n == want ? CRNL_OK
                     : crnl_fail(ctx, CRNL_INDEX, line, "a statistic of %lld values does not fit into %d",
                                 (long long)want, (int)n);
}

int crnl_stat(struct crnl_ctx *ctx, int32_t net, int32_t request, double arg, int32_t n, double *out,
              int32_t line)
{
    const struct rt_network *network = rt_network(ctx, net);
    const struct crnl_stat_request *q = &network->m->stat[request];
    const struct rt_result *r = network->result;
    if (!r) {
        return crnl_fail(ctx, CRNL_NO_RUN, line, "`%s` has not run yet: there are no statistics",
                         network->m->name);
    }
    const struct rt_stat *s = &r->stat[request];
    bool timed = q->kind == CRNL_TIME_MEAN || q->kind == CRNL_TIME_VAR || q->kind == CRNL_TIME_HISTOGRAM;
    bool empty = q->kind == CRNL_TIME_HISTOGRAM ? !(s->histogram.total > 0) : !(s->moments[0].weight > 0);
    if (timed && empty) {
        return crnl_fail(ctx, CRNL_NO_RUN, line,
                         "the last run of `%s` took no time: it has no averages over time", network->m->name);
    }
    if (q->kind == CRNL_TIME_HISTOGRAM || q->kind == CRNL_RUN_HISTOGRAM) {
        if (!(arg >= 0 && arg < 1e9)) {
            return crnl_fail(ctx, CRNL_BAD_ARGUMENT, line, "a histogram up to %.6g", arg);
        }
        int64_t bins = (int64_t)arg + 1;
        if (check_size(ctx, q->n_elems > 1 ? bins * bins : bins, n, line)) {
            return CRNL_INDEX;
        }
        memset(out, 0, (size_t)n * sizeof *out);
        histogram(r, q, s, bins, out);
        return CRNL_OK;
    }
    if (q->kind == CRNL_RUN_QUANTILE && !(arg >= 0 && arg <= 1)) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, line,
                         "a quantile's probability is between 0 and 1, not %.6g", arg);
    }
    if (check_size(ctx, q->n_elems, n, line)) {
        return CRNL_INDEX;
    }
    for (int32_t e = 0; e < n; e++) {
        if (timed) {
            out[e] = q->kind == CRNL_TIME_MEAN ? s->moments[e].mean : s->moments[e].m2 / s->moments[e].weight;
        } else {
            over_runs(r, q, s, e, arg, &out[e]);
        }
    }
    return CRNL_OK;
}
