/* Method `cme`: computes the law of the state instead of simulating runs. The run leaves the law as an
 * ensemble of all states, each weighted by its probability: means, variances, quantiles and histograms over
 * runs are those of the law at the end, averages over time those of the law over time. Rows have means. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rt_until.h"
#include "runtime/rt_single.h"

enum { MOST_RETURNS = 8, MOST_CELLS = 10000, FIRST_STATES = 1024, CLASSES_TOLD = 6 };
static const double NEARLY = 1e-10, /* part of what ends sooner or later */
    LEFT = 1e-12,                   /* probability that may be left when everything else has ended */
    WORTH_SAYING = 1e-9,            /* probability outside of the known states that is reported */
    TOO_MUCH = 0.01;

struct cme {
    struct rt_states states;
    double *p;  /* [states.n] the law */
    double *p0; /* [states.n] the law where the measurement starts */
    /* probability that has left the known states: before the measurement, and in all; at infinite time the
     * part of all reactions that would leave them */
    double lost0, lost;
    double *time;            /* [states.n] time spent in each state since the measurement began */
    double finding, solving; /* seconds of processor time */
    double *x;               /* [n_species] amounts of a state */
    /* The end by `until`. */
    bool is_endless;  /* the end may take any time */
    bool tells_times; /* statistics of ends read their times */
    struct rt_end end;
    struct rt_cells cells;
    double *spent; /* [states.n] time spent in a cell */
};

static bool reads_time_at(const struct rt_job *job, const struct crnl_stat_request *q, const double *x)
{
    bool reads = false;
    for (int32_t e = 0; e < q->n_elems; e++) {
        double a = rt_elem_value(job->m, &q->elem[e], x, 1.25, job->param, NULL, job->inv_volume);
        double b = rt_elem_value(job->m, &q->elem[e], x, 37.5, job->param, NULL, job->inv_volume);
        reads |= a != b;
    }
    return reads;
}

/* Averages over time of expressions that read the time are not known. Other runs of the network may need
 * them, so only reading them after this run is an error. All amounts are set to 1 for the test. */
static void leave_out_unknown(struct rt_recorder *r)
{
    const struct crnl_model *m = r->job->m;
    double *x = rt_alloc((size_t)m->n_species, sizeof *x);
    for (int32_t i = 0; i < m->n_species; i++) {
        x[i] = 1;
    }
    for (int32_t k = 0; k < m->n_stats; k++) {
        r->stat[k].is_unknown = rt_is_time_stat(&m->stat[k]) && reads_time_at(r->job, &m->stat[k], x);
    }
    free(x);
}

static int refuse(const struct rt_job *job, struct rt_error *e)
{
    const struct crnl_model *m = job->m;
    const char *what =
        m->n_timed > 0                ? "rates that read the time"
        : m->n_phases > 0             ? "a clock"
        : m->n_events > 0             ? "events"
        : job->spec->until_reads_time ? "an end by a condition on time"
        : job->spec->n_courses > 0 && job->spec->span == CRNL_SPAN_STEADY && job->spec->until < 0
            ? "values at times before infinite time"
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
    rt_end_free(&w->end);
    rt_cells_free(&w->cells);
    free(w->p);
    free(w->p0);
    free(w->time);
    free(w->spent);
    free(w->x);
    free(w);
}

static int record_means(struct cme *w, struct rt_recorder *r, double t)
{
    double *row = rt_record_open(r, t);
    for (int64_t i = 0; row && i < w->states.n; i++) {
        if (w->p[i] > 0) {
            rt_states_amounts(&w->states, i, w->x);
            rt_record_add(r, row, t, w->x, w->p[i]);
        }
    }
    return row ? rt_record_close(r) : CRNL_OK;
}

/* Records the law at the due times of courses. */
static void record_samples(struct cme *w, struct rt_recorder *r, struct rt_grid *grid, double t)
{
    const struct rt_sample *s;
    while ((s = rt_grid_sample(grid, t)) != NULL) {
        for (int64_t i = 0; i < w->states.n; i++) {
            if (w->p[i] > 0) {
                rt_states_amounts(&w->states, i, w->x);
                rt_record_sample(r, s, w->x, w->p[i]);
            }
        }
        rt_record_sampled(r, s);
    }
}

/* Time after the end belongs to no run. */
static bool has_time(const struct cme *w, int64_t i)
{
    return w->time && w->time[i] > 0 && !(w->states.stops && w->states.ends[i]);
}

