/* The method of Levenberg and Marquardt for losses that are sums of squares: lmder of MINPACK (More 1978), as
 * implemented by cminpack. lmder knows no bounds: a point beyond a bound is replaced by the nearest point
 * within. After a step beyond a bound lmder is restarted there, without the parameters that the slope of the
 * loss holds at their bound; they are included again when the slope no longer holds them. A smooth map of the
 * real line to the interval would not do: its slope is 0 at the bounds, so that a parameter that came near to
 * a bound would stay there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_fit.h"

/* OWN_SCALES: steps are measured in u, whose range is of order 1, and not by the columns of the Jacobian. In
 * directions that the data hardly determine, the latter lets the first steps go to the other end of the
 * bounds, from where nothing leads back (Transtrum, Machta, Sethna 2011 on models with many such
 * directions). */
enum { WORSE = 1000, OWN_SCALES = 2 };
/* lmder's first step is a multiple of the norm of its start, so the start is moved away from 0. */
static const double away = 8, first_step = 0.05;

static const struct crnl_learn_option options[] = {RT_FIT_COMMON(200, 1e-9)};

typedef int (*lmder_function)(void *data, int m, int n, const double *u, double *r, double *jacobian, int ld,
                              int what);
typedef int (*lmder_call)(lmder_function f, void *data, int m, int n, double *u, double *r, double *jacobian,
                          int ld, double ftol, double xtol, double gtol, int most, double *diagonal, int mode,
                          double factor, int nprint, int *nfev, int *njev, int *pivot, double *qtf,
                          double *w1, double *w2, double *w3, double *w4);

struct search {
    struct rt_trial *t;
    lmder_call lmder;
    double *z, *unit, *shift; /* [n] the present point; z = unit (u - shift) */
    int *free, n_free;        /* the parameters that lmder varies */
    /* [n] whether the slope holds a parameter at a bound; again: lmder must be restarted, because this has
     * changed */
    bool *is_held, again;
    double *columns;     /* [n][m_true] */
    int64_t left, since; /* remaining evaluations; steps since the loss improved */
    double best;
    int m_true; /* number of residuals; lmder needs at least as many as parameters */
};

/* ---- Bounds ---- */

static double within(const struct rt_trial *t, int i, double z)
{
    return z < t->lo[i] ? t->lo[i] : z > t->hi[i] ? t->hi[i] : z;
}

/* Whether the slope of the loss holds parameter i at a bound. */
static bool holds(const struct search *s, int i)
{
    const struct rt_trial *t = s->t;
    const double *column = s->columns + (size_t)i * (size_t)s->m_true;
    double slope = 0;
    for (int j = 0; j < s->m_true; j++) {
        slope += column[j] * t->residual[j];
    }
    return (s->z[i] <= t->lo[i] && slope >= 0) || (s->z[i] >= t->hi[i] && slope <= 0);
}

/* Updates which parameters are held; returns true if these are the same as before and no point lies beyond a
 * bound. */
static bool goes_on(struct search *s, const double *u)
{
    bool same = true;
    for (int i = 0; i < s->t->fit->n; i++) {
        bool held = holds(s, i);
        same &= held == s->is_held[i];
        s->is_held[i] = held;
    }
    for (int k = 0; k < s->n_free; k++) {
        int i = s->free[k];
        double z = s->unit[i] * (u[k] - s->shift[i]);
        same &= z == within(s->t, i, z);
    }
    return same;
}

