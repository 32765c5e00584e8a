/* BDF with Newton's method and the analytic Jacobian. One of the solvers in crnl_linear.def solves its linear
 * equations. */
#include <cvode/cvode.h>

#include "rt_adjoint.h"
#include "rt_linear.h"

/* CVODE would keep a Jacobian for 50 steps, and a factorisation for 20. In long steps, at loose tolerances, a
 * rate may have changed by a factor of a thousand by then. Newton's method takes the small changes that an
 * old, stiffer Jacobian gives for convergence, and amounts stay where they were predicted: the Oregonator at
 * rtol 1e-3 had X 12 % off and no ignition, without a warning. The Jacobian is exact and cheap, so each
 * factorisation has a new one. */
enum { STEPS_OF_JACOBIAN = 1 };

static int bdf_create(struct rt_ode *o, struct rt_error *e)
{
    return rt_cvode_create(o, CV_BDF, e);
}

static int bdf_start(struct rt_ode *o, struct rt_error *e)
{
    struct rt_cvode *c = o->data;
    if (!c->is_begun || o->calls == 0) {
        if (rt_linear_begin(o, e)) {
            return e->status;
        }
        c->is_begun = true;
        CVodeSetJacEvalFrequency(c->memory, STEPS_OF_JACOBIAN);
    }
    return rt_cvode_start(o, e);
}

const struct rt_ode_solver rt_ode_bdf = {
    bdf_create,
    rt_cvode_renew,
    bdf_start,
    rt_cvode_step,
    rt_cvode_at,
    rt_cvode_bound,
    rt_cvode_destroy,
    NULL,
    "look for a rate that grows without bound or divides by 0; or try another rtol or atol",
    true,
    false,
    NULL,
};

static void *create(const struct rt_job *job, struct rt_error *e)
{
    return rt_ode_create(&rt_ode_bdf, job, e);
}

const struct crnl_method crnl_method_bdf = {
    CRNL_METHOD_ODE_BDF,    create, rt_ode_run, rt_ode_destroy, NULL, rt_ode_renew, NULL,
    &rt_backwards_implicit, NULL,   NULL};
