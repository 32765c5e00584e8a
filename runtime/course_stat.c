/* Statistics of the course of a run: its extremes and when they are reached, how often it rises to a level,
 * and the time between such crossings. A course is sampled at nodes of each stretch; extremes and crossings
 * between nodes are located with the method's interpolation. */
#include <math.h>
#include <stdlib.h>

#include "rt_run.h"

enum { PARTS = 4, STEPS_OF_SECTION = 40, STEPS_OF_BISECTION = 60 };

struct stretch {
    struct rt_recorder *r;
    const double *(*at)(void *env, double t);
    void *env;
    int32_t request, elem;
};

static double value_at(const struct stretch *s, double t)
{
    return rt_record_value(s->r, s->request, s->elem, t, s->at(s->env, t));
}

/* +1: a largest value is sought; -1: a least one, the largest of the negative values. */
static int sign_of(const struct crnl_stat_request *q)
{
    return q->kind == CRNL_TIME_MIN || q->kind == CRNL_TIME_ARGMIN ? -1 : 1;
}

static bool is_extreme(const struct crnl_stat_request *q)
{
    return q->kind == CRNL_TIME_MAX || q->kind == CRNL_TIME_MIN || q->kind == CRNL_TIME_ARGMAX ||
           q->kind == CRNL_TIME_ARGMIN;
}

/* ---- extremes: mean is the value, m2 the time ---- */

static void take_extreme(struct rt_moments *m, int sign, double t, double v)
{
    if (isfinite(v) && (!(m->weight > 0) || sign * v > sign * m->mean)) {
        *m = (struct rt_moments){1, v, t};
    }
}

/* Locates the largest value of a stretch by golden section search (Kiefer 1953). */
static void locate_extreme(const struct stretch *s, struct rt_moments *m, int sign, double from, double to)
{
    const double ratio = 0.61803398874989485;
    double t[2] = {to - ratio * (to - from), from + ratio * (to - from)};
    double v[2] = {value_at(s, t[0]), value_at(s, t[1])};
    for (int i = 0; i < STEPS_OF_SECTION && from < t[0] && t[0] < t[1] && t[1] < to; i++) {
        int worse = sign * v[0] > sign * v[1]; /* replaces the end with the smaller value */
        if (worse) {
            to = t[1];
            t[1] = t[0];
            v[1] = v[0];
            t[0] = to - ratio * (to - from);
            v[0] = value_at(s, t[0]);
        } else {
            from = t[0];
            t[0] = t[1];
            v[0] = v[1];
            t[1] = from + ratio * (to - from);
            v[1] = value_at(s, t[1]);
        }
    }
    take_extreme(m, sign, t[0], v[0]);
    take_extreme(m, sign, t[1], v[1]);
}

/* The place of the maximum of the parabola through three nodes at distance 1, relative to the first node, and
 * its height; NaN if there is no maximum. */
static double top(const double *v, int sign, double *height)
{
    double a = sign * (v[2] - 2 * v[1] + v[0]) / 2, b = sign * (v[1] - v[0]) - a;
    double x = a < 0 ? -b / (2 * a) : NAN;
    *height = sign * v[0] + (a * x + b) * x;
    return x;
}

/* Takes the nodes and, where a parabola through three of them suggests a larger value, locates the extreme
 * between them. */
static void take_extremes(const struct stretch *s, struct rt_moments *m, int sign, const double *t,
                          const double *v)
{
    for (int i = 0; i <= PARTS; i++) {
        take_extreme(m, sign, t[i], v[i]);
    }
    for (int i = 0; i + 2 <= PARTS; i++) {
        double height, x = top(v + i, sign, &height);
        double known = sign * m->mean, slack = 1e-3 * fabs(height - sign * v[i + 1]);
        if (x > 0 && x < 2 && height + slack > known) {
            locate_extreme(s, m, sign, t[i], t[i + 2]);
        }
    }
}

