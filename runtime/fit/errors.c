/* Standard errors from the curvature of the loss at its minimum, in the coordinates of the fit. For a
 * negative log-likelihood the curvature is the observed information, whose inverse is the covariance
 * (Fisher). For a sum of squares with unknown deviation s^2 = SSR / (N - p), the covariance is 2 loss / (N -
 * p) times the inverse of its curvature, for any constant factor in the loss. If the terms of a sum of
 * squares are available, the curvature is 2 J'J (Gauss). */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_fit_parts.h"

static const double flat = 1e-9; /* relative to the largest curvature: differences cannot distinguish less
                                  * from 0 */
/* ln 1000: a parameter known only to a factor of 1000 counts as not determined, and so does one without
 * logarithm whose deviation is as many times its unit */
static const double widest = 6.91;
static const double counts = 0.1; /* smallest part of a direction that is named */
enum { most_told = 3, most_named = 5 };

/* ---- Eigenvectors of a symmetric matrix by Jacobi rotations ---- */

static void rotate(double *a, double *v, int32_t n, int32_t p, int32_t q)
{
    double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
    double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1)), c = 1 / sqrt(t * t + 1),
           s = t * c;
    for (int32_t k = 0; k < n; k++) {
        double x = a[k * n + p], y = a[k * n + q];
        a[k * n + p] = c * x - s * y;
        a[k * n + q] = s * x + c * y;
    }
    for (int32_t k = 0; k < n; k++) {
        double x = a[p * n + k], y = a[q * n + k];
        a[p * n + k] = c * x - s * y;
        a[q * n + k] = s * x + c * y;
        x = v[k * n + p];
        y = v[k * n + q];
        v[k * n + p] = c * x - s * y;
        v[k * n + q] = s * x + c * y;
    }
}

/* Afterwards the diagonal of a has the eigenvalues, and the columns of v are the eigenvectors. */
static void diagonalise(double *a, double *v, int32_t n)
{
    for (int32_t i = 0; i < n * n; i++) {
        v[i] = i % (n + 1) == 0;
    }
    for (int sweep = 0; sweep < 60; sweep++) {
        double off = 0, on = 0;
        for (int32_t i = 0; i < n; i++) {
            on += a[i * n + i] * a[i * n + i];
            for (int32_t k = i + 1; k < n; k++) {
                off += a[i * n + k] * a[i * n + k];
            }
        }
        if (!(off > DBL_EPSILON * DBL_EPSILON * on)) {
            return;
        }
        for (int32_t p = 0; p < n; p++) {
            for (int32_t q = p + 1; q < n; q++) {
                if (a[p * n + q] != 0) {
                    rotate(a, v, n, p, q);
                }
            }
        }
    }
}

/* ---- Curvature ---- */

static int threads_each(const struct rt_fit *fit)
{
    int threads = rt_threads(fit->ctx);
    return threads > fit->n ? threads / fit->n : 1;
}

/* The curvature at z. Each row is computed in a context of its own. */
struct curvature {
    struct rt_fit *fit;
    const double *z;
    int32_t m;          /* number of terms of the sum of squares */
    const double *here; /* [m] these terms; NULL: the curvature is computed by gradients */
    int threads;
};

static struct rt_trial *begin(const struct curvature *c, struct rt_fit_start *s, struct rt_meeting *m)
{
    *s = (struct rt_fit_start){.z = rt_alloc((size_t)c->fit->n, sizeof(double)), .loss = INFINITY};
    return rt_trial_create(c->fit, s, c->threads, m);
}

static void end(struct rt_trial *t, struct rt_fit_start *s)
{
    rt_trial_destroy(t);
    free(s->z);
    free(s->series);
    free(s->why);
}

/* Computes column i of J into out + 1; out[0]: whether there is one. */
static void column_of(void *env, int64_t i, struct rt_meeting *m, double *out)
{
    const struct curvature *c = env;
    struct rt_fit_start s;
    struct rt_trial *t = begin(c, &s, m);
    out[0] = rt_trial_column(t, c->z, (int32_t)i, c->here, c->m, out + 1);
    end(t, &s);
}

