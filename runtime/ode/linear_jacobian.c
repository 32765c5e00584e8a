/* The Jacobian for the equations of implicit steps. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "rt_linear.h"

static bool jacobian_at(const struct rt_ode *o, const struct rt_jacobian *jac, double t, const double *x,
                        double *values)
{
    const struct rt_job *job = o->job;
    t = rt_events_time(&o->events, t);
    o->code->jac(jac, o->m, t, x, job->param, o->events.k, values);
    double sum = 0;
    for (int32_t i = 0; i < jac->nnz; i++) {
        sum += values[i] * 0; /* NaN as soon as an entry is not finite */
    }
    return sum == 0;
}

/* If a law has no derivative, as sqrt(A) at 0, the derivative at a trace is taken; an entry that is not
 * finite even then is left out, which only makes the iteration slower. */
void rt_ode_jacobian(const struct rt_ode *o, const struct rt_jacobian *jac, double t, const double *x,
                     double *values)
{
    x = rt_ode_past_see(o, t, x);
    if (o->steep.n > 0 && rt_steep_near(o, x)) {
        rt_steep_raise(o, x, true, o->steep.x);
        if (jacobian_at(o, jac, t, o->steep.x, values)) {
            rt_steep_jacobian(o, jac, t, x, o->steep.x, values);
            return;
        }
    }
    if (jacobian_at(o, jac, t, x, values) ||
        (rt_ode_raise(o, x, true, o->raised) && jacobian_at(o, jac, t, o->raised, values))) {
        return;
    }
    for (int32_t i = 0; i < jac->nnz; i++) {
        values[i] = fabs(values[i]) < INFINITY ? values[i] : 0;
    }
}

void rt_ode_difference(const struct rt_ode *o, double t, const double *x, int64_t s, double *column)
{
    double size = fmax(fabs(x[s]), RT_ODE_MOVED * o->largest[s]),
           h = sqrt(DBL_EPSILON) * (size > 0 ? size : 1);
    memcpy(o->y, x, (size_t)o->n * sizeof *o->y);
    o->y[s] += h;
    bool finite = rt_ode_rhs(o, t, o->y, column) && rt_ode_rhs(o, t, x, o->f);
    for (int64_t i = 0; i < o->n; i++) {
        column[i] = finite ? (column[i] - o->f[i]) / (o->y[s] - x[s]) : 0;
    }
}
