/* Method `cme`: the law of the state in place of runs. What a run leaves is the law as an ensemble of all
 * states, each with its probability: means, variances, quantiles and histograms "over runs" are those of the
 * law at the end, averages over time those of the law over time. Rows have means. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_cme.h"

enum { FIRST_STATES = 1024 };
static const double WORTH_SAYING = 1e-9, /* probability outside of the states that are there */
    TOO_MUCH = 0.01;

struct cme {
    struct rt_states states;
    double *p;    /* [states.n] the law */
    double *time; /* [states.n] that was spent in each, since the measurement began */
    double *x;    /* [n_species] of a state */
    bool at_end;  /* p is the law at the end, and nothing on the way to it is asked for */
    double edge;  /* at infinite time: the part of all reactions that would leave the states */
};

static int refuse(const struct rt_job *job, struct rt_error *e)
{
    const struct crnl_model *m = job->m;
    const char *what = m->n_timed > 0             ? "rates that read the time"
                       : m->n_phases > 0          ? "a clock"
                       : m->n_events > 0          ? "events"
                       : job->spec->until >= 0    ? "an end by `until`"
                       : job->spec->n_courses > 0 ? "values at several times"
                                                  : NULL;
    return what ? rt_fail(e, CRNL_BAD_ARGUMENT,
                          "`cme` of `%s`: %s cannot be part of a law in this version\n  help: run it by ssa",
                          m->name, what)
                : CRNL_OK;
}

static void *create(const struct rt_job *job, struct rt_error *e)
{
    struct cme *w = rt_alloc(1, sizeof *w);
    w->x = rt_alloc((size_t)job->m->n_species, sizeof *w->x);
    refuse(job, e);
    return w;
}

static void destroy(void *workspace)
{
    struct cme *w = workspace;
    rt_states_free(&w->states);
    free(w->p);
    free(w->time);
    free(w->x);
    free(w);
}

static double total(const struct cme *w)
{
    double sum = 0;
    for (int64_t i = 0; i < w->states.n; i++) {
        sum += w->p[i];
    }
    return sum;
}

static int record_means(struct cme *w, struct rt_recorder *r, double t)
{
    double *row = rt_record_open(r, t), whole = row ? total(w) : 0;
    for (int64_t i = 0; row && i < w->states.n; i++) {
        if (w->p[i] > 0) {
            rt_states_amounts(&w->states, i, w->x);
            rt_record_add(r, row, t, w->x, w->p[i] / whole);
        }
    }
    return row ? rt_record_close(r) : CRNL_OK;
}

/* The law and the times as what statistics are taken from. */
static int leave_law(struct cme *w, struct rt_recorder *r, double t)
{
    int64_t n = 0;
    int status = CRNL_OK;
    for (int64_t i = 0; i < w->states.n; i++) {
        n += w->p[i] > 0;
    }
    rt_record_law(r, n);
    for (int64_t i = 0, at = 0; i < w->states.n && !status; i++) {
        if (!(w->p[i] > 0) && !(w->time && w->time[i] > 0)) {
            continue;
        }
        rt_states_amounts(&w->states, i, w->x);
        status = rt_check_assumes(r->job, t, w->x, &r->error);
        if (w->time && w->time[i] > 0) {
            rt_record_values(r, t, w->x);
            rt_record_dwell(r, w->time[i]);
        }
        if (w->p[i] > 0) {
            rt_record_state(r, at++, t, w->x, w->p[i]);
        }
    }
    return status;
}

static double lost(const struct cme *w)
{
    return w->states.leak > 0 ? 1 - total(w) : 0;
}

static int check_lost(struct cme *w, struct rt_recorder *r, double t)
{
    double part = lost(w);
    if (part > TOO_MUCH) {
        return rt_fail(&r->error, CRNL_LIMIT,
                       "at t = %.6g the probability %.3g has left the %lld states that are followed\n"
                       "  help: follow more, `by cme(max_states = %lld)`, end earlier, or run it by ssa",
                       t, part, (long long)w->states.n, 10 * (long long)w->states.n);
    }
    if (part > WORTH_SAYING) {
        rt_putf(&r->notes,
                "warning: the law covers %lld states, and up to %.2g of the probability lies outside of them "
                "at t = %.6g\n",
                (long long)w->states.n, part, t);
    }
    return CRNL_OK;
}

static int end_timed(struct cme *w, struct rt_recorder *r, double t)
{
    int status = check_lost(w, r, t);
    return status ? status : leave_law(w, r, t);
}