/* Computes row i by differences of gradients on both sides of z[i]. */
static void gradients_beside(void *env, int64_t i, struct rt_meeting *m, double *out)
{
    const struct curvature *c = env;
    struct rt_fit_start s;
    struct rt_trial *t = begin(c, &s, m);
    int32_t n = c->fit->n;
    double *at = rt_copy(c->z, (size_t)n, sizeof *at), *g = rt_alloc(2 * (size_t)n, sizeof *g), loss;
    double step = 10 * c->fit->option[CRNL_FIT_DIFFERENCE], side[2] = {at[i] - step, at[i] + step};
    bool good = true;
    for (int k = 0; k < 2 && good; k++) {
        side[k] = side[k] < t->lo[i] ? t->lo[i] : side[k] > t->hi[i] ? t->hi[i] : side[k];
        at[i] = side[k];
        good = rt_trial_loss(t, at, &loss, g + k * n);
    }
    out[0] = good;
    for (int32_t k = 0; k < n; k++) {
        out[1 + k] = good && side[0] < side[1] ? (g[n + k] - g[k]) / (side[1] - side[0]) : 0;
    }
    free(at);
    free(g);
    end(t, &s);
}

/* Computes the rows of `width` numbers; returns false if one of them has no value. */
static bool rows_of(const struct curvature *c, const struct rt_fit_start *best, int64_t width, double *out)
{
    int32_t n = c->fit->n;
    bool good = true;
    rt_fit_run_values(c->fit, best, c->here ? RT_FIT_JACOBIAN : RT_FIT_CURVATURE, n, width,
                      c->here ? column_of : gradients_beside, (void *)(uintptr_t)c, out);
    for (int32_t i = 0; i < n; i++) {
        good = good && out[i * width] > 0;
    }
    return good;
}

static bool by_residuals(struct rt_trial *t, const struct rt_fit_start *best, double *h, int32_t *n_terms)
{
    int32_t n = t->fit->n;
    double loss;
    if (!rt_trial_residuals(t, best->z, &loss, NULL) || t->n_residuals == 0) {
        return false;
    }
    int32_t m = *n_terms = t->n_residuals;
    const struct curvature c = {t->fit, best->z, m, t->residual, threads_each(t->fit)};
    double *j = rt_alloc((size_t)n * (1 + (size_t)m), sizeof *j);
    bool good = rows_of(&c, best, 1 + (int64_t)m, j);
    for (int32_t a = 0; a < n && good; a++) {
        for (int32_t b = 0; b < n; b++) {
            h[a * n + b] = 0;
            const double *x = j + (size_t)a * (1 + (size_t)m) + 1, *y = j + (size_t)b * (1 + (size_t)m) + 1;
            for (int32_t k = 0; k < m; k++) {
                h[a * n + b] += 2 * x[k] * y[k];
            }
        }
    }
    free(j);
    return good;
}

static bool by_gradients(struct rt_fit *fit, const struct rt_fit_start *best, double *h)
{
    int32_t n = fit->n;
    const struct curvature c = {fit, best->z, 0, NULL, threads_each(fit)};
    double *row = rt_alloc((size_t)n * (1 + (size_t)n), sizeof *row);
    bool good = rows_of(&c, best, 1 + (int64_t)n, row);
    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < n; k++) {
            h[i * n + k] = (row[i * (1 + n) + 1 + k] + row[k * (1 + n) + 1 + i]) / 2;
        }
    }
    free(row);
    return good;
}

/* ---- Directions that the data do not determine ---- */

/* How many parameters a direction names. */
static int32_t named_by(const struct rt_fit *fit, const double *v, int32_t stride, double most)
{
    int32_t named = 0;
    for (int32_t i = 0; i < fit->n; i++) {
        named += fabs(v[i * stride]) > counts * most;
    }
    return named;
}

