/* Runge-Kutta as long as that is not held back by stability, BDF from there on, and back. After each WINDOW steps the spectral
 * radius rho of the Jacobian is estimated by a nonlinear power iteration (Sommeijer, Shampine, Verwer 1998, RKC). Where h rho was at
 * the stability limit in MOST of them, the solution changes more slowly than explicit steps may be long. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ode.h"

enum { WINDOW = 25, MOST = 15, SKIP = 4, FIRST_ITERATIONS = 16, ITERATIONS = 8 };
static const double STABLE =
    2.0; /* h rho of steps that stability holds back; the real interval of Cash and Karp's pair ends at 3.7 */
static const double EXPLICIT = 1.0; /* h rho of BDF steps that Runge-Kutta could take */
static const double FAR = 5;        /* times EXPLICIT: rho is estimated at each SKIPth look only */
static const double FRESH = 0.2;
static const double SETTLED = 0.02; /* relative change of rho, twice, that ends the iteration */

struct switching {
    const struct rt_ode_solver *solver[2]; /* not stiff, stiff */
    void *data[2];                         /* NULL: not needed so far */
    int now, steps, skipped;               /* the solver in use; steps since the last look */
    double step[WINDOW];                   /* their lengths */
    double rho;                            /* 0: not known */
    double *v, *x, *f, *g;                 /* direction, scaled; state moved along it; derivatives */
};

/* ---- rho ---- */

/* What counts as one unit of amount s, so that rho does not depend on the unit of amounts; 0: not known,
 * nothing has been there and nothing makes it. */
static double unit(const struct rt_ode *o, int64_t s)
{
    if (o->largest[s] == 0 && o->possible[s] == 0 && !(rt_real(o->job, CRNL_OPTION_ATOL) > 0)) {
        return 0;
    }
    return fmax(fabs(o->x[s]), o->floor[s] / rt_real(o->job, CRNL_OPTION_RTOL));
}

static double scale(double *v, int64_t n)
{
    double sum = 0;
    for (int64_t s = 0; s < n; s++) {
        sum += v[s] * v[s];
    }
    double norm = sqrt(sum);
    for (int64_t s = 0; s < n && norm > 0; s++) {
        v[s] /= norm;
    }
    return norm;
}

static void estimate_rho(struct rt_ode *o, struct switching *w)
{
    double small = sqrt(DBL_EPSILON), before = 0;
    bool first = w->rho == 0;
    int settled = 0;
    for (int64_t s = 0; s < o->n;
         s++) { /* a little of any direction, as what was small before may have become large */
        w->v[s] += FRESH / sqrt((double)o->n) * ((double)(s % 3) - 1.1);
    }
    scale(w->v, o->n);
    if (!rt_ode_rhs(o, o->t, o->x, w->f)) {
        return;
    }
    for (int i = 0; i < (first ? FIRST_ITERATIONS : ITERATIONS); i++) {
        for (int64_t s = 0; s < o->n; s++) {
            w->x[s] = o->x[s] + small * unit(o, s) * w->v[s];
        }
        if (!rt_ode_rhs(o, o->t, w->x, w->g)) {
            return;
        }
        for (int64_t s = 0; s < o->n; s++) {
            double one = unit(o, s);
            w->v[s] = one > 0 ? (w->g[s] - w->f[s]) / (small * one) : 0;
        }
        double rho = scale(w->v, o->n);
        if (!(rho > 0 && rho < INFINITY)) {
            w->rho = 0;
            return;
        }
        w->rho = rho;
        settled = fabs(rho - before) <= SETTLED * rho ? settled + 1 : 0;
        if (settled == 2) {
            return;
        }
        before = rho;
    }
}

/* ---- The solver ---- */

static int create_inner(struct rt_ode *o, struct switching *w, int which, struct rt_error *e)
{
    o->data = NULL;
    int status = w->solver[which]->create(o, e);
    w->data[which] = o->data;
    if (!status) {
        w->solver[which]->bound(o, o->bound);
    }
    o->data = w;
    return status;
}

