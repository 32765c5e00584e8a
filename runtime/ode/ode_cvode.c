/* Code that BDF and Adams share. */
#include "rt_linear.h"

#include <cvode/cvode.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_sundials.h"

enum { WINDOW = 200 };
static const double HOPELESS = 1e8;    /* steps to the end of a run: these would take minutes */
static const double UNRESOLVED = 1e-2; /* relative to an amount */

int rt_cvode_create(struct rt_ode *o, int multistep, struct rt_error *e)
{
    struct rt_cvode *c = rt_alloc(1, sizeof *c);
    o->data = c;
    if (SUNContext_Create(NULL, &c->context) != 0 || !(c->memory = CVodeCreate(multistep, c->context)) ||
        !(c->state = rt_vector(o->n, o->x, c->context)) || !(c->scratch = N_VNew_Serial(o->n, c->context)) ||
        !(c->weight = N_VNew_Serial(o->n, c->context)) || !(c->view = rt_vector(o->n, o->x, c->context))) {
        return rt_fail(e, CRNL_MEMORY, "no memory for the ODE solver");
    }
    CVodeSetErrHandlerFn(c->memory, rt_sundials_silence, NULL);
    if (CVodeInit(c->memory, rt_sundials_rhs, o->job->t0, c->state) != CV_SUCCESS ||
        CVodeWFtolerances(c->memory, rt_sundials_weights) != CV_SUCCESS) {
        return rt_fail(e, CRNL_MEMORY, "no memory for the ODE solver");
    }
    CVodeSetUserData(c->memory, o);
    CVodeSetMaxStep(c->memory, rt_real(o->job, CRNL_OPTION_MAX_STEP));
    CVodeSetMaxHnilWarns(c->memory, -1);
    CVodeSetMaxErrTestFails(c->memory, ODE_MOST_FAILURES);
    CVodeSetMaxConvFails(c->memory, ODE_MOST_FAILURES);
    return CRNL_OK;
}

/* CVodeReInit resets everything else when a run starts. */
void rt_cvode_renew(struct rt_ode *o)
{
    struct rt_cvode *c = o->data;
    CVodeSetStopTime(c->memory, INFINITY);
    c->is_begun = c->has_fallen = false;
}

int rt_cvode_start(struct rt_ode *o, struct rt_error *e)
{
    struct rt_cvode *c = o->data;
    rt_cvode_bound(o, o->bound);
    c->steps = c->failures = 0;
    c->t_window = o->t;
    if (CVodeReInit(c->memory, o->t / o->clock, c->state) != CV_SUCCESS) {
        return rt_ode_fail(o, RT_ODE_NOT_STARTED, NULL, e);
    }
    return CRNL_OK;
}

static int fail(struct rt_ode *o, int flag, struct rt_error *e)
{
    struct rt_cvode *c = o->data;
    enum rt_ode_failure why = rt_sundials_failure(flag);
    /* the state that CVODE tried last may not be finite */
    memcpy(o->x, o->start, (size_t)o->n * sizeof *o->x);
    bool error_known = why == RT_ODE_ERROR_STAYS || why == RT_ODE_STEP_UNSOLVED;
    if (error_known && CVodeGetEstLocalErrors(c->memory, c->scratch) == CV_SUCCESS &&
        CVodeGetErrWeights(c->memory, c->weight) == CV_SUCCESS) {
        N_VProd(c->scratch, c->weight, c->scratch);
        return rt_ode_fail(o, why, N_VGetArrayPointer(c->scratch), e);
    }
    return rt_ode_fail(o, why, NULL, e);
}

/* Whether in most of the last steps the equations had no solution at first, and fast and slow reactions
 * differ so much that doubles do not hold both: what the fast ones change within a step, and take back, is
 * more than the digits of an amount. Shorter steps solve the equations, but so many of them would not end,
 * and the effect of the slow reactions is lost in rounding. Runs to a steady state have a limit of steps of
 * their own. */