/* Writes a direction in which the loss is flat, as a product of powers if all its parameters are varied by
 * their logarithms, or as a sum; a parameter alone by its name. */
static void put_direction(const struct rt_fit *fit, const double *size, const double *v, int32_t stride,
                          struct rt_buffer *out)
{
    struct rt_buffer name = {0};
    double most = 0, unit = 0; /* the first parameter named has a positive sign, the largest the factor 1 */
    bool all_log = true;
    int32_t n = 0;
    for (int32_t i = 0; i < fit->n; i++) {
        most = fabs(v[i * stride]) > most ? fabs(v[i * stride]) : most;
    }
    for (int32_t i = 0; i < fit->n; i++) {
        bool named = fabs(v[i * stride]) > counts * most;
        all_log = all_log && (fit->is_log[i] || !named);
        unit = named && unit == 0 ? copysign(most, v[i * stride]) : unit;
    }
    bool alone = named_by(fit, v, stride, most) == 1;
    for (int32_t i = 0; i < fit->n; i++) {
        double part = v[i * stride] / unit;
        if (fabs(part) <= counts) {
            continue;
        }
        if (n == most_named) {
            rt_put(out, " ...");
            break;
        }
        rt_fit_name(fit, i, &name);
        double factor = all_log ? part : part / (fit->is_log[i] ? 1 : size[i]);
        bool one = alone || fabs(fabs(factor) - 1) < 0.01;
        if (all_log) {
            rt_putf(out, "%s%s", n ? factor < 0 ? " / " : " * " : "", name.data);
            if (!one) {
                rt_putf(out, "^%.2g", fabs(factor));
            }
        } else {
            rt_putf(out, "%s", n ? factor < 0 ? " - " : " + " : factor < 0 ? "-" : "");
            if (!one) {
                rt_putf(out, "%.3g ", fabs(factor));
            }
            rt_putf(out, fit->is_log[i] ? "log(%s)" : "%s", name.data);
        }
        n++;
    }
    rt_buffer_free(&name);
}

static void say(struct rt_fit *fit, const struct rt_buffer *open, const struct rt_buffer *at_bound)
{
    if (open->n) {
        rt_warn_at(fit->ctx, fit->spec->line, "the data do not determine %s", open->data);
    }
    if (at_bound->n) {
        rt_warn_at(fit->ctx, fit->spec->line, "%s at a bound: no standard error", at_bound->data);
    }
}

/* Parameters at a bound are not free: their rows and columns are set to 0. `list` names those whose bounds
 * differ: the others were said to be held before the search. */
static void hold_bounded(const struct rt_trial *t, const double *z, double *h, bool *held,
                         struct rt_buffer *list)
{
    int32_t n = t->fit->n;
    struct rt_buffer name = {0};
    for (int32_t i = 0; i < n; i++) {
        double width = t->hi[i] - t->lo[i] < INFINITY ? t->hi[i] - t->lo[i] : 1;
        bool always = rt_fit_is_held(t->fit, i);
        held[i] = always || z[i] - t->lo[i] < 1e-6 * width || t->hi[i] - z[i] < 1e-6 * width;
        if (!held[i]) {
            continue;
        }
        if (!always) {
            rt_fit_name(t->fit, i, &name);
            rt_putf(list, "%s`%s`", list->n ? ", " : "", name.data);
        }
        for (int32_t k = 0; k < n; k++) {
            h[i * n + k] = h[k * n + i] = 0;
        }
    }
    if (list->n) {
        rt_put(list, strchr(list->data, ',') ? " lie" : " lies");
    }
    rt_buffer_free(&name);
}

/* Which size of each parameter counts as 1, where it is asked whether the data determine it: that of a
 * logarithm is the value at the minimum itself. For the others it is the value, too, because the scale of
 * the search follows from the start and from the bounds, about which the data say nothing; a value near 0
 * has the scale. The curvature is converted from the coordinates of the search. */