static int auto_create(struct rt_ode *o, struct rt_error *e)
{
    struct switching *w = rt_alloc(1, sizeof *w);
    w->solver[0] = &rt_ode_erk;
    w->solver[1] = &rt_ode_bdf;
    double **const array[] = {&w->v, &w->x, &w->f, &w->g};
    for (int i = 0; i < 4; i++) {
        *array[i] = rt_alloc((size_t)o->n, sizeof **array[i]);
    }
    return create_inner(o, w, 0, e);
}

static int auto_start(struct rt_ode *o, struct rt_error *e)
{
    struct switching *w = o->data;
    o->data = w->data[w->now];
    int status = w->solver[w->now]->start(o, e);
    o->data = w;
    w->steps = 0;
    return status;
}

static int change_to(struct rt_ode *o, struct switching *w, int which, double step, struct rt_error *e)
{
    rt_ode_note(o, "at t = %.6g, after %lld steps, %s: steps of %.3g, spectral radius %.3g", o->t,
                (long long)o->steps, which ? "bdf" : "erk", step, w->rho);
    int status = w->data[which] ? CRNL_OK : create_inner(o, w, which, e);
    w->now = which;
    return status ? status : auto_start(o, e);
}

/* After a window of steps: whether the other solver is the better one from here. */
static int look(struct rt_ode *o, struct switching *w, struct rt_error *e)
{
    double longest = 0;
    int limited = 0;
    w->steps = 0;
    for (int i = 0; i < WINDOW; i++) {
        longest = fmax(longest, w->step[i]);
    }
    if (w->now == 1 && longest * w->rho > FAR * EXPLICIT && ++w->skipped % SKIP != 0) {
        return CRNL_OK;
    }
    estimate_rho(o, w);
    for (int i = 0; i < WINDOW; i++) {
        limited += w->step[i] * w->rho > STABLE;
    }
    if (w->now == 0 && limited >= MOST) {
        return change_to(o, w, 1, longest, e);
    }
    return w->now == 1 && w->rho > 0 && longest * w->rho < EXPLICIT ? change_to(o, w, 0, longest, e)
                                                                    : CRNL_OK;
}

static int auto_step(struct rt_ode *o, double t_stop, struct rt_error *e)
{
    struct switching *w = o->data;
    int status = w->steps == WINDOW ? look(o, w, e) : CRNL_OK;
    o->data = w->data[w->now];
    status = status ? status : w->solver[w->now]->step(o, t_stop, e);
    o->data = w;
    w->step[w->steps++] = o->t - o->t_before;
    return status;
}

static void auto_at(struct rt_ode *o, double t, double *x)
{
    struct switching *w = o->data;
    o->data = w->data[w->now];
    w->solver[w->now]->at(o, t, x);
    o->data = w;
}

static void auto_bound(struct rt_ode *o, double h)
{
    struct switching *w = o->data;
    for (int i = 0; i < 2; i++) {
        o->data = w->data[i];
        if (o->data) {
            w->solver[i]->bound(o, h);
        }
    }
    o->data = w;
}

static void auto_destroy(struct rt_ode *o)
{
    struct switching *w = o->data;
    for (int i = 0; i < 2; i++) {
        o->data = w->data[i];
        if (o->data) {
            w->solver[i]->destroy(o);
        }
    }
    free(w->v);
    free(w->x);
    free(w->f);
    free(w->g);
    free(w);
}

static const struct rt_ode_solver switching = {
    auto_create,
    auto_start,
    auto_step,
    auto_at,
    auto_bound,
    auto_destroy,
    "look for a rate that grows without bound or divides by 0; or try another rtol or atol",
    true,
};

static void *create(const struct rt_job *job, struct rt_error *e)
{
    return rt_ode_create(&switching, job, e);
}

static const struct crnl_method *const solvers[] = {&crnl_method_auto, &crnl_method_bdf, &crnl_method_adams,
                                                    &crnl_method_erk, NULL};
const struct crnl_method crnl_method_auto = {CRNL_METHOD_ODE_AUTO, create, rt_ode_run, rt_ode_destroy,
                                             solvers};
