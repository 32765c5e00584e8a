/* An explicit Runge-Kutta method of order 5 with adaptive steps, from ARKODE. */
#include <arkode/arkode_erkstep.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"
#include "rt_sundials.h"

enum { ORDER = 5, INTERPOLANT_DEGREE = 5, ROUNDINGS = 8 };

struct erk {
    SUNContext context;
    void *memory;
    N_Vector state, view; /* wraps o->x; wraps an array of the caller */
    /* whether the last step changed the state: otherwise there is nothing to interpolate */
    bool moved;
};

static int erk_create(struct rt_ode *o, struct rt_error *e)
{
    struct erk *c = rt_alloc(1, sizeof *c);
    o->data = c;
    if (SUNContext_Create(NULL, &c->context) != 0 || !(c->state = rt_vector(o->n, o->x, c->context)) ||
        !(c->view = rt_vector(o->n, o->x, c->context)) ||
        !(c->memory = ERKStepCreate(rt_sundials_rhs, o->job->t0, c->state, c->context))) {
        return rt_fail(e, CRNL_MEMORY, "no memory for the ODE solver");
    }
    ERKStepSetErrHandlerFn(c->memory, rt_sundials_silence, NULL);
    if (ERKStepWFtolerances(c->memory, rt_sundials_weights) != ARK_SUCCESS) {
        return rt_fail(e, CRNL_MEMORY, "no memory for the ODE solver");
    }
    ERKStepSetUserData(c->memory, o);
    ERKStepSetMaxStep(c->memory, rt_real(o->job, CRNL_OPTION_MAX_STEP));
    ERKStepSetOrder(c->memory, ORDER);
    ERKStepSetInterpolantDegree(c->memory, INTERPOLANT_DEGREE);
    ERKStepSetMaxHnilWarns(c->memory, -1);
    ERKStepSetMaxErrTestFails(c->memory, ODE_MOST_FAILURES);
    return CRNL_OK;
}

static void erk_renew(struct rt_ode *o)
{
    struct erk *c = o->data;
    ERKStepSetStopTime(c->memory, INFINITY);
    c->moved = false;
}

static void erk_bound(struct rt_ode *o, double h)
{
    struct erk *c = o->data;
    ERKStepSetMaxStep(c->memory, fmin(h, rt_real(o->job, CRNL_OPTION_MAX_STEP)) / o->clock);
}

static int erk_start(struct rt_ode *o, struct rt_error *e)
{
    struct erk *c = o->data;
    erk_bound(o, o->bound);
    if (ERKStepReInit(c->memory, rt_sundials_rhs, o->t / o->clock, c->state) != ARK_SUCCESS) {
        return rt_ode_fail(o, RT_ODE_NOT_STARTED, NULL, e);
    }
    return CRNL_OK;
}

static int erk_step(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    struct erk *c = o->data;
    double before = o->t, reached = before;
    if (t_stop < INFINITY) {
        ERKStepSetStopTime(c->memory, t_stop / o->clock);
    }
    double target = rt_ode_target(o, t_stop);
    int flag = ERKStepEvolve(c->memory, target / o->clock, c->state, &reached, ARK_ONE_STEP);
    reached *= o->clock;
    c->moved = flag != ARK_TOO_CLOSE;
    if (flag == ARK_TOO_CLOSE && crnl_same_time(t_stop, before)) {
        reached = t_stop;
    } else if (flag < 0) {
        return rt_ode_fail(o, rt_sundials_failure(flag), NULL, e);
    }
    o->t_before = before;
    o->t = reached;
    return CRNL_OK;
}

/* The interpolant evaluates rates at states that it constructs. If a law is steep near an amount of 0, these
 * rates come from the interpolant's own errors. This shows as an amount much larger than at both ends of the
 * step; then a line between them is used. */
static void without_echo(const struct rt_ode *o, double t, double *x)
{
    double u = (t - o->t_before) / (o->t - o->t_before);
    if (rt_steep_rises(o, x)) {
        for (int64_t s = 0; s < o->n; s++) {
            x[s] = (1 - u) * o->start[s] + u * o->x[s];
        }
    }
}

static void erk_at(struct rt_ode *o, double t, double *x)
{
    struct erk *c = o->data;
    N_VSetArrayPointer(x, c->view);
    if (t >= o->t || !c->moved || ERKStepGetDky(c->memory, t / o->clock, 0, c->view) != ARK_SUCCESS) {
        memcpy(x, o->x, (size_t)o->n * sizeof *x);
    } else if (o->steep.n > 0) {
        without_echo(o, t, x);
    }
    for (int64_t s = 0; s < o->n;
         /* an amount that has not changed must not change by rounding either, because conditions may count
          * with it */
         s++) {
        x[s] = fabs(x[s] - o->x[s]) <= ROUNDINGS * DBL_EPSILON * fabs(o->x[s]) ? o->x[s] : x[s];
    }
}

static void erk_destroy(struct rt_ode *o)
{
    struct erk *c = o->data;
    ERKStepFree(&c->memory);
    N_VDestroy(c->state);
    N_VDestroy(c->view);
    SUNContext_Free(&c->context);
    free(c);
}

static bool erk_table(const struct rt_ode *o, struct runge_kutta *table)
{
    const struct erk *c = o->data;
    ARKodeButcherTable b;
    *table = (struct runge_kutta){0};
    if (ERKStepGetCurrentButcherTable(c->memory, &b) != ARK_SUCCESS || !b || b->stages > RUNGE_KUTTA_STAGES) {
        return false; /* there is no past before the first step */
    }
    table->stages = b->stages;
    for (int i = 0; i < b->stages; i++) {
        table->b[i] = b->b[i];
        table->c[i] = b->c[i];
        for (int j = 0; j < i; j++) {
            table->a[i][j] = b->A[i][j];
        }
    }
    return true;
}

const struct rt_ode_solver rt_ode_erk = {
    erk_create,  erk_renew, erk_start,
    erk_step,    erk_at,    erk_bound,
    erk_destroy, NULL,      "the problem may be stiff: try solver = bdf",
    false,       false,     NULL,
};

static const struct rt_backwards backwards = {
    rt_ode_course, rt_ode_course_free, rt_ode_backwards, erk_table, NULL, adjoint_rk_free, NULL};

static void *create(const struct rt_job *job, struct rt_error *e)
{
    return rt_ode_create(&rt_ode_erk, job, e);
}

const struct crnl_method crnl_method_erk = {CRNL_METHOD_ODE_ERK, create, rt_ode_run, rt_ode_destroy, NULL,
                                            rt_ode_renew,        NULL,   &backwards, NULL,           NULL};