/* ---- Callbacks of lmder ---- */

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
    double loss;
    if (what == 0) {
        return after_step(s);
    }
    for (int k = 0; k < n; k++) {
        int i = s->free[k];
        s->z[i] = within(t, i, s->unit[i] * (u[k] - s->shift[i]));
    }
    bool good =
        rt_trial_residuals(t, s->z, &loss, what == 2 ? s->columns : NULL) && t->n_residuals == s->m_true;
    s->left -= what == 1;
    for (int j = 0; what == 1 && j < m; j++) {
        r[j] = !good ? WORSE * (1 + fabs(r[j])) : j < s->m_true ? t->residual[j] : 0;
    }
    if (what == 2 && good && !goes_on(s, u)) {
        s->again = true;
        return -1;
    }
    for (int k = 0; what == 2 && good && k < n; k++) {
        double *to = jacobian + (size_t)k * (size_t)ld;
        const double *from = s->columns + (size_t)s->free[k] * (size_t)s->m_true;
        for (int j = 0; j < m; j++) {
            to[j] = j < s->m_true ? from[j] * s->unit[s->free[k]] : 0;
        }
    }
    return rt_trial_is_over(t) || (what == 2 && !good) ? -1 : 0;
}

/* ---- The search ---- */

/* Runs lmder once, over the parameters that are not held; s->again is set if it must be restarted. */
static void part(struct search *s)
{
    struct rt_trial *t = s->t;
    s->n_free = 0;
    for (int i = 0; i < t->fit->n; i++) {
        if (!s->is_held[i] && t->lo[i] < t->hi[i]) {
            s->free[s->n_free++] = i;
        }
    }
    int n = s->n_free, m = s->m_true > n ? s->m_true : n, nfev, njev;
    size_t columns = (size_t)n + 1, rows = (size_t)m;
    double *u = rt_alloc(columns, sizeof *u), *r = rt_alloc(rows, sizeof *r), length = 0;
    double *jacobian = rt_alloc(rows * columns, sizeof *jacobian),
           *w = rt_alloc(5 * columns + rows, sizeof *w);
    int *pivot = rt_alloc(columns, sizeof *pivot);
    double tolerance = t->fit->option[CRNL_FIT_TOLERANCE];
    for (int k = 0; k < n; k++) {
        int i = s->free[k];
        double at = s->z[i] / s->unit[i];
        s->shift[i] = fabs(at) < 1 ? away : 0;
        u[k] = at + s->shift[i];
        w[k] = 1;
        length += u[k] * u[k];
    }
    s->again = false;
    if (n > 0) {
        s->lmder(asked, s, m, n, u, r, jacobian, m, tolerance, tolerance, 0,
                 s->left < 1000000000 ? (int)s->left : 1000000000, w, OWN_SCALES, first_step / sqrt(length),
                 1, &nfev, &njev, pivot, w + n, w + 2 * n, w + 3 * n, w + 4 * n, w + 5 * n);
    }
    free(u);
    free(r);
    free(jacobian);
    free(w);
    free(pivot);
}

static void search(struct rt_trial *t, lmder_call lmder, double *z)
{
    size_t n = (size_t)t->fit->n;
    double loss;
    if (!rt_trial_residuals(t, z, &loss, NULL)) {
        return;
    }
    struct search s = {.t = t,
                       .lmder = lmder,
                       .z = rt_copy(z, n, sizeof *z),
                       .unit = rt_alloc(n, sizeof *s.unit),
                       .shift = rt_alloc(n, sizeof *s.shift),
                       .free = rt_alloc(n, sizeof *s.free),
                       .is_held = rt_alloc(n, sizeof *s.is_held),
                       .columns = rt_alloc(n * (size_t)t->n_residuals, sizeof *s.columns),
                       .left = (int64_t)t->fit->option[CRNL_FIT_STEPS],
                       .best = INFINITY,
                       .m_true = t->n_residuals};
    for (size_t i = 0; i < n; i++) {
        double width = t->hi[i] - t->lo[i];
        s.unit[i] = width > 0 && width < INFINITY ? width : 1;
    }
    do {
        part(&s);
        memcpy(s.z, t->start->z, n * sizeof *z);
    } while (s.again && s.left > 0);
    memcpy(z, t->start->z, n * sizeof *z);
    free(s.z);
    free(s.unit);
    free(s.shift);
    free(s.free);
    free(s.is_held);
    free(s.columns);
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
