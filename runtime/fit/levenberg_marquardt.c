/* Levenberg and Marquardt: lmder of MINPACK (More 1978) as cminpack has it, for losses that are sums of
 * squares. It knows no bounds: between two bounds it moves along a sine, beyond one along a hyperbola (James,
 * Roos 1975: MINUIT). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_fit.h"

enum { WORSE = 1000 };
/* The first step of lmder is as long as its start is large: nearly 0 it does not move at all. */
static const double away = 8;
/* Of a start that lies on a bound, in parts of the distance of the bounds. */
static const double margin = 1e-3;

static const struct crnl_learn_option options[] = {RT_FIT_COMMON(200, 1e-9)};

typedef int (*lmder_function)(void *data, int m, int n, const double *u, double *r, double *jacobian, int ld,
                              int what);
typedef int (*lmder_call)(lmder_function f, void *data, int m, int n, double *u, double *r, double *jacobian,
                          int ld, double ftol, double xtol, double gtol, int most, double *diagonal, int mode,
                          double factor, int nprint, int *nfev, int *njev, int *pivot, double *qtf,
                          double *w1, double *w2, double *w3, double *w4);

struct search {
    struct rt_trial *t;
    double *z, *shift; /* [n]; lmder has u + shift */
    int64_t since;
    double best;
    int m_true; /* residuals; lmder wants at least as many as parameters */
};

/* ---- Bounds ---- */

static double to_z(const struct rt_trial *t, int32_t i, double u, double *slope)
{
    double lo = t->lo[i], hi = t->hi[i];
    if (lo > -INFINITY && hi < INFINITY) {
        *slope = (hi - lo) / 2 * cos(u);
        return lo + (hi - lo) / 2 * (sin(u) + 1);
    }
    double root = sqrt(u * u + 1);
    *slope = lo > -INFINITY ? u / root : hi < INFINITY ? -u / root : 1;
    return lo > -INFINITY ? lo - 1 + root : hi < INFINITY ? hi + 1 - root : u;
}

static double to_u(const struct rt_trial *t, int32_t i, double z)
{
    double lo = t->lo[i], hi = t->hi[i];
    if (lo > -INFINITY && hi < INFINITY) {
        double part = hi > lo ? (z - lo) / (hi - lo) : 0.5;
        part = part < margin ? margin : part > 1 - margin ? 1 - margin : part;
        return asin(2 * part - 1);
    }
    double beyond = lo > -INFINITY ? z - lo : hi - z;
    beyond = beyond < margin ? margin : beyond;
    return lo > -INFINITY || hi < INFINITY ? sqrt((beyond + 1) * (beyond + 1) - 1) : z;
}

/* ---- What lmder asks ---- */

static int after_step(struct search *s)
{
    struct rt_trial *t = s->t;
    double patience = t->fit->option[CRNL_FIT_PATIENCE];
    s->since = t->start->loss < s->best ? 0 : s->since + 1;
    s->best = t->start->loss;
    rt_fit_step(t->start, t->start->loss);
    return rt_trial_is_over(t) || rt_trial_reached(t) || (patience > 0 && s->since >= patience) ? -1 : 0;
}

static int asked(void *data, int m, int n, const double *u, double *r, double *jacobian, int ld, int what)
{
    struct search *s = data;
    struct rt_trial *t = s->t;
    double loss, slope;
    if (what == 0) {
        return after_step(s);
    }
    for (int i = 0; i < n; i++) {
        s->z[i] = to_z(t, i, u[i] - s->shift[i], &slope);
    }
    double *columns = what == 2 ? rt_alloc((size_t)s->m_true * (size_t)n, sizeof *columns) : NULL;
    bool good = rt_trial_residuals(t, s->z, &loss, columns) && t->n_residuals == s->m_true;
    if (what == 1) {
        for (int j = 0; j < m; j++) {
            r[j] = !good ? WORSE * (1 + fabs(r[j])) : j < s->m_true ? t->residual[j] : 0;
        }
    }
    for (int i = 0; what == 2 && good && i < n; i++) {
        to_z(t, i, u[i] - s->shift[i], &slope);
        double *to = jacobian + (size_t)i * (size_t)ld;
        const double *from = columns + (size_t)i * (size_t)s->m_true;
        for (int j = 0; j < m; j++) {
            to[j] = j < s->m_true ? from[j] * slope : 0;
        }
    }
    free(columns);
    return rt_trial_is_over(t) || (what == 2 && !good) ? -1 : 0;
}

static void search(struct rt_trial *t, lmder_call lmder, double *z)
{
    struct search s = {.t = t, .best = INFINITY};
    double loss;
    int n = t->fit->n;
    if (!rt_trial_residuals(t, z, &loss, NULL)) {
        return;
    }
    s.m_true = t->n_residuals;
    int m = s.m_true > n ? s.m_true : n;
    size_t columns = (size_t)n, rows = (size_t)m;
    double *u = rt_alloc(columns, sizeof *u), *r = rt_alloc(rows, sizeof *r),
           *jacobian = rt_alloc(rows * columns, sizeof *jacobian),
           *w = rt_alloc(5 * columns + rows, sizeof *w);
    int *pivot = rt_alloc(columns, sizeof *pivot), nfev, njev;
    double tolerance = t->fit->option[CRNL_FIT_TOLERANCE];
    double most = t->fit->option[CRNL_FIT_STEPS];
    s.z = rt_alloc(columns, sizeof *s.z);
    s.shift = rt_alloc(columns, sizeof *s.shift);
    for (int i = 0; i < n; i++) {
        u[i] = to_u(t, i, z[i]);
        s.shift[i] = fabs(u[i]) < 1 ? away : 0;
        u[i] += s.shift[i];
    }
    lmder(asked, &s, m, n, u, r, jacobian, m, tolerance, tolerance, 0, most < 1e9 ? (int)most : 1000000000, w,
          1, 10, 1, &nfev, &njev, pivot, w + n, w + 2 * n, w + 3 * n, w + 4 * n, w + 5 * n);
    memcpy(z, t->start->z, columns * sizeof *z);
    free(u);
    free(r);
    free(jacobian);
    free(w);
    free(pivot);
    free(s.z);
    free(s.shift);
}

static void run(struct rt_trial *t, double *z)
{
    static const char *const files[] = {"libcminpack.so.1", "libcminpack.so", NULL}, *const name[] = {
                                                                                         "lmder"};
    struct rt_error e = {0};
    void *call;
    lmder_call lmder;
    if (rt_fit_library(files, "libcminpack1", name, 1, &call, &e)) {
        int none = 0;
        if (atomic_compare_exchange_strong(&t->fit->fatal, &none, e.status)) {
            t->start->why = t->start->why ? t->start->why : rt_strdup(e.text.data);
        }
        rt_error_free(&e);
        return;
    }
    memcpy(&lmder, &call, sizeof lmder);
    search(t, lmder, z);
}

static const struct rt_fit_rule rule = {run, NULL};

const struct crnl_minimizer crnl_minimize_levenberg_marquardt = {.name = "levenberg_marquardt",
                                                                 .n_options =
                                                                     sizeof options / sizeof *options,
                                                                 .option = options,
                                                                 .by_residuals = 1,
                                                                 .finds_minimum = 1,
                                                                 .rule = &rule};
