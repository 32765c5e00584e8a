/* The Rosenbrock method Rodas5P (rosenbrock_table.h) with the exact Jacobian, for small stiff networks: a
 * step has eight right sides, a Jacobian and a factorisation, and no iteration. It begins with full order,
 * where BDF begins with order 1 after each event. The lengths of steps follow Gustafsson's controller
 * (Hairer, Wanner II, IV.8). */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"
#include "rt_rosenbrock_lanes.h"

enum { MOST_SPECIES = 1024 };                                /* for each step that many cubed operations */
static const double SAFETY = 0.9, SHORTER = 0.1, LONGER = 8; /* of the next step, by the error of this one */
static const double FIRST_LONGER = 1e4; /* the first step is chosen without knowing the error */
static const double UNKNOWN = 0.25;     /* of the next trial where a stage has no value or no solution */
static const double ALMOST = 1e-9;      /* relative to a step: less is not left before a stop */
static const double APART = 0x1p-10;    /* relative to a step: times at which laws are compared */
static const double FIRST_PART = 0.5;   /* of the time in which rates turn by what is admitted */
static const int ROUNDINGS = 8;
enum { MOST_UNSOLVED = 3 };

static int rosenbrock_create(struct rt_ode *o, struct rt_error *e)
{
    struct rosenbrock *c = rt_alloc(1, sizeof *c);
    o->data = c;
    if (o->n > MOST_SPECIES) {
        return rt_fail(e, CRNL_BAD_ARGUMENT,
                       "the solver `rosenbrock` does not take `%s`: %lld species, and it factorises at each "
                       "step, which pays for few of them, at most %d\n  help: solver = bdf, or auto",
                       o->m->name, (long long)o->n, MOST_SPECIES);
    }
    c->analytic = rt_jacobian_create(&c->jacobian, o->m);
    if (c->analytic) {
        rosenbrock_factors_create(&c->sparse, (int32_t)o->n, c->jacobian.col, c->jacobian.row);
        c->memory = rosenbrock_step_create(&c->step, &c->sparse, 1);
    }
    c->dense = rt_alloc(ROSENBROCK_DENSE * (size_t)o->n, sizeof *c->dense);
    c->raised = rt_alloc((size_t)o->n, sizeof *c->raised);
    c->bound = INFINITY;
    return CRNL_OK;
}

static void rosenbrock_bound(struct rt_ode *o, double h)
{
    struct rosenbrock *c = o->data;
    c->bound = fmin(h, rt_real(o->job, CRNL_OPTION_MAX_STEP));
}

static int rosenbrock_start(struct rt_ode *o, struct rt_error *e)
{
    struct rosenbrock *c = o->data;
    (void)e;
    rosenbrock_bound(o, o->bound);
    c->h = c->accepted = c->accepted_way = 0;
    c->has_dense = false;
    c->n_unsolved = 0;
    c->now = NULL;
    return CRNL_OK;
}

bool rosenbrock_is_held(const struct rosenbrock *c)
{
    return c->n_unsolved >= MOST_UNSOLVED;
}

/* ---- Stages ---- */

static bool is_plain_finite(const struct rt_ode *o, double t, const double *x, double *dx)
{
    return o->slide.n_on == 0 && o->steep.n == 0 && !o->history && rt_ode_plain_rhs(o, t, x, dx);
}

/* The derivatives at a stage. Stages of a long step are far below 0 where an amount decays fast, and right
 * so: the next ones are weighed against them, which needs a smooth way on below 0. Mass action has one. A law
 * goes on along the Jacobian of the start, as it may have a pole there, but as it is written as far below 0
 * as rounding may be. */
