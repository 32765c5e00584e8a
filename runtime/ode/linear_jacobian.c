/* The Jacobian for BDF's equations. */
#include <math.h>

#include "rt_linear.h"

static bool jacobian_at(const struct rt_ode *o, const struct rt_cvode *c, double t, const double *x)
{
    const struct rt_job *job = o->job;
    t = rt_events_time(&o->events, t);
    o->code->jac(&c->jacobian, o->m, t, x, job->param, o->events.k, c->values);
    double sum = 0;
    for (int32_t i = 0; i < c->jacobian.nnz; i++) {
        sum += c->values[i] * 0; /* NaN as soon as an entry is not finite */
    }
    return sum == 0;
}

/* If a law has no derivative, as sqrt(A) at 0, the derivative at a trace is taken; an entry that is not
 * finite even then is left out, which only makes the iteration slower. */
void rt_linear_jacobian(const struct rt_ode *o, const struct rt_cvode *c, double t, const double *x)
{
    x = rt_ode_past_see(o, t, x);
    if (o->steep.n > 0 && rt_steep_near(o, x)) {
        rt_steep_raise(o, x, true, o->steep.x);
        if (jacobian_at(o, c, t, o->steep.x)) {
            rt_steep_jacobian(o, &c->jacobian, t, x, o->steep.x, c->values);
            return;
        }
    }
    if (jacobian_at(o, c, t, x) || (rt_ode_raise(o, x, true, o->raised) && jacobian_at(o, c, t, o->raised))) {
        return;
    }
    for (int32_t i = 0; i < c->jacobian.nnz; i++) {
        c->values[i] = fabs(c->values[i]) < INFINITY ? c->values[i] : 0;
    }
}