/* ---- crossings: from below 0 to 0 or above ---- */

static void count_crossing(struct rt_course *c, struct rt_moments *m, bool of_periods, double t)
{
    c->crossings++;
    if (of_periods && c->crossings > 1) {
        rt_moments_add(m, t - c->crossed, 1);
    }
    c->crossed = t;
}

static double locate_crossing(const struct stretch *s, double from, double to)
{
    for (int i = 0; i < STEPS_OF_BISECTION; i++) {
        double middle = from + (to - from) / 2;
        if (!(middle > from && middle < to)) {
            break;
        }
        *(value_at(s, middle) < 0 ? &from : &to) = middle;
    }
    return to;
}

static void take_crossings(const struct stretch *s, struct rt_course *c, struct rt_moments *m,
                           bool of_periods, const double *t, const double *v)
{
    if (c->is_below && v[0] >= 0) { /* crossed by a jump */
        count_crossing(c, m, of_periods, t[0]);
    }
    for (int i = 0; i < PARTS; i++) {
        if (v[i] < 0 && v[i + 1] >= 0) {
            count_crossing(c, m, of_periods, locate_crossing(s, t[i], t[i + 1]));
        }
    }
    c->is_below = v[PARTS] < 0;
}

/* ---- all statistics of courses ---- */

static void take(struct stretch *s, double from, double to)
{
    const struct crnl_stat_request *q = &s->r->job->m->stat[s->request];
    struct rt_stat *stat = &s->r->stat[s->request];
    double t[PARTS + 1], v[PARTS + 1];
    for (int i = 0; i <= PARTS; i++) {
        t[i] = i == PARTS ? to : from + (to - from) * i / PARTS;
        v[i] = i > 0 && !(to > from) ? v[0] : value_at(s, t[i]);
    }
    if (is_extreme(q)) {
        take_extremes(s, &stat->moments[s->elem], sign_of(q), t, v);
    } else {
        take_crossings(s, &stat->course[s->elem], &stat->moments[s->elem], q->kind != CRNL_CROSSINGS, t, v);
    }
}

void rt_course_between(struct rt_recorder *r, double from, double to,
                       const double *(*at)(void *env, double t), void *env)
{
    const struct crnl_model *m = r->job->m;
    for (int32_t i = 0; r->has_course_stats && i < m->n_stats; i++) {
        if (!rt_is_course_stat(&m->stat[i]) || r->stat[i].is_unknown) {
            continue;
        }
        for (int32_t e = 0; e < m->stat[i].n_elems; e++) {
            take(&(struct stretch){r, at, env, i, e}, from, to);
        }
    }
}

static const double *same_state(void *x, double t)
{
    (void)t;
    return x;
}

void rt_course_end(struct rt_recorder *r, double t, const double *x)
{
    rt_course_between(r, t, t, same_state, (void *)(uintptr_t)x);
    const struct crnl_model *m = r->job->m;
    for (int32_t i = 0; i < m->n_stats; i++) {
        for (int32_t e = 0; m->stat[i].kind == CRNL_CROSSINGS && e < m->stat[i].n_elems; e++) {
            r->stat[i].moments[e] = (struct rt_moments){1, (double)r->stat[i].course[e].crossings, 0};
        }
    }
}

void rt_stat_merge(const struct crnl_stat_request *q, struct rt_moments *to, const struct rt_moments *from)
{
    if (!is_extreme(q)) {
        rt_moments_merge(to, from);
    } else if (from->weight > 0) {
        take_extreme(to, sign_of(q), from->m2, from->mean);
    }
}

double rt_course_value(const struct crnl_stat_request *q, const struct rt_moments *m)
{
    bool is_time = q->kind == CRNL_TIME_ARGMAX || q->kind == CRNL_TIME_ARGMIN;
    return !(m->weight > 0) ? NAN : is_time ? m->m2 : m->mean;
}