static int stage_rhs(void *env, const double *t, const double *x, double *dx)
{
    struct rt_ode *o = env;
    struct rosenbrock *c = o->data;
    if (rt_ode_is_interrupted(o)) {
        return -1;
    }
    if (!o->m->law && is_plain_finite(o, *t, x, dx)) {
        return 0;
    }
    if (!rt_ode_raise(o, x, false, c->raised) || !c->analytic || o->slide.n_on > 0) {
        return rt_ode_rhs(o, *t, x, dx) ? 0 : 1;
    }
    for (int64_t s = 0; s < o->n; s++) {
        c->raised[s] = x[s] < -o->noise ? c->raised[s] : x[s];
    }
    if (!rt_ode_rhs(o, *t, c->raised, dx)) {
        return 1;
    }
    for (int64_t s = 0; s < o->n; s++) {
        double below = x[s] - c->raised[s];
        for (int32_t i = c->jacobian.col[s]; below < 0 && i < c->jacobian.col[s + 1]; i++) {
            dx[c->jacobian.row[i]] += c->step.jacobian[i] * below;
        }
    }
    return 0;
}

static void find_jacobian(struct rt_ode *o, struct rosenbrock *c)
{
    if (c->analytic && o->slide.n_on == 0) {
        c->now = &c->step;
        rt_ode_jacobian(o, &c->jacobian, o->t, o->x, c->step.jacobian);
        return;
    }
    if (c->full.n == 0) {
        rosenbrock_factors_create(&c->full, (int32_t)o->n, NULL, NULL);
        c->full_memory = rosenbrock_step_create(&c->full_step, &c->full, 1);
    }
    c->now = &c->full_step;
    for (int64_t s = 0; s < o->n; s++) {
        rt_ode_difference(o, o->t, o->x, s, c->now->jacobian + s * o->n);
    }
}

/* Derivatives by time at the start of a step of length h, times h, from two more right sides within the step.
 * A jump of a law is no such place: steps end there. The derivatives alone may be no doubles, and neither may
 * the square of h. */
static bool find_by_time(struct rt_ode *o, struct rosenbrock_step *s, double h)
{
    double apart = APART * h, *first = s->by_time, *second = s->slope;
    s->reads_time = o->m->n_timed > 0 || o->history;
    if (!s->reads_time) {
        return true;
    }
    if (!rt_ode_rhs(o, o->t + apart, o->x, first) || !rt_ode_rhs(o, o->t + 2 * apart, o->x, second)) {
        return false;
    }
    for (int64_t i = 0; i < o->n; i++) {
        first[i] = (4 * (first[i] - s->f[i]) - (second[i] - s->f[i])) / (2 * APART);
    }
    return true;
}

/* ---- Steps ---- */

static double largest(const double *v, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++) {
        most = fmax(most, fabs(v[i]));
    }
    return most;
}

/* The first step: in it derivatives may change by what errors may be, f' = J f. Both factors are taken
 * relative to their largest entries, as their product may be no double. */
static double first_step(const struct rt_ode *o, const struct rosenbrock_step *s)
{
    const struct rosenbrock *c = o->data;
    double *turn = s->sum, most_j = largest(s->jacobian, s->factors->n_jac), most_f = largest(s->f, o->n);
    bool sparse = s == &c->step;
    if (!(most_j > 0 && most_f > 0)) {
        return INFINITY;
    }
    memset(turn, 0, (size_t)o->n * sizeof *turn);
    for (int64_t j = 0, i = 0; j < o->n; j++) {
        for (int64_t end = sparse ? c->jacobian.col[j + 1] : i + o->n; i < end; i++) {
            turn[sparse ? c->jacobian.row[i] : i % o->n] += s->jacobian[i] / most_j * (s->f[j] / most_f);
        }
    }
    double most = 0;
    for (int64_t j = 0; j < o->n; j++) {
        most = fmax(most, fabs(turn[j]) * s->weight[j]);
    }
    return FIRST_PART * sqrt(2 / most) / sqrt(most_j) / sqrt(most_f);
}

static int fail(struct rt_ode *o, const struct rosenbrock_step *s, enum rt_ode_failure why,
                struct rt_error *e)
{
    memcpy(o->x, o->start, (size_t)o->n * sizeof *o->x);
    if (why != RT_ODE_ERROR_STAYS) {
        return rt_ode_fail(o, why, NULL, e);
    }
    const double *error = s->u + (ROSENBROCK_STAGES - 1) * o->n;
    for (int64_t i = 0; i < o->n; i++) {
        s->sum[i] = error[i] * s->weight[i];
    }
    return rt_ode_fail(o, why, s->sum, e);
}

