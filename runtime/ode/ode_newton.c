/* Steady states by root finding: no time passes, and the state that is found may be unstable. Newton's
 * method in the coordinates of rt_ways, so that conserved sums stay. Where a step would take an amount below
 * 0, or does not bring the derivatives down, it is replaced by one of the implicit Euler method,
 * (I / h - J) dx = f, whose h grows again as long as that works (pseudo-transient continuation: Kelley,
 * Keyes, SIAM J. Numer. Anal. 35, 508 (1998)). */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_dense.h"
#include "rt_root.h"

enum { MOST_WAYS = 1000, MOST_STEPS = 2000 };
static const double CLOSE = 1e-3, /* of a tolerance: what the last step may have moved */
    LESS = 0.999,                 /* of the derivatives: a step that leaves more is of no use */
    LONGEST = 1e30,               /* of the fastest turnover: more is a step of Newton's method */
    LEAST_PIVOT = 1e-14;          /* of the largest entry: below it the equations are singular */

struct newton {
    struct rt_ode *o;
    struct rt_ways w;
    double *jacobian, *matrix, *move; /* [n][n] by rows, [n][n] by columns, [n] */
    double *x, *f;                    /* [n_species] the state tried, and its derivatives */
    double h;                         /* INFINITY: Newton's method */
    double moved;                     /* by the last step, in tolerances */
};

/* ---- a step ---- */

/* The largest derivative, in tolerances. */
static double find_size(const struct rt_ode *o, const double *f)
{
    double size = 0;
    for (int64_t s = 0; s < o->n; s++) {
        size = fmax(size, fabs(f[s]) / rt_ode_tolerance(o, s));
    }
    return size;
}

/* The state after the move, in w->x, and how far it is in tolerances; false: it has an amount below 0. */
static bool move(struct newton *w)
{
    struct rt_ode *o = w->o;
    bool good = true;
    memcpy(w->x, o->x, (size_t)o->n * sizeof *w->x);
    for (int32_t i = 0; i < w->w.n; i++) {
        const double *change = w->w.change + (size_t)i * (size_t)o->n;
        for (int64_t s = 0; s < o->n; s++) {
            w->x[s] += w->move[i] * change[s];
        }
    }
    w->moved = 0;
    for (int64_t s = 0; s < o->n && good; s++) {
        w->moved = fmax(w->moved, fabs(w->x[s] - o->x[s]) / rt_ode_tolerance(o, s));
        good = fabs(w->x[s]) < INFINITY &&
               (w->x[s] >= 0 || rt_ode_is_signed(o, s) || -w->x[s] <= rt_ode_slack(o, s));
        w->x[s] = w->x[s] < 0 && !rt_ode_is_signed(o, s) ? 0 : w->x[s];
    }
    return good;
}

/* A step of length h from o->x, where the derivatives are o->f. Returns false if it leads nowhere. */
static bool try_step(struct newton *w)
{
    struct rt_ode *o = w->o;
    int32_t n = w->w.n;
    double largest = 0;
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j < n; j++) {
            double entry = -w->jacobian[i * n + j] + (i == j ? 1 / w->h : 0);
            w->matrix[j * n + i] = entry;
            largest = fmax(largest, fabs(entry));
        }
        w->move[i] = o->f[w->w.pivot[i]];
    }
    return rt_dense_solve(w->matrix, w->move, n, 1, LEAST_PIVOT * largest) && move(w) &&
           rt_ode_rhs(o, o->t, w->x, w->f) &&
           (w->h < INFINITY || w->moved <= CLOSE || find_size(o, w->f) <= LESS * find_size(o, o->f));
}

static int fail(struct rt_ode *o, const char *why, struct rt_error *e)
{
    rt_fail(e, CRNL_NOT_REACHED,
            "no steady state of `%s` was found from these amounts: %s\n"
            "  help: begin nearer to it; `to steady` by another solver follows the network there",
            o->m->name, why);
    return e->status;
}

