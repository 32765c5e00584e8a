/* Ends by `until`; see rt_until.h. With T the states that are left for ever, Q the rates among them and r
 * their rates to ends, the times spent in each from the law p are p (-Q)^-1, the probability of an end is p
 * (-Q)^-1 r, and E[t^k; it ends] = k! p (-Q)^-(k+1) r. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_eliminate.h"
#include "rt_until.h"

enum { FEWEST_CELLS = 100, MOST_CELLS = 4000, CELLS_AFTER = 2000 };
static const double MOST_WORK = 2e8, /* transitions processed in all cells */
    MOST_WEIGHTS = 4e6, STEPS = 20,  /* largest number of weights; least steps of uniformisation in a cell */
    GROWTH = 0.02,                   /* longest cell, relative to the time so far */
    AT_REST = 1e-10,                 /* change of the law of what has not ended while its time doubles */
    LATEST = 1e100,                  /* latest time: its square must be representable */
    LONGEST = 30;                    /* so many means of an exponential distribution are represented */

/* ---- everything that is known without following the time ---- */

/* The flow into ends, from the states that are left for ever, with `time` spent in each. */
static double flow_to_ends(const struct rt_states *s, const double *time)
{
    double flow = 0;
    for (int64_t j = 0; j < s->n; j++) {
        for (int64_t k = s->first[j]; time[j] > 0 && k < s->first[j + 1]; k++) {
            flow += s->ends[s->to[k]] ? time[j] * s->rate[k] : 0;
        }
    }
    return flow;
}

static int find_moments(struct rt_end *e, const struct rt_states *s, struct rt_recorder *r,
                        const struct rt_leaving *l)
{
    double *again = rt_alloc((size_t)s->n, sizeof *again), *third = rt_alloc((size_t)s->n, sizeof *third);
    double all = 0;
    for (int64_t j = 0; j < s->n; j++) {
        all += e->time[j];
    }
    int status =
        all < LATEST && all > 1 / LATEST
            ? rt_leaving_times(l, r, e->time, again)
            : rt_fail(
                  &r->error, CRNL_SOLVER,
                  "the end comes after %.3g on average, too early or too late for the variance of its time\n"
                  "  help: another unit of time, or ask of amounts only",
                  all);
    status = status ? status : rt_leaving_times(l, r, again, third);
    if (!status && e->happens > 0) {
        e->mean = flow_to_ends(s, again) / e->happens;
        e->var = fmax(2 * flow_to_ends(s, third) / e->happens - e->mean * e->mean, 0);
    }
    free(again);
    free(third);
    return status;
}

/* A class that leads to states that were not found does not count as closed: the network may leave it. */
static void open_classes(struct rt_classes *c, const struct rt_states *s)
{
    rt_classes_find(c, s);
    for (int64_t j = 0; j < s->n; j++) {
        c->is_closed[c->of[j]] &= s->out[j] == 0;
    }
}

static int find_times(struct rt_end *e, struct rt_states *s, struct rt_recorder *r,
                      const struct rt_classes *c, const double *p, bool moments)
{
    struct rt_leaving l = {.n = 0};
    int status = rt_leaving_open(&l, s, r, c, true);
    status = status ? status : rt_leaving_times(&l, r, p, e->time);
    for (int64_t j = 0; j < s->n && !status; j++) {
        e->lost += e->time[j] * s->out[j];
        e->happens += s->ends[j] ? p[j] : 0;
    }
    e->happens += status ? 0 : flow_to_ends(s, e->time);
    status = status || !moments ? status : find_moments(e, s, r, &l);
    rt_leaving_close(&l);
    return status;
}

int rt_end_find(struct rt_end *e, struct rt_states *s, struct rt_recorder *r, const double *p, bool moments)
{
    struct rt_classes c = {0};
    bool any = false;
    *e = (struct rt_end){.p = rt_copy(p, (size_t)s->n, sizeof *p),
                         .time = rt_alloc((size_t)s->n, sizeof *e->time)};
    rt_states_gather(s);
    open_classes(&c, s);
    for (int64_t j = 0; j < s->n; j++) {
        any |= p[j] > 0 && rt_is_left(&c, j);
    }
    int status = any ? find_times(e, s, r, &c, p, moments) : CRNL_OK;
    for (int64_t j = 0; j < s->n && !any; j++) { /* the state is where it stays */
        e->happens += s->ends[j] ? p[j] : 0;
    }
    status = status ? status : rt_stationary(s, r, &c, true, e->p);
    rt_classes_free(&c);
    return status;
}

void rt_end_free(struct rt_end *e)
{
    free(e->p);
    free(e->time);
    *e = (struct rt_end){0};
}

/* ---- cells ---- */

static double *add_cell(struct rt_cells *c, double t)
{
    if (c->n_cells == c->cap_cells) {
        c->cap_cells = c->cap_cells ? 2 * c->cap_cells : 256;
        c->t = rt_resize(c->t, (size_t)c->cap_cells, sizeof *c->t);
        c->weight = rt_resize(c->weight, (size_t)c->cap_cells, (size_t)(c->n ? c->n : 1) * sizeof *c->weight);
    }
    c->t[c->n_cells] = t;
    return c->weight + c->n_cells++ * c->n;
}