/* Records the states that are reported with the times of their ends; t is the time of the others. */
static int leave_ends(struct cme *w, struct rt_recorder *r, int64_t *at)
{
    const struct rt_cells *c = &w->cells;
    int status = CRNL_OK;
    for (int32_t i = 0; i < c->n && !status; i++) {
        rt_states_amounts(&w->states, c->state[i], w->x);
        for (int64_t k = 0; k < c->n_cells && !status; k++) {
            double weight = c->weight[k * c->n + i];
            if (weight > 0) {
                status = rt_check_assumes(r->job, c->t[k], w->x, &r->error);
                rt_record_state(r, (*at)++, c->t[k], w->x, weight);
            }
        }
    }
    return status;
}

/* Records the law and the times, from which statistics are computed. */
static int leave_law(struct cme *w, struct rt_recorder *r, double t)
{
    const struct rt_cells *c = &w->cells;
    int64_t n = 0, at = 0;
    for (int64_t i = 0; i < w->states.n; i++) {
        n += w->p[i] > 0 && !(w->tells_times && w->states.ends[i]);
    }
    for (int64_t k = 0; k < c->n_cells * c->n; k++) {
        n += c->weight[k] > 0;
    }
    rt_record_law(r, n);
    int status = w->tells_times ? leave_ends(w, r, &at) : CRNL_OK;
    for (int64_t i = 0; i < w->states.n && !status; i++) {
        bool is_there = w->p[i] > 0 && !(w->tells_times && w->states.ends[i]);
        if (!is_there && !has_time(w, i)) {
            continue;
        }
        rt_states_amounts(&w->states, i, w->x);
        status = rt_check_assumes(r->job, t, w->x, &r->error);
        if (has_time(w, i)) {
            rt_record_values(r, t, w->x);
            rt_record_dwell(r, w->time[i]);
        }
        if (is_there) {
            rt_record_state(r, at++, t, w->x, w->p[i]);
        }
    }
    return status;
}