/* The factor from the last step to the next one (Gustafsson): what the last two errors say. */
static double next_factor(const struct rosenbrock *c, double longer, const struct rosenbrock_trial *trial)
{
    double factor = SAFETY * longer;
    if (c->accepted > 0) {
        factor = fmin(factor, SAFETY * (trial->h / c->accepted) * (longer * (longer / c->accepted_way)));
    }
    return fmax(SHORTER, fmin(trial->failed ? 1 : c->accepted > 0 ? LONGER : FIRST_LONGER, factor));
}

void rosenbrock_begin(struct rt_ode *o, const struct rosenbrock_step *s, double t_stop,
                      struct rosenbrock_trial *trial)
{
    const struct rosenbrock *c = o->data;
    double wanted = c->h;
    if (!(wanted > 0)) {
        wanted = fmin(first_step(o, s), rt_ode_target(o, t_stop) - o->t);
    }
    *trial = (struct rosenbrock_trial){.wanted = wanted};
}

double rosenbrock_length(const struct rt_ode *o, double t_stop, struct rosenbrock_trial *trial)
{
    const struct rosenbrock *c = o->data;
    double h = fmin(trial->wanted, c->bound), left = t_stop - o->t;
    trial->ends = h >= left - ALMOST * h;
    trial->h = trial->ends ? left : h;
    return trial->h;
}

bool rosenbrock_judge(const struct rt_ode *o, double error, double longer, struct rosenbrock_trial *trial)
{
    if (error > 1) {
        trial->wanted = fmin(next_factor(o->data, longer, trial), SAFETY) * trial->h;
        trial->failed = true;
    }
    return error <= 1;
}

void rosenbrock_end(struct rt_ode *o, double longer, const struct rosenbrock_trial *trial)
{
    struct rosenbrock *c = o->data;
    double next = next_factor(c, longer, trial) * trial->h;
    c->h = trial->ends && trial->wanted > trial->h ? fmax(next, trial->wanted) : next;
    c->accepted = trial->h;
    c->accepted_way = longer;
}

static bool begin_step(struct rt_ode *o, struct rosenbrock *c)
{
    find_jacobian(o, c);
    struct rosenbrock_step *s = c->now;
    memcpy(s->x, o->x, (size_t)o->n * sizeof *s->x);
    *s->t = o->t;
    rt_ode_weights(o, s->x, s->weight);
    c->has_dense = false;
    return rt_ode_rhs(o, o->t, s->x, s->f);
}

static bool has_lost_digits(struct rt_ode *o, const struct rosenbrock_step *s)
{
    return rt_ode_is_long(o) && rt_ode_has_lost(o, s->u + (ROSENBROCK_STAGES - 1) * o->n);
}

static int rosenbrock_step(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    struct rosenbrock *c = o->data;
    const struct rosenbrock_code code = {stage_rhs, o};
    if (!begin_step(o, c)) {
        return rt_ode_fail(o, RT_ODE_NOT_FINITE, NULL, e);
    }
    struct rosenbrock_step *s = c->now;
    enum rt_ode_failure why = RT_ODE_ERROR_STAYS;
    struct rosenbrock_trial trial;
    rosenbrock_begin(o, s, t_stop, &trial);
    for (int i = 0; i < ODE_MOST_FAILURES; i++) {
        double h = *s->h = rosenbrock_length(o, t_stop, &trial);
        if (!(h > 0)) {
            break;
        }
        int status = find_by_time(o, s, h) ? rosenbrock_one.step(s, &code) : 1;
        if (status < 0) {
            return fail(o, s, RT_ODE_NOT_FINITE, e);
        }
        if (status > 0 || *s->unsolved || !(*s->error < INFINITY)) {
            why = status > 0 ? RT_ODE_NOT_FINITE : RT_ODE_STEP_UNSOLVED;
            c->n_unsolved += status == 0 && *s->unsolved;
            trial.wanted = UNKNOWN * h;
            trial.failed = true;
        } else if (!rosenbrock_judge(o, *s->error, *s->longer, &trial)) {
            why = RT_ODE_ERROR_STAYS;
        } else {
            rosenbrock_end(o, *s->longer, &trial);
            memcpy(o->x, s->y, (size_t)o->n * sizeof *o->x);
            o->t_before = o->t;
            o->t = trial.ends ? t_stop : o->t + h;
            return has_lost_digits(o, s) ? rt_ode_fail(o, RT_ODE_FAR_APART, NULL, e) : CRNL_OK;
        }
    }
    return fail(o, s, why, e);
}

