/* A bulk species for the method of bounds: its equation P' = (a P + b) P + c, its amount at a past or
 * present time, and an interval that it does not leave before it is due. If P' = b P, the logarithm is
 * advanced instead, which needs no exponential: jumps of vesicles change b many times before the amount is
 * needed. */
#ifndef RT_INTERVAL_H
#define RT_INTERVAL_H

#include <float.h>
#include <math.h>

#include "rt_hybrid.h"

struct rt_interval {
    struct rt_quadratic q;
    double p, grown, t; /* the amount at t is p exp(grown) */
    double lo, hi, due; /* the amount does not leave lo..hi before `due` */
    double down, up;    /* log(lo / p), log(hi / p); NaN: not known, since only P' = b P needs them */
};

static inline double rt_interval_slope(const struct rt_quadratic *q, double p)
{
    return (q->a * p + q->b) * p + q->c;
}

static inline bool rt_interval_is_linear(const struct rt_interval *i)
{
    return i->q.a == 0 && i->q.c == 0;
}

/* p exp(x) */
static inline double rt_interval_grown(double p, double x)
{
    return x == 0 ? p : rt_quadratic_flow(&(struct rt_quadratic){.b = 1}, p, x);
}

/* The amount at t, which must not be before the time of i. */
static inline double rt_interval_at(const struct rt_interval *i, double t)
{
    return rt_interval_is_linear(i) ? rt_interval_grown(i->p, i->grown + i->q.b * (t - i->t))
                                    : rt_quadratic_flow(&i->q, rt_interval_grown(i->p, i->grown), t - i->t);
}

/* Makes p the amount at its time. An amount with less than 53 bits of precision left has vanished: an
 * interval around it would have no width. */
static inline void rt_interval_settle(struct rt_interval *i)
{
    double p = rt_interval_grown(i->p, i->grown);
    i->p = p < DBL_MIN ? 0 : p;
    i->down -= i->grown;
    i->up -= i->grown;
    i->grown = 0;
}

static inline void rt_interval_carry(struct rt_interval *i, double t)
{
    if (rt_interval_is_linear(i)) {
        i->grown += i->q.b * (t - i->t);
    } else {
        rt_interval_settle(i);
        i->p = rt_quadratic_flow(&i->q, i->p, t - i->t);
        i->down = i->up = NAN;
    }
    i->t = t;
}

/* The largest |slope| between p and the end towards which it moves: at one of the two, or at the vertex
 * between them. */
static inline double rt_interval_fastest(const struct rt_quadratic *q, double p, double end)
{
    double here = fabs(rt_interval_slope(q, p)), there = fabs(rt_interval_slope(q, end));
    double most = here > there ? here : there;
    if (q->a != 0) {
        double vertex = -q->b / (2 * q->a);
        if ((vertex - p) * (vertex - end) < 0) {
            most = fmax(most, fabs(rt_interval_slope(q, vertex)));
        }
    }
    return most;
}

/* Finds when the interval is due. An amount that no hazard reads is followed only as it grows, to detect
 * unbounded growth. */
static inline void rt_interval_find_due(struct rt_interval *i, bool is_read)
{
    if (rt_interval_is_linear(i)) {
        if (i->down != i->down) {
            i->down = crnl_log(i->lo / i->p);
            i->up = crnl_log(i->hi / i->p);
        }
        double b = i->p > 0 ? i->q.b : 0;
        i->due = b > 0              ? i->t + (i->up - i->grown) / b
                 : b < 0 && is_read ? i->t + (i->down - i->grown) / b
                                    : INFINITY;
        return;
    }
    rt_interval_settle(i);
    double f = rt_interval_slope(&i->q, i->p), end = f > 0 ? i->hi : i->lo;
    i->due = (!is_read && f < 0) || f == 0
                 ? INFINITY
                 : i->t + fabs(end - i->p) / rt_interval_fastest(&i->q, i->p, end);
}

#endif
