/* Whether the step of a method with fixed steps is short enough for the network at all. Beyond a bound, which
 * depends on the method and on how fast the network is, errors grow from step to step, and what a run gives
 * has nothing to do with its solution; where amounts cannot be negative it may look as if it had. */
#include <math.h>
#include <stdlib.h>

#include "rt_ode.h"

/* The classical Runge-Kutta method damps exp(-k t) for k dt up to 2.785, and oscillations up to 2.828. */
static const double STABLE = 2.8;
enum { TURNS = 3 };
static const double NEXT_TO = 1e-6, /* relative to the largest amount */
    AT_REST = 1e-7;                 /* relative to an amount: changes that may be rounding */

static double largest_difference(int64_t n, const double *a, const double *b)
{
    double most = 0;
    for (int64_t s = 0; s < n; s++) {
        most = fmax(most, fabs(a[s] - b[s]));
    }
    return most;
}

/* How much derivatives differ over states that two stages of a step of this length would look at, relative to
 * how much these states do: the rate at which the network answers to changes. 0: not known. */
static double rate_of_answer(const struct rt_ode *o, double dt, double t, const double *from)
{
    int64_t n = o->n;
    double *f = rt_alloc(4 * (size_t)n, sizeof *f), *g = f + n, *x = g + n, *y = x + n, largest = 0, rate = 0;
    bool known = rt_ode_plain_rhs(o, t, from, f);
    for (int64_t s = 0; s < n; s++) {
        x[s] = from[s] + dt / 2 * f[s];
        largest = fmax(largest, fabs(from[s]));
    }
    known = known && rt_ode_plain_rhs(o, t, x, g);
    for (int64_t s = 0; s < n; s++) {
        y[s] = from[s] + dt / 2 * g[s];
    }
    double apart = known ? largest_difference(n, x, y) : 0;
    if (apart > AT_REST * largest && rt_ode_plain_rhs(o, t, y, f)) {
        rate = largest_difference(n, f, g) / apart;
    }
    free(f);
    return rate;
}

/* The same next to a state: the change of the derivatives along the direction in which they change
 * along the motion, which is that of the fastest part. */
static double rate_here(const struct rt_ode *o, double t, const double *from)
{
    int64_t n = o->n;
    double *f = rt_alloc(3 * (size_t)n, sizeof *f), *g = f + n, *x = g + n, rate = 0, largest = 0;
    bool known = rt_ode_plain_rhs(o, t, from, f);
    for (int64_t s = 0; s < n; s++) {
        largest = fmax(largest, fabs(from[s]));
        g[s] = 0;
        x[s] = f[s];
    }
    for (int turn = 0; turn < TURNS && known; turn++) { /* x: a direction */
        double length = largest_difference(n, x, g);
        known = length > 0 && length < INFINITY && largest > 0;
        double scale = known ? NEXT_TO * largest / length : 0;
        for (int64_t s = 0; s < n; s++) {
            x[s] = from[s] + scale * (x[s] - g[s]);
        }
        double apart = largest_difference(n, x, from);
        known = known && apart > 0 && rt_ode_plain_rhs(o, t, x, g);
        rate = known ? largest_difference(n, f, g) / apart : rate;
        for (int64_t s = 0; s < n; s++) {
            x[s] = f[s];
        }
    }
    free(f);
    return rate;
}

bool rt_ode_step_is_long(double dt, double rate)
{
    return rate * dt > STABLE && rate < INFINITY;
}

bool rt_ode_warn_of_step(struct rt_ode *o, double t, const double *x)
{
    double dt = rt_real(o->job, CRNL_OPTION_DT), rate = o->n > 0 ? rate_of_answer(o, dt, t, x) : 0;
    if (!rt_ode_step_is_long(dt, rate)) {
        return false;
    }
    double here = rate_here(o, t, x);
    rt_putf(&o->notes, "warning: steps of dt = %.6g are too long for `%s`: at t = %.6g ", dt, o->m->name, t);
    if (here * dt > STABLE && here < INFINITY) {
        rt_putf(&o->notes, "it changes at a rate of %.3g, where rk4 is unstable, and wrong, beyond %.2g",
                here, STABLE / here);
    } else {
        rt_put(&o->notes, "one of them leads to amounts at which it changes faster than rk4 follows");
    }
    rt_put(&o->notes,
           "; write `by ode`, without `solver` and `dt`, which finds its steps by itself, or a dt well "
           "below this\n");
    return true;
}
