/* Adams-Moulton methods with fixed-point iteration: for problems that are not stiff. */
#include <cvode/cvode.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

#include "rt_adjoint.h"
#include "rt_cvode.h"

static int adams_create(struct rt_ode *o, struct rt_error *e)
{
    if (rt_cvode_create(o, CV_ADAMS, e)) {
        return e->status;
    }
    struct rt_cvode *c = o->data;
    c->nonlinear = SUNNonlinSol_FixedPoint(c->state, 0, c->context);
    if (!c->nonlinear || CVodeSetNonlinearSolver(c->memory, c->nonlinear) != CV_SUCCESS) {
        return rt_fail(e, CRNL_MEMORY, "no memory for the ODE solver");
    }
    return CRNL_OK;
}

static const struct rt_ode_solver adams = {
    adams_create,
    rt_cvode_renew,
    rt_cvode_start,
    rt_cvode_step,
    rt_cvode_at,
    rt_cvode_bound,
    rt_cvode_destroy,
    NULL,
    "the problem may be stiff: try solver = bdf",
    false,
    false,
    NULL,
};

static void *create(const struct rt_job *job, struct rt_error *e)
{
    return rt_ode_create(&adams, job, e);
}

const struct crnl_method crnl_method_adams = {
    CRNL_METHOD_ODE_ADAMS,  create, rt_ode_run, rt_ode_destroy, NULL, rt_ode_renew, NULL,
    &rt_backwards_implicit, NULL,   NULL};