/* ---- Between steps ---- */

static void find_dense(const struct rosenbrock_step *s, int64_t n, double *dense)
{
    for (int k = 0; k < ROSENBROCK_DENSE; k++) {
        for (int64_t i = 0; i < n; i++) {
            double sum = 0;
            for (int j = 0; j < ROSENBROCK_STAGES; j++) {
                sum += ROSENBROCK_K[k][j] * s->u[j * n + i];
            }
            dense[k * n + i] = sum;
        }
    }
}

/* An amount that has not changed does not change between either, because conditions may count with it. */
static void rosenbrock_at(struct rt_ode *o, double t, double *x)
{
    struct rosenbrock *c = o->data;
    if (t >= o->t || !c->now) {
        memcpy(x, o->x, (size_t)o->n * sizeof *x);
        return;
    }
    const struct rosenbrock_step *s = c->now;
    if (!c->has_dense) {
        find_dense(s, o->n, c->dense);
        c->has_dense = true;
    }
    double u = (t - *s->t) / *s->h;
    const double *k = c->dense;
    for (int64_t i = 0; i < o->n; i++) {
        double bend = k[i] + u * (k[o->n + i] + u * k[2 * o->n + i]);
        x[i] = s->x[i] + u * ((s->y[i] - s->x[i]) + (1 - u) * bend);
        x[i] = fabs(x[i] - o->x[i]) <= ROUNDINGS * DBL_EPSILON * fabs(o->x[i]) ? o->x[i] : x[i];
    }
}

static void rosenbrock_destroy(struct rt_ode *o)
{
    struct rosenbrock *c = o->data;
    rt_jacobian_destroy(&c->jacobian);
    rosenbrock_factors_destroy(&c->sparse);
    rosenbrock_factors_destroy(&c->full);
    free(c->memory);
    free(c->full_memory);
    free(c->dense);
    free(c->raised);
    free(c);
}

const struct rt_ode_solver rt_ode_rosenbrock = {
    rosenbrock_create,
    NULL,
    rosenbrock_start,
    rosenbrock_step,
    rosenbrock_at,
    rosenbrock_bound,
    rosenbrock_destroy,
    NULL,
    "look for a rate that grows without bound or divides by 0; or try another rtol or atol",
    true,
    false,
    NULL,
};

static void *create(const struct rt_job *job, struct rt_error *e)
{
    return rt_ode_create(&rt_ode_rosenbrock, job, e);
}

static void all_beside(struct rt_ode *const *o, struct rt_stretch *const *s, int n)
{
    rosenbrock_beside(o, s, n, NULL);
}

static void run_beside(void *const *workspace, struct rt_recorder *const *r, int n)
{
    rt_ode_run_beside(workspace, r, n, all_beside);
}

const struct crnl_method crnl_method_rosenbrock = {CRNL_METHOD_ODE_ROSENBROCK,
                                                   create,
                                                   rt_ode_run,
                                                   rt_ode_destroy,
                                                   NULL,
                                                   rt_ode_renew,
                                                   NULL,
                                                   &rt_backwards_implicit,
                                                   run_beside,
                                                   rosenbrock_may_be_beside};