static int check_lost(struct cme *w, struct rt_recorder *r, double t)
{
    double part = w->lost;
    if (part > TOO_MUCH) {
        double bound = rt_states_bound(&w->states);
        rt_fail(&r->error, CRNL_LIMIT,
                "at t = %.6g the probability %.3g has left the %lld states that are followed", t, part,
                (long long)w->states.n);
        if (bound < INFINITY) {
            rt_putf(&r->error.text, ", of up to %.3g by the sums that reactions conserve", bound);
        }
        rt_putf(&r->error.text,
                "\n  help: run it by ssa, `for T by ssa(runs = 1000)`, end earlier, or follow more, `by "
                "cme(max_states = %lld)`",
                10 * (long long)w->states.n);
        return r->error.status;
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

/* An end that may take any time. If the condition may never come true, the time is infinite, and averages
 * over time are those of the states in which it never does. */
static int end_endless(struct cme *w, struct rt_recorder *r)
{
    const struct rt_end *e = &w->end;
    double never = 1 - e->happens - e->lost;
    if (e->lost > WORTH_SAYING) {
        rt_putf(&r->notes,
                "warning: the condition comes true with a probability between %.10g and %.10g, as the "
                "network leaves the %lld states "
                "that are followed with %.3g: those cases are left out\n",
                e->happens, e->happens + e->lost, (long long)w->states.n, e->lost);
    }
    if (never > LEFT) {
        rt_putf(&r->notes,
                "note: the condition comes true with probability %.10g, and never otherwise: the time is "
                "infinite there\n",
                e->happens);
    }
    free(w->p);
    w->p = rt_copy(e->p, (size_t)w->states.n, sizeof *w->p);
    if (w->tells_times) {
        rt_cells_rest(&w->cells, e);
        rt_cells_fit(&w->cells, e);
    }
    if (r->has_time_stats) {
        w->time = rt_copy(never > LEFT ? e->p : e->time, (size_t)w->states.n, sizeof *w->time);
    }
    return leave_law(w, r, INFINITY);
}

/* Advances to time `next`, and adds up the time spent in each state if that is needed. *rests becomes true if
 * what has not ended will end at a constant rate from now on. */
static int advance(struct cme *w, struct rt_recorder *r, double t, double next, bool *rests)
{
    size_t n = (size_t)w->states.n;
    if (!w->tells_times) {
        return rt_transient(&w->states, r, t, next - t, w->p, w->time, &w->lost);
    }
    double not_ended = 0;
    memset(w->spent, 0, n * sizeof *w->spent);
    int status = rt_transient(&w->states, r, t, next - t, w->p, w->spent, &w->lost);
    for (size_t i = 0; i < n; i++) {
        not_ended += w->states.ends[i] ? 0 : w->spent[i];
        if (w->time) {
            w->time[i] += w->spent[i];
        }
    }
    *rests = rt_cells_add(&w->cells, next, w->p, not_ended);
    return status;
}

static void restart(struct cme *w, const struct rt_recorder *r)
{
    size_t n = (size_t)w->states.n;
    free(w->p);
    free(w->time);
    free(w->spent);
    rt_cells_free(&w->cells);
    w->p = rt_copy(w->p0, n, sizeof *w->p);
    w->time = r->has_time_stats && !w->is_endless ? rt_alloc(n, sizeof *w->time) : NULL;
    w->spent = w->tells_times ? rt_alloc(n, sizeof *w->spent) : NULL;
    w->lost = w->lost0;
}

static double fastest(const struct rt_states *s)
{
    double rate = 0;
    for (int64_t i = 0; i < s->n; i++) {
        rate = fmax(rate, s->kept[i] + s->out[i]);
    }
    return rate;
}

/* Whether nothing is left that may still end. */
static bool is_over(const struct cme *w)
{
    double left = 0, ended = 0;
    for (int64_t i = 0; i < w->states.n; i++) {
        ended += w->states.ends[i] ? w->p[i] : 0;
        left += w->states.ends[i] || w->end.p[i] > 0 ? 0 : w->p[i];
    }
    return left <= LEFT || w->cells.n_cells > MOST_CELLS || ended >= w->end.happens * (1 - NEARLY);
}

/* ---- checkpoints ---- */

/* Whether the run has a state at a row. */
static bool has_state(const struct cme *w, const struct rt_recorder *r)
{
    return !w->tells_times && !w->is_endless && r->job->n_samples == 0;
}

/* The number of states of the attempt that the checkpoint has; 0: none. */
static int64_t states_kept(struct rt_recorder *r)
{
    const struct rt_state *p = rt_single_state(r);
    int64_t n = 0;
    if (p && p->n >= sizeof n) {
        memcpy(&n, p->data, sizeof n);
    }
    return n;
}

static void pieces(struct cme *w, struct rt_recorder *r, struct rt_grid *grid, double *t, struct rt_state *p)
{
    int64_t n = w->states.n;
    rt_state_piece(p, &n, sizeof n);
    if (n != w->states.n) {
        p->is_short = true;
        return;
    }
    rt_state_piece(p, t, sizeof *t);
    rt_state_piece(p, &grid->i, sizeof grid->i);
    rt_state_piece(p, &w->lost, sizeof w->lost);
    rt_state_piece(p, w->p, (size_t)n * sizeof *w->p);
    rt_state_piece(p, w->time, w->time ? (size_t)n * sizeof *w->time : 0);
    rt_single_waiting(r, p);
    rt_single_pieces(r, p);
}

static int go_on(struct cme *w, struct rt_recorder *r, struct rt_grid *grid, double *t)
{
    struct rt_state *p = has_state(w, r) && states_kept(r) == w->states.n ? rt_single_state(r) : NULL;
    rt_single_has_states(r, has_state(w, r));
    if (p) {
        pieces(w, r, grid, t, p);
    }
    return p && (p->is_short || p->at != p->n) ? rt_single_fail(r) : CRNL_OK;
}

static void keep(struct cme *w, struct rt_recorder *r, struct rt_grid *grid, double t)
{
    if (has_state(w, r) && rt_single_is_due(r)) {
        struct rt_state p = {0};
        pieces(w, r, grid, &t, &p);
        rt_single_keep_state(r, &p);
    }
}

/* Whether the checkpoint is from an attempt with more states than there are now, which therefore did not
 * suffice. */
static bool was_not_enough(const struct cme *w, struct rt_recorder *r)
{
    return w->states.n < states_kept(r);
}

/* Follows the law from p0 to the end, row by row. */
static int follow(struct cme *w, struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    double t = start_of(job), end = w->is_endless ? INFINITY : t + job->duration, rate = fastest(&w->states);
    struct rt_grid grid = {.base = t, .every = job->every, .end = end, .job = job};
    bool over = false, rests = false;
    restart(w, r);
    rt_grid_skip(&grid, t);
    int status = go_on(w, r, &grid, &t);
    if (w->tells_times) {
        rt_cells_open(&w->cells, &w->states, t, w->is_endless ? w->end.mean : job->duration, w->p);
    }
    while (!status && !over) {
        double row = rt_grid_time(&grid), next = fmin(row, end);
        next = w->tells_times ? fmin(next, rt_cells_next(&w->cells, rate)) : next;
        status = advance(w, r, t, next, &rests);
        t = next;
        if (!status) {
            record_samples(w, r, &grid, t);
            status = rt_grid_row(&grid, t) ? record_means(w, r, t) : CRNL_OK;
        }
        over = w->lost > w->states.most_lost                     ? true
               : grid.i_sample < job->n_samples && w->is_endless ? false
               : w->is_endless                                   ? is_over(w) || (rests && !job->has_rows)
                               : crnl_is_due(end, t) && !(rt_grid_time(&grid) <= end);
        rt_report_progress(job, (t - job->t0) / (end - job->t0));
        if (!status && !over) {
            keep(w, r, &grid, t);
        }
    }
    return status;
}

/* More states can be reached than are followed: how many there may be, and what is possible then. */
static int fail_for_bound(struct rt_recorder *r, const struct rt_states *s)
{
    enum { FOLLOWED = 10000000 }; /* states that some minutes and gigabytes suffice for */
    double bound = rt_states_bound(s);
    if (!(bound > (double)s->n && bound < INFINITY)) {
        return CRNL_OK;
    }
    rt_fail(&r->error, CRNL_LIMIT,
            "up to %.3g states can be reached, by the sums that reactions conserve, and %lld are followed",
            bound, (long long)s->n);
    rt_putf(&r->error.text,
            "\n  help: runs by ssa do not need them: `for T by ssa(runs = 1000)`, or `until` a "
            "condition holds");
    if (bound <= FOLLOWED) {
        rt_putf(&r->error.text, "; all are followed `by cme(max_states = %.0f)`", bound);
    } else {
        rt_put(&r->error.text, "; a smaller number of molecules has fewer states");
    }
    return r->error.status;
}

static int end_steady(struct cme *w, struct rt_recorder *r)
{
    int status = rt_record_row(r, r->job->t0, r->job->x0);
    if (w->lost > TOO_MUCH && fail_for_bound(r, &w->states)) {
        return r->error.status;
    }
    if (w->lost > TOO_MUCH) {
        return rt_fail(
            &r->error, CRNL_LIMIT,
            "%.3g of all reactions at rest would leave the %lld states that are followed: perhaps nothing "
            "is at rest\n  help: where a network grows, a law is at a time, `for T`, or by runs, `for T by "
            "ssa(runs = 1000)`; "
            "where it rests, follow more states, `by cme(max_states = %lld)`",
            w->lost, (long long)w->states.n, 10 * (long long)w->states.n);
    }
    if (w->lost > WORTH_SAYING) {
        rt_putf(&r->notes,
                "warning: more than the %lld states that are followed can be reached: the law is an "
                "estimate, as if reactions "
                "beyond them, %.2g of all, did not happen\n",
                (long long)w->states.n, w->lost);
    }
    if (r->has_time_stats && !status) { /* averages over infinite time are those of the law */
        free(w->time);
        w->time = rt_copy(w->p, (size_t)w->states.n, sizeof *w->p);
    }
    status = status ? status : record_means(w, r, INFINITY);
    return status ? status : leave_law(w, r, INFINITY);
}

/* ---- the number of states ---- */

/* Writes the most likely state of a class. */
static void put_class(const struct cme *w, struct rt_recorder *r, const struct rt_classes *c, int32_t class)
{
    int64_t n = 0, likely = -1;
    for (int64_t i = 0; i < w->states.n; i++) {
        n += c->of[i] == class;
        likely = c->of[i] == class && (likely < 0 || w->p[i] > w->p[likely]) ? i : likely;
    }
    if (n > 1) {
        rt_putf(&r->notes, "%lld states around ", (long long)n);
    }
    rt_states_amounts(&w->states, likely, w->x);
    rt_put_amounts(&r->notes, r->job->m, -1, w->x);
}

static void note_classes(const struct cme *w, struct rt_recorder *r, const struct rt_classes *c)
{
    int64_t closed = 0;
    for (int32_t i = 0; i < c->n; i++) {
        closed += c->is_closed[i];
    }
    if (closed < 2) {
        return;
    }
    double *weight = rt_alloc((size_t)c->n, sizeof *weight);
    for (int64_t i = 0; i < w->states.n; i++) {
        weight[c->of[i]] += w->p[i];
    }
    rt_putf(
        &r->notes,
        "note: %lld sets of states are never left again; each counts with the probability of ending in it:",
        (long long)closed);
    for (int told = 0; told < CLASSES_TOLD; told++) {
        int32_t likely = 0;
        for (int32_t i = 1; i < c->n; i++) {
            likely = weight[i] > weight[likely] ? i : likely;
        }
        if (!(weight[likely] > 0)) {
            break;
        }
        rt_putf(&r->notes, "%s %.6g (", told ? "," : "", weight[likely]);
        put_class(w, r, c, likely);
        rt_put(&r->notes, ")");
        weight[likely] = 0;
    }
    rt_put(&r->notes, closed > CLASSES_TOLD ? ", ...\n" : "\n");
    free(weight);
}

/* Computes the law where the measurement starts. */
static int start(struct cme *w, struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    free(w->p0);
    w->p0 = rt_alloc((size_t)w->states.n, sizeof *w->p0);
    w->p0[0] = 1;
    w->lost0 = 0;
    int status = rt_transient(&w->states, r, job->t0, job->after, w->p0, NULL, &w->lost0);
    w->lost = w->lost0;
    if (w->states.until >= 0 && !w->states.stops) {
        rt_states_stop(&w->states);
    }
    return status;
}

/* Whether a statistic of ends reads their time. */
static bool reads_time(const struct cme *w, const struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    bool reads = false;
    for (int64_t i = 0; i < w->states.n && !reads; i++) {
        if (!w->states.ends[i]) {
            continue;
        }
        rt_states_amounts(&w->states, i, w->x);
        for (int32_t k = 0; k < job->m->n_stats; k++) {
            const struct crnl_stat_request *q = &job->m->stat[k];
            reads |= !rt_is_time_stat(q) && q->n_times == 0 && reads_time_at(job, q, w->x);
        }
    }
    return reads;
}

/* Handles classes that are closed only because states are missing, and that do not contain the first state.
 * Where they are entered, a transition leads back as fast as the missing one would lead on, so that not
 * everything ends there. A network that grows is still found to grow if this is done only a few times. */
static bool return_fringe(struct cme *w, struct rt_classes *c)
{
    struct rt_states *s = &w->states;
    bool any = false;
    double *out = rt_alloc((size_t)c->n, sizeof *out), *rate = rt_alloc((size_t)s->n, sizeof *rate);
    int32_t *back = rt_alloc((size_t)s->n, sizeof *back);
    for (int64_t i = 0; i < s->n; i++) {
        if (c->is_closed[c->of[i]] && c->of[i] != c->of[0]) {
            out[c->of[i]] = fmax(out[c->of[i]], s->out[i]);
        }
    }
    for (int64_t j = 0; j < s->n; j++) {
        for (int64_t k = s->first[j]; k < s->first[j + 1]; k++) {
            int32_t i = s->to[k];
            if (out[c->of[i]] > 0 && c->of[i] != c->of[j] && rate[i] == 0) {
                back[i] = (int32_t)j;
                rate[i] = out[c->of[i]];
                any = true;
            }
        }
    }
    if (any) {
        rt_states_return(s, back, rate);
        rt_classes_free(c);
        rt_classes_find(c, s);
    }
    free(out);
    free(rate);
    free(back);
    return any;
}

static int try_steady(struct cme *w, struct rt_recorder *r)
{
    struct rt_classes c;
    rt_classes_find(&c, &w->states);
    for (int i = 0; i < MOST_RETURNS && return_fringe(w, &c); i++) {
    }
    int status = rt_stationary(&w->states, r, &c, false, w->p);
    if (!status) {
        note_classes(w, r, &c);
        w->lost = rt_states_edge(&w->states, w->p);
    }
    rt_classes_free(&c);
    return status;
}

/* Finds the end, and the law until then as far as outputs need it. */
static int try_endless(struct cme *w, struct rt_recorder *r)
{
    rt_end_free(&w->end);
    int status = rt_end_find(&w->end, &w->states, r, w->p, w->tells_times);
    double all = w->lost + w->end.lost;
    bool is_asked = w->tells_times || (r->job->has_rows && r->job->every > 0) || r->job->n_samples > 0;
    if (!status && all <= w->states.most_lost) {
        w->states.most_lost = INFINITY;
        status = is_asked ? follow(w, r) : rt_record_row(r, r->job->t0, r->job->x0);
    }
    w->lost = all;
    return status;
}

/* Computes the law with the known states. Stops when more than w->states.most_lost has left them; rows are
 * held back until it is known that this is not so. */
static int try_states(struct cme *w, struct rt_recorder *r, bool last)
{
    struct rt_collector *collector = r->collector;
    r->collector = last || w->states.leak == 0 ? collector : NULL;
    r->t_row = NAN;
    rt_record_no_samples(r); /* of an earlier attempt */
    w->states.most_lost = last ? INFINITY : WORTH_SAYING / 1000;
    if (!last && was_not_enough(w, r)) {
        w->lost = INFINITY;
        r->collector = collector;
        return CRNL_OK;
    }
    int status = start(w, r);
    w->tells_times = w->states.until >= 0 && reads_time(w, r);
    if (!status) {
        restart(w, r);
        status = w->is_endless                            ? try_endless(w, r)
                 : r->job->spec->span == CRNL_SPAN_STEADY ? try_steady(w, r)
                                                          : follow(w, r);
    }
    r->collector = collector;
    return status;
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Few states suffice for most laws, and more states cost more than proportionally: finds a number at which
 * more make no difference. */
static int choose_states(struct cme *w, struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    int64_t most = job->option[CRNL_OPTION_MAX_STATES].integer, n = FIRST_STATES;
    bool enough = false, stops = job->spec->until >= 0 && job->after == 0;
    int status = CRNL_OK;
    rt_states_open(&w->states, job, job->spec->until, stops);
    for (bool last = false; !enough && !last && !status; n *= 4) {
        last = n >= most;
        rt_buffer_clear(&r->notes); /* of the attempt before */
        w->states.stops = stops;
        double start = cpu_seconds();
        status = rt_states_find(&w->states, r, last ? most : n);
        double found = cpu_seconds();
        status = status ? status : try_states(w, r, last);
        w->finding += found - start;
        w->solving += cpu_seconds() - found;
        enough = w->states.leak == 0 || w->lost <= WORTH_SAYING / 1000;
        if (!enough && !last && !status) {
            r->n_rows = 0; /* before they are output */
        }
    }
    return status;
}

/* Computes the spectral gap of the known states, if it is needed. */
static int leave_gap(struct cme *w, struct rt_recorder *r)
{
    const struct crnl_model *m = r->job->m;
    double gap = NAN;
    int status = CRNL_OK;
    for (int32_t i = 0; i < m->n_stats && !status; i++) {
        if (m->stat[i].kind == CRNL_SPECTRAL_GAP) {
            status = gap == gap ? CRNL_OK : rt_spectral_gap(&w->states, r, &gap);
            r->stat[i].moments[0].weight = 1;
            r->stat[i].moments[0].mean = gap;
        }
    }
    return status;
}

static int run(void *workspace, struct rt_recorder *r)
{
    struct cme *w = workspace;
    const struct rt_job *job = r->job;
    w->is_endless =
        job->spec->until >= 0 && (job->spec->span == CRNL_SPAN_NONE || job->spec->span == CRNL_SPAN_STEADY);
    bool rests = job->spec->span == CRNL_SPAN_STEADY && !w->is_endless;
    leave_out_unknown(r);
    int status = choose_states(w, r);
    if (!status && job->verbose) {
        rt_putf(&r->notes, "cme: %lld states, %lld transitions%s; found in %.4f s, their law in %.4f s\n",
                (long long)w->states.n, (long long)w->states.first[w->states.n],
                w->states.leak > 0 ? ", others left out" : "", w->finding, w->solving);
    }
    status = status ? status : leave_gap(w, r);
    if (!status && rests) {
        rt_states_check_clamped(&w->states, r);
    }
    return status          ? status
           : rests         ? end_steady(w, r)
           : w->is_endless ? end_endless(w, r)
                           : end_timed(w, r, start_of(job) + job->duration);
}

const struct crnl_method crnl_method_cme = {
    CRNL_METHOD_CME, create, run, destroy, NULL, NULL, NULL, NULL, NULL, NULL};