static void to_sizes(const struct rt_trial *t, const double *z, double *h, double *size)
{
    const struct rt_fit *fit = t->fit;
    int32_t n = fit->n;
    rt_fit_to_x(fit, z, t->x);
    for (int32_t i = 0; i < n; i++) {
        size[i] = fit->is_log[i] ? t->x[i] : fmax(fabs(t->x[i]), fit->scale[i]);
        double slope = fit->is_log[i] ? 1 : size[i] / fit->scale[i];
        for (int32_t k = 0; k < n; k++) {
            h[i * n + k] *= slope;
            h[k * n + i] *= slope;
        }
    }
}

static void from_curvature(struct rt_trial *t, const double *z, double *h, double factor, double *error)
{
    struct rt_fit *fit = t->fit;
    int32_t n = fit->n, n_open = 0;
    struct rt_buffer open = {0}, bounded = {0};
    bool *held = rt_alloc((size_t)n, sizeof *held);
    double *v = rt_alloc((size_t)n * (size_t)n, sizeof *v), most = 0;
    double *size = rt_alloc((size_t)n, sizeof *size);
    hold_bounded(t, z, h, held, &bounded);
    to_sizes(t, z, h, size);
    diagonalise(h, v, n);
    for (int32_t i = 0; i < n; i++) {
        error[i] = 0;
        most = h[i * n + i] > most ? h[i * n + i] : most;
    }
    for (int32_t k = 0; k < n; k++) {
        double curvature = h[k * n + k], variance = factor / curvature;
        int32_t first = 0;
        while (first < n && !(held[first] && fabs(v[first * n + k]) > 0.99)) {
            first++;
        }
        if (first < n) {
            continue; /* this is the direction of a parameter at a bound */
        }
        bool determined =
            curvature > flat * most && !(sqrt(variance) >= widest); /* an unknown variance does not count as
                                                                     * too wide */
        n_open += !determined;
        if (!determined && n_open <= most_told) {
            rt_put(&open, open.n ? ", nor " : "");
            put_direction(fit, size, v + k, n, &open);
        }
        for (int32_t i = 0; i < n; i++) {
            double part = v[i * n + k];
            error[i] += determined ? part * part * variance : fabs(part) > counts ? INFINITY : 0;
        }
    }
    if (n_open > most_told) {
        rt_putf(&open, ", nor %d other combinations", n_open - most_told);
    }
    for (int32_t i = 0; i < n; i++) {
        error[i] = held[i] ? NAN : sqrt(error[i]) * size[i];
    }
    say(fit, &open, &bounded);
    rt_buffer_free(&open);
    rt_buffer_free(&bounded);
    free(held);
    free(size);
    free(v);
}

void rt_fit_errors(struct rt_fit *fit, const struct rt_fit_start *best, double *error)
{
    int32_t n = fit->n, terms = 0;
    struct rt_fit_start counts_here = {.z = rt_alloc((size_t)n, sizeof(double)), .loss = INFINITY};
    struct rt_trial *t = rt_trial_create(fit, &counts_here, rt_threads(fit->ctx), NULL);
    double *h = rt_alloc((size_t)n * (size_t)n, sizeof *h), loss;
    bool good = rt_trial_loss(t, best->z, &loss, NULL);
    bool squares = good && by_residuals(t, best, h, &terms);
    good = squares || (good && by_gradients(fit, best, h));
    double given = fit->option[CRNL_FIT_LIKELIHOOD];
    bool likelihood = given < 0 ? !fit->spec->sum_of_squares : given > 0;
    int32_t varied = n;
    for (int32_t i = 0; i < n; i++) {
        varied -= rt_fit_is_held(fit, i);
    }
    double factor = likelihood ? 1 : terms > varied ? 2 * fabs(loss) / (terms - varied) : NAN;
    if (good) {
        from_curvature(t, best->z, h, factor, error);
    }
    free(h);
    rt_trial_destroy(t);
    free(counts_here.z);
    free(counts_here.series);
    free(counts_here.why);
}