static double start_of(const struct rt_job *job)
{
    return job->t0 + job->after;
}

static int run_timed(struct cme *w, struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    double t = start_of(job), end = t + job->duration;
    struct rt_grid grid = {.base = t, .every = job->every, .end = end};
    int status = rt_transient(&w->states, r, job->t0, job->after, w->p, NULL);
    if (r->has_time_stats && !status) {
        w->time = rt_alloc((size_t)w->states.n, sizeof *w->time);
    }
    while (!status) {
        double row = rt_grid_time(&grid), next = fmin(row, end);
        status = rt_transient(&w->states, r, t, next - t, w->p, w->time);
        t = next;
        if (!status && row <= end) {
            grid.i++;
            status = record_means(w, r, t);
        }
        if (crnl_is_due(end, t) && !(rt_grid_time(&grid) <= end)) {
            break;
        }
        rt_report_progress(job, (t - job->t0) / (end - job->t0));
    }
    return status ? status : end_timed(w, r, t);
}

static int run_steady(struct cme *w, struct rt_recorder *r)
{
    int status = rt_record_row(r, r->job->t0, r->job->x0);
    if (w->edge > WORTH_SAYING) {
        rt_putf(&r->notes,
                "warning: more than the %lld states that are followed can be reached: the law is an "
                "estimate, as if reactions "
                "beyond them, %.2g of all, did not happen\n",
                (long long)w->states.n, w->edge);
    }
    if (r->has_time_stats && !status) { /* averages over infinite time are those of the law */
        w->time = rt_copy(w->p, (size_t)w->states.n, sizeof *w->p);
    }
    status = status ? status : record_means(w, r, INFINITY);
    return status ? status : leave_law(w, r, INFINITY);
}

/* ---- how many states ---- */

static void start(struct cme *w)
{
    free(w->p);
    w->p = rt_alloc((size_t)w->states.n, sizeof *w->p);
    w->p[0] = 1;
}

/* Whether the states that are left out matter: tried without rows. For a law at infinite time it is known
 * then. */
static int try_states(struct cme *w, struct rt_recorder *r, bool *enough)
{
    const struct rt_job *job = r->job;
    start(w);
    *enough = true;
    w->at_end = false;
    if (job->spec->span == CRNL_SPAN_STEADY) {
        int status = rt_stationary(&w->states, r, w->p);
        w->edge = status ? 0 : rt_states_edge(&w->states, w->p);
        *enough = w->edge <= WORTH_SAYING / 1000;
        return status;
    }
    if (w->states.leak == 0) {
        return CRNL_OK;
    }
    double t = start_of(job);
    int status = rt_transient(&w->states, r, job->t0, job->after, w->p, NULL);
    status = status ? status : rt_transient(&w->states, r, t, t + job->duration - t, w->p, NULL);
    *enough = lost(w) <= WORTH_SAYING / 1000;
    w->at_end = !job->has_rows && !r->has_time_stats;
    return status;
}

/* Few states are enough for most laws, and more cost more than in proportion: so many that it makes no
 * difference. */
static int choose_states(struct cme *w, struct rt_recorder *r)
{
    int64_t most = r->job->option[CRNL_OPTION_MAX_STATES].integer, n = FIRST_STATES;
    bool enough = false;
    int status = CRNL_OK;
    rt_states_open(&w->states, r->job);
    for (bool last = false; !enough && !last && !status; n *= 4) {
        last = n >= most;
        rt_buffer_clear(&r->notes); /* of the try before */
        status = rt_states_find(&w->states, r, last ? most : n);
        status = status ? status : try_states(w, r, &enough);
    }
    return status;
}

static int run(void *workspace, struct rt_recorder *r)
{
    struct cme *w = workspace;
    const struct rt_job *job = r->job;
    int status = choose_states(w, r);
    if (!status && job->verbose) {
        rt_putf(&r->notes, "cme: %lld states, %lld transitions%s\n", (long long)w->states.n,
                (long long)w->states.first[w->states.n], w->states.leak > 0 ? ", others left out" : "");
    }
    if (status) {
        return status;
    }
    if (job->spec->span == CRNL_SPAN_STEADY) {
        return run_steady(w, r);
    }
    if (w->at_end) {
        return end_timed(w, r, start_of(job) + job->duration);
    }
    start(w);
    return run_timed(w, r);
}

const struct crnl_method crnl_method_cme = {CRNL_METHOD_CME, create, run, destroy, NULL, NULL};