static bool is_beyond_doubles(struct rt_ode *o, struct rt_cvode *c)
{
    long failures = 0;
    if (++c->steps % WINDOW != 0 || CVodeGetNumNonlinSolvConvFails(c->memory, &failures) != CV_SUCCESS) {
        return false;
    }
    long of_window = failures - c->failures;
    double moved = o->t - c->t_window;
    c->failures = failures;
    c->t_window = o->t;
    return of_window > WINDOW / 2 && o->job->span != CRNL_SPAN_STEADY &&
           (o->t_horizon - o->t) * WINDOW > moved * HOPELESS &&
           (o->t - o->t_before) * rt_ode_fastest_turnover(o) * DBL_EPSILON > UNRESOLVED;
}

static bool has_lost_digits(const struct rt_ode *o, struct rt_cvode *c)
{
    return rt_ode_is_long(o) && CVodeGetEstLocalErrors(c->memory, c->scratch) == CV_SUCCESS &&
           rt_ode_has_lost(o, N_VGetArrayPointer(c->scratch));
}

/* If linear equations could not be solved, goes on from the last step with another linear solver. */
static bool goes_on(struct rt_ode *o, int flag, struct rt_error *e)
{
    struct rt_cvode *c = o->data;
    enum rt_ode_failure why = rt_sundials_failure(flag);
    return c->linear && (why == RT_ODE_LINEAR_UNSOLVED || why == RT_ODE_STEP_UNSOLVED) &&
           rt_linear_fall_back(o) && rt_cvode_start(o, e) == CRNL_OK;
}

int rt_cvode_step(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    struct rt_cvode *c = o->data;
    double before = o->t, reached = before;
    if (t_stop < INFINITY) {
        CVodeSetStopTime(c->memory, t_stop / o->clock);
    }
    /* Only the first step reads the target, to limit its size. */
    double target = rt_ode_target(o, t_stop);
    int flag = CVode(c->memory, target / o->clock, c->state, &reached, CV_ONE_STEP);
    reached *= o->clock;
    if (flag == CV_TOO_CLOSE && crnl_same_time(t_stop, before)) {
        reached = t_stop; /* the end is less than a rounding error away */
    } else if (flag < 0) {
        return goes_on(o, flag, e) ? rt_cvode_step(o, t_stop, e) : fail(o, flag, e);
    }
    o->t_before = before;
    o->t = reached;
    bool lost = is_beyond_doubles(o, c) || has_lost_digits(o, c);
    return lost ? rt_ode_fail(o, RT_ODE_FAR_APART, NULL, e) : CRNL_OK;
}

void rt_cvode_at(struct rt_ode *o, double t, double *x)
{
    struct rt_cvode *c = o->data;
    if (t >= o->t) {
        memcpy(x, o->x, (size_t)o->n * sizeof *x);
        return;
    }
    N_VSetArrayPointer(x, c->view);
    bool found = CVodeGetDky(c->memory, t / o->clock, 0, c->view) == CV_SUCCESS;
    if (!found) { /* before the last step by rounding only */
        memcpy(x, o->x, (size_t)o->n * sizeof *x);
    }
}

void rt_cvode_bound(struct rt_ode *o, double h)
{
    struct rt_cvode *c = o->data;
    CVodeSetMaxStep(c->memory, fmin(h, rt_real(o->job, CRNL_OPTION_MAX_STEP)) / o->clock);
}

void rt_cvode_destroy(struct rt_ode *o)
{
    struct rt_cvode *c = o->data;
    CVodeFree(&c->memory);
    rt_linear_end(c);
    if (c->nonlinear) {
        SUNNonlinSolFree(c->nonlinear);
    }
    N_VDestroy(c->state);
    N_VDestroy(c->scratch);
    N_VDestroy(c->weight);
    N_VDestroy(c->view);
    free(c->is_off);
    SUNContext_Free(&c->context);
    free(c);
}
