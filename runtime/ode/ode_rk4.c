/* The classical Runge-Kutta method of order 4 with a fixed step, and cubic Hermite interpolation inside a
 * step. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_lockstep.h"
#include "runtime/rt_meeting.h"

struct rk4 {
    double t_start; /* step i ends at t_start + i dt */
    int64_t i;
    double bound;
    double *before, *f_before, *f_after, *slope;
    double *stage; /* [3][n] */
};

static int rk4_create(struct rt_ode *o, struct rt_error *e)
{
    (void)e;
    struct rk4 *c = rt_alloc(1, sizeof *c);
    double **const array[] = {&c->before, &c->f_before, &c->f_after, &c->slope};
    for (int i = 0; i < 4; i++) {
        *array[i] = rt_alloc((size_t)o->n, sizeof **array[i]);
    }
    o->stage = c->stage = rt_alloc(3 * (size_t)o->n, sizeof *c->stage);
    o->data = c;
    return CRNL_OK;
}

static int rk4_start(struct rt_ode *o, struct rt_error *e)
{
    struct rk4 *c = o->data;
    c->t_start = o->t;
    c->i = 0;
    if (!rt_ode_rhs(o, o->t, o->x, c->f_after)) {
        return rt_ode_fail(o, RT_ODE_NOT_FINITE, NULL, e);
    }
    return CRNL_OK;
}

static int rk4_step(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    struct rk4 *c = o->data;
    int64_t n = o->n;
    double dt = rt_real(o->job, CRNL_OPTION_DT), t = o->t, end = c->t_start + (double)(c->i + 1) * dt;
    c->i += end <= t + c->bound;
    end = fmin(end, t + c->bound);
    if (end > t_stop - 1e-9 * dt) {
        end = t_stop;
        c->t_start = end;
        c->i = 0;
    }
    double h = end - t;
    memcpy(c->before, o->x, (size_t)n * sizeof *c->before);
    memcpy(c->f_before, c->f_after, (size_t)n * sizeof *c->f_before);
    memcpy(c->slope, c->f_before, (size_t)n * sizeof *c->slope);
    memcpy(c->f_after, c->f_before, (size_t)n * sizeof *c->f_after);
    for (int stage = 1; stage < 4; stage++) {
        double part = stage < 3 ? h / 2 : h, weight = stage < 3 ? 2 : 1, *x = c->stage + (stage - 1) * n;
        for (int64_t s = 0; s < n; s++) {
            x[s] = c->before[s] + part * c->f_after[s];
        }
        rt_ode_rhs(o, t + part, x, c->f_after);
        for (int64_t s = 0; s < n; s++) {
            c->slope[s] += weight * c->f_after[s];
        }
    }
    for (int64_t s = 0; s < n; s++) {
        o->x[s] = c->before[s] + h / 6 * c->slope[s];
    }
    o->t_before = t;
    o->t = end;
    if (!rt_ode_rhs(o, end, o->x, c->f_after)) {
        return rt_ode_fail(o, RT_ODE_NOT_FINITE, NULL, e);
    }
    return CRNL_OK;
}

static void rk4_at(struct rt_ode *o, double t, double *x)
{
    struct rk4 *c = o->data;
    double h = o->t - o->t_before, u = h > 0 ? (t - o->t_before) / h : 1;
    if (t >= o->t) {
        memcpy(x, o->x, (size_t)o->n * sizeof *x);
        return;
    }
    double a = (1 + 2 * u) * (1 - u) * (1 - u), b = u * (1 - u) * (1 - u), d = u * u * (3 - 2 * u),
           g = u * u * (u - 1);
    for (int64_t s = 0; s < o->n; s++) {
        x[s] = a * c->before[s] + h * b * c->f_before[s] + d * o->x[s] + h * g * c->f_after[s];
    }
}

static void rk4_bound(struct rt_ode *o, double h)
{
    struct rk4 *c = o->data;
    c->bound = h;
}

static void rk4_destroy(struct rt_ode *o)
{
    struct rk4 *c = o->data;
    free(c->before);
    free(c->f_before);
    free(c->f_after);
    free(c->stage);
    free(c->slope);
    free(c);
}

static const struct rt_ode_solver rk4 = {
    rk4_create,  NULL,   rk4_start,
    rk4_step,    rk4_at, rk4_bound,
    rk4_destroy, NULL,   "try a smaller dt, or solver = bdf",
    false,       true,   lockstep_run,
};

/* ---- Rows ---- */

struct rows {
    void *const *workspace;
    struct rt_recorder *const *r;
    int next, n;
};

static void run_next(void *env, struct rt_meeting *m)
{
    struct rows *q = env;
    while (q->next < q->n) {
        int i = q->next++;
        struct rt_ode *o = q->workspace[i];
        o->meeting = m;
        rt_ode_run(o, q->r[i]);
        o->meeting = NULL;
    }
}

static bool may_be_beside(const struct crnl_model *m)
{
    return m->n_events == 0 && lockstep_may(m);
}

/* Rows meet for their steps, if these can go in lanes. */
static void run_beside(void *const *workspace, struct rt_recorder *const *r, int n)
{
    const struct rt_ode *first = workspace[0];
    struct rows q = {workspace, r, 0, n};
    bool may = lockstep_may_be_in_lanes(first);
    rt_meeting_run(may && n > 1 ? (n < CRNL_LANES ? n : CRNL_LANES) : 1, run_next, &q);
}

static bool rk4_table(const struct rt_ode *o, struct runge_kutta *table)
{
    static const struct runge_kutta rk = {
        4, {{0}, {0.5}, {0, 0.5}, {0, 0, 1}}, {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}, {0, 0.5, 0.5, 1}, true};
    (void)o;
    *table = rk;
    return true;
}

static const struct rt_backwards backwards = {rt_ode_course, rt_ode_course_free, rt_ode_backwards, rk4_table,
                                              NULL,          adjoint_rk_free,    lockstep_may};

static void *create(const struct rt_job *job, struct rt_error *e)
{
    return rt_ode_create(&rk4, job, e);
}

const struct crnl_method crnl_method_rk4 = {
    CRNL_METHOD_ODE_RK4, create, rt_ode_run, rt_ode_destroy, NULL,
    rt_ode_renew,        NULL,   &backwards, run_beside,     may_be_beside};