void rt_cells_open(struct rt_cells *c, const struct rt_states *s, double t, double typical, const double *p)
{
    *c = (struct rt_cells){.s = s, .now = t, .start = t, .rest_t = t};
    c->state = rt_alloc((size_t)s->n, sizeof *c->state);
    for (int64_t j = 0; j < s->n; j++) {
        if (s->ends[j]) {
            c->state[c->n++] = (int32_t)j;
        }
    }
    double n = fmin(MOST_WORK / STEPS / (double)(s->first[s->n] + s->n), MOST_WEIGHTS / (c->n + 1));
    c->most = typical / fmin(fmax(n, FEWEST_CELLS), MOST_CELLS);
    c->before = rt_alloc((size_t)c->n, sizeof *c->before);
    c->rest = rt_alloc((size_t)s->n, sizeof *c->rest);
    double *weight = add_cell(c, t); /* what ends at the start */
    for (int32_t i = 0; i < c->n; i++) {
        weight[i] = c->before[i] = p[c->state[i]];
    }
}

static double not_ended(const struct rt_states *s, const double *p)
{
    double sum = 0;
    for (int64_t j = 0; j < s->n; j++) {
        sum += s->ends[j] ? 0 : p[j];
    }
    return sum;
}

double rt_cells_next(const struct rt_cells *c, double fastest)
{
    double ended = 0;
    for (int32_t i = 0; i < c->n; i++) {
        ended += c->before[i];
    }
    /* The fewer have not ended, the longer the cell. */
    return c->now + fmin(c->most / fmax(1 - ended, 0.01), fmax(1 / fastest, GROWTH * (c->now - c->start)));
}

/* Whether the law of what has not ended is the same as at half the time. */
static bool is_at_rest(struct rt_cells *c, double t, const double *p)
{
    if (t - c->start < 2 * (c->rest_t - c->start) || t == c->start) {
        return false;
    }
    double sum = not_ended(c->s, p), change = 0;
    for (int64_t j = 0; j < c->s->n && sum > 0; j++) {
        double v = c->s->ends[j] ? 0 : p[j] / sum;
        change += fabs(v - c->rest[j]);
        c->rest[j] = v;
    }
    c->rest_t = t;
    return change < AT_REST;
}

bool rt_cells_add(struct rt_cells *c, double t, const double *p, double time_not_ended)
{
    double *weight = add_cell(c, t), sum = 0, left = not_ended(c->s, p);
    for (int32_t i = 0; i < c->n; i++) {
        double now = p[c->state[i]];
        weight[i] = fmax(now - c->before[i], 0);
        c->before[i] = now;
        sum += weight[i];
    }
    /* The mean of the time, by integration by parts: t0 left0 - t left + integral of left. */
    double mean = c->now + (time_not_ended - (t - c->now) * left) / sum;
    c->t[c->n_cells - 1] = mean >= c->now && mean <= t ? mean : (c->now + t) / 2;
    c->now = t;
    return is_at_rest(c, t, p);
}

static double sum_of(const struct rt_cells *c, int64_t cell)
{
    double sum = 0;
    for (int32_t i = 0; i < c->n; i++) {
        sum += c->weight[cell * c->n + i];
    }
    return sum;
}

void rt_cells_rest(struct rt_cells *c, const struct rt_end *e)
{
    double told = 0, ended = 0, *left = rt_alloc((size_t)c->n, sizeof *left), all = 0;
    for (int64_t k = 0; k < c->n_cells; k++) {
        double sum = sum_of(c, k);
        ended += sum;
        told += sum * (c->t[k] - c->start);
    }
    for (int32_t i = 0; i < c->n; i++) {
        left[i] = fmax(e->p[c->state[i]] - c->before[i], 0);
        all += left[i];
    }
    double mean = (e->mean * e->happens - told) / all - (c->now - c->start), x = 0, below = 0;
    for (int32_t k = 0; k < CELLS_AFTER && mean > 0 && all > 0; k++) {
        double part = (k + 1.) / CELLS_AFTER, next = LONGEST * part * part;
        next = k + 1 == CELLS_AFTER ? INFINITY : next;
        double weight = exp(-x) - exp(-next),
               at = (1 + x) * exp(-x) - (next < INFINITY ? (1 + next) * exp(-next) : 0);
        double *to = add_cell(c, c->now + mean * at / weight);
        for (int32_t i = 0; i < c->n; i++) {
            to[i] = left[i] * weight;
        }
        below += weight;
        x = next;
    }
    free(left);
}

void rt_cells_fit(struct rt_cells *c, const struct rt_end *e)
{
    struct rt_moments m = {0};
    for (int64_t k = 0; k < c->n_cells; k++) {
        rt_moments_add(&m, c->t[k], sum_of(c, k));
    }
    double factor = m.m2 > 0 ? sqrt(e->var / (m.m2 / m.weight)) : 1;
    for (int64_t k = 1; k < c->n_cells && factor > 0.99 && factor < 1.01; k++) {
        c->t[k] = m.mean + factor * (c->t[k] - m.mean);
    }
}

void rt_cells_free(struct rt_cells *c)
{
    free(c->state);
    free(c->t);
    free(c->weight);
    free(c->before);
    free(c->rest);
    *c = (struct rt_cells){0};
}