static int find_root(struct newton *w, struct rt_error *e)
{
    struct rt_ode *o = w->o;
    rt_ode_rhs(o, o->t, o->x, o->f);
    double fastest = rt_ode_fastest_turnover(o);
    double first = fastest > 0 && fastest < INFINITY ? 1 / fastest : 1;
    w->h = INFINITY;
    for (o->steps = 0; o->steps < MOST_STEPS; o->steps++) {
        if (rt_check_limits(o->recorder, o->t)) {
            return o->recorder->error.status;
        }
        if (find_size(o, o->f) == 0) {
            return CRNL_OK;
        }
        if (!rt_ways_jacobian(o, &w->w, o->x, w->jacobian)) {
            return fail(o, "rates have no finite derivatives on the way", e);
        }
        bool good = try_step(w);
        while (!good && w->h > first / LONGEST) {
            w->h = w->h < INFINITY ? w->h / 10 : first;
            good = try_step(w);
        }
        if (!good) {
            return fail(o, "amounts would fall below 0", e);
        }
        memcpy(o->x, w->x, (size_t)o->n * sizeof *o->x);
        memcpy(o->f, w->f, (size_t)o->n * sizeof *o->f);
        for (int64_t s = 0; s < o->n; s++) {
            o->largest[s] = fmax(o->largest[s], fabs(o->x[s]));
        }
        if (w->h == INFINITY && w->moved <= CLOSE) {
            return CRNL_OK;
        }
        w->h = w->h * 10 > first * LONGEST ? INFINITY : w->h * 10;
    }
    return fail(o, "the steps do not converge", e);
}

static int search(struct rt_ode *o, struct rt_error *e)
{
    struct newton w = {.o = o};
    int status = CRNL_OK;
    if (!rt_ways_find(&w.w, o->m, o->events.k, MOST_WAYS)) {
        status = fail(o, "newton takes networks of up to 1000 species", e);
    } else {
        size_t n = (size_t)w.w.n;
        w.jacobian = rt_alloc(n * n, sizeof *w.jacobian);
        w.matrix = rt_alloc(n * n, sizeof *w.matrix);
        w.move = rt_alloc(n, sizeof *w.move);
        w.x = rt_alloc((size_t)o->n, sizeof *w.x);
        w.f = rt_alloc((size_t)o->n, sizeof *w.f);
        status = find_root(&w, e);
    }
    free(w.jacobian);
    free(w.matrix);
    free(w.move);
    free(w.x);
    free(w.f);
    rt_ways_free(&w.w);
    return status;
}

/* What happens in time, or depends on it, has no root. */
static int check(const struct rt_ode *o, struct rt_error *e)
{
    const struct crnl_model *m = o->m;
    const char *why = m->n_events > 0   ? "has events"
                      : m->n_phases > 0 ? "has a clock"
                      : m->n_delays > 0 ? "reads what was some time ago"
                      : m->n_timed > 0  ? "has rates that read `time`"
                                        : NULL;
    return why ? rt_fail(e, CRNL_BAD_ARGUMENT,
                         "`%s` %s: its steady states are not found by `newton`\n  help: leave `solver` out",
                         m->name, why)
               : CRNL_OK;
}

static int run(void *workspace, struct rt_recorder *r)
{
    struct rt_ode *o = workspace;
    struct rt_grid grid = {.base = o->job->t0, .end = o->job->t0, .job = o->job};
    int status = rt_ode_begin_run(o, r);
    status = status ? status : check(o, &r->error);
    status = status ? status : search(o, &r->error);
    int first = rt_record_start(r, &grid, o->t, o->x);
    status = status ? status : first;
    status = status ? status : rt_ode_check_sums(o, o->t, o->x, &r->error);
    status = status ? status : rt_ode_tell_stability(o, r);
    rt_ode_note(o, "`%s` by newton: %lld steps", o->m->name, (long long)o->steps);
    rt_ode_end_run(o, r);
    return status;
}

static int newton_create(struct rt_ode *o, struct rt_error *e)
{
    (void)o, (void)e;
    return CRNL_OK;
}

static void newton_destroy(struct rt_ode *o)
{
    (void)o;
}

static const struct rt_ode_solver newton = {.create = newton_create, .destroy = newton_destroy};

static void *create(const struct rt_job *job, struct rt_error *e)
{
    return rt_ode_create(&newton, job, e);
}

const struct crnl_method crnl_method_newton = {CRNL_METHOD_ODE_NEWTON, create, run,  rt_ode_destroy, NULL,
                                               rt_ode_renew,           NULL,   NULL, NULL,           NULL};
