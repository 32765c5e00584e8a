/* The solver for a network without variables, or at rest: there is nothing to solve, but time passes, for
 * events, output and conditions. */
#include <math.h>
#include <string.h>

#include "rt_ode.h"

static int still_create(struct rt_ode *o, struct rt_error *e)
{
    (void)o, (void)e;
    return CRNL_OK;
}

static int still_start(struct rt_ode *o, struct rt_error *e)
{
    (void)o, (void)e;
    return CRNL_OK;
}

/* If nothing says where to stop, a step is a tenth of the time so far: conditions are looked for inside a
 * step. */
static int still_step(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    (void)e;
    o->t_before = o->t;
    o->t = fmin(t_stop, o->t + fmax(1e-3, 0.1 * fabs(o->t)));
    return CRNL_OK;
}

static void still_at(struct rt_ode *o, double t, double *x)
{
    (void)t;
    memcpy(x, o->x, (size_t)o->n * sizeof *x);
}

static void still_destroy(struct rt_ode *o)
{
    (void)o;
}

const struct rt_ode_solver rt_ode_still = {
    still_create,  NULL,     still_start,
    still_step,    still_at, NULL,
    still_destroy, NULL,     "there is nothing to solve",
    true,          false,    NULL,
};
