/* The adjoint equation along a course that is kept dense. With s the time that is gone back, it is dy/ds =
 * J(x(t - s))^T y + g, where g comes from statistics over time. It is linear, and as stiff as the run was.
 * The method is a singly diagonally implicit Runge-Kutta method of order 4 with an embedded one of order 3,
 * L-stable and stiffly accurate (Hairer, Wanner II, table IV.6.5); each stage needs the solution of one
 * sparse system. The steps follow the adjoint, not the steps of the run: after a sample the adjoint may be
 * fast although the state has long been at rest. Derivatives by constants are integrals along the course and
 * are under error control too, because x may still change when y has come to rest. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"
#include "rt_sparse.h"

enum { STAGES = 5, MOST_STEPS = 1000000 };
static const double GAMMA = 0.25;
static const double A[STAGES][STAGES] = {{0},
                                         {0.5},
                                         {17.0 / 50, -1.0 / 25},
                                         {371.0 / 1360, -137.0 / 2720, 15.0 / 544},
                                         {25.0 / 24, -49.0 / 48, 125.0 / 16, -85.0 / 12}};
static const double B[STAGES] = {25.0 / 24, -49.0 / 48, 125.0 / 16, -85.0 / 12, 0.25};
static const double ERROR[STAGES] = {25.0 / 24 - 59.0 / 48, -49.0 / 48 + 17.0 / 96, 125.0 / 16 - 225.0 / 32,
                                     0, 0.25};
static const double C[STAGES] = {0.25, 0.75, 11.0 / 20, 0.5, 1};
static const double LEAST = 1e-9, MOST = 1e-6; /* tolerances of a step, from the run's rtol */
/* If the old pivots give a smaller reciprocal condition, the matrix gets new ones. */
static const double LEAST_RCOND = 1e-10;
static const double LEAST_FACTOR = 0.1, MOST_FACTOR = 4, SAFETY = 0.85;

struct implicit {
    struct rt_jacobian jac;
    double *values;            /* [jac.nnz] */
    int *column, *row, *place; /* the matrix I - h gamma J by columns, and in it the places of J's entries and
                                * of the diagonal */
    double *matrix;
    int nnz;
    struct rt_sparse system;
    double *k[STAGES], *y[STAGES], *x[STAGES], *error, *trial, *force, *no_param, *room;
    struct vjp off;        /* the error of a step in the derivatives by constants and parameters ... */
    double *k_off, *p_off; /* ... is added up in these */
    double *unit;          /* [n_reactions] adjoint_units */
    double h, largest, tolerance;
};

static bool make_pattern(struct implicit *w, int64_t n)
{
    const struct rt_jacobian *j = &w->jac;
    w->column = rt_alloc((size_t)n + 1, sizeof *w->column);
    w->row = rt_alloc((size_t)j->nnz + (size_t)n, sizeof *w->row);
    w->place =
        rt_alloc((size_t)j->nnz + (size_t)n, sizeof *w->place); /* of J's entries, then of the diagonal */
    for (int64_t s = 0; s < n; s++) {
        bool diagonal = false;
        for (int32_t i = j->col[s]; i <= j->col[s + 1]; i++) {
            bool end = i == j->col[s + 1];
            if (!diagonal && (end || j->row[i] >= s)) {
                diagonal = true;
                w->place[j->nnz + s] = w->nnz;
                w->row[w->nnz++] = (int)s;
                if (!end && j->row[i] == s) {
                    w->place[i] = w->nnz - 1;
                    continue;
                }
            }
            if (!end) {
                w->place[i] = w->nnz;
                w->row[w->nnz++] = j->row[i];
            }
        }
        w->column[s + 1] = w->nnz;
    }
    w->matrix = rt_alloc((size_t)w->nnz, sizeof *w->matrix);
    return rt_sparse_create(&w->system, (int)n, w->column, w->row, LEAST_RCOND);
}

static struct implicit *create(struct adjoint *a, struct rt_error *e)
{
    struct implicit *w = a->work = rt_alloc(1, sizeof *w);
    size_t n = (size_t)a->n;
    double *at = w->room = rt_alloc((3 * STAGES + 3) * n + 1, sizeof *w->room);
    for (int i = 0; i < STAGES; i++, at += 3 * n) {
        w->k[i] = at;
        w->y[i] = at + n;
        w->x[i] = at + 2 * n;
    }
    w->error = at;
    w->trial = at + n;
    w->force = at + 2 * n;
    w->no_param = rt_alloc((size_t)a->m->n_params, sizeof *w->no_param);
    w->k_off = rt_alloc((size_t)a->m->n_reactions, sizeof *w->k_off);
    w->p_off = rt_alloc((size_t)a->m->n_params, sizeof *w->p_off);
    w->unit = rt_alloc((size_t)a->m->n_reactions, sizeof *w->unit);
    adjoint_units(a, w->unit);
    vjp_create(&w->off, a->job, w->k_off, w->p_off);
    w->off.k = a->k;
    w->off.on = a->on;
    w->tolerance = fmin(MOST, fmax(LEAST, rt_real(a->job, CRNL_OPTION_RTOL)));
    if (!rt_jacobian_create(&w->jac, a->m)) {
        rt_fail(e, CRNL_SOLVER, "`%s` has laws whose derivatives are not known", a->m->name);
        return w;
    }
    w->values = rt_alloc((size_t)w->jac.nnz, sizeof *w->values);
    if (!make_pattern(w, a->n)) {
        rt_fail(e, CRNL_SOLVER, "the equations of the derivative of `%s` cannot be solved", a->m->name);
    }
    return w;
}

static void implicit_free(struct adjoint *a)
{
    struct implicit *w = a->work;
    if (w) {
        rt_sparse_destroy(&w->system);
        rt_jacobian_destroy(&w->jac);
        free(w->values);
        free(w->column);
        free(w->row);
        free(w->place);
        free(w->matrix);
        free(w->no_param);
        vjp_destroy(&w->off);
        free(w->k_off);
        free(w->unit);
        free(w->p_off);
        free(w->room);
        free(w);
    }
}

static const struct course_item *step_at(const struct adjoint *a, int64_t first, int64_t last, double t)
{
    while (first < last) {
        int64_t middle = first + (last - first) / 2;
        if (a->c->item[middle].t_to < t) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    return &a->c->item[first];
}

/* Adds J^T y to `to`. */
static void add_product(const struct implicit *w, int64_t n, const double *y, double *to)
{
    for (int64_t s = 0; s < n; s++) {
        for (int32_t i = w->jac.col[s]; i < w->jac.col[s + 1]; i++) {
            to[s] += w->values[i] * y[w->jac.row[i]];
        }
    }
}

/* Adds the cotangents of statistics over time to `to`, but not to the derivatives by parameters. */
static void add_force(struct adjoint *a, double t, const double *x, double *to)
{
    struct implicit *w = a->work;
    if (a->has_between && a->measuring) {
        double *p_bar = a->v.p_bar;
        a->v.p_bar = w->no_param;
        adjoint_between(a, t, x, 1, to);
        a->v.p_bar = p_bar;
    }
}

static bool factor(struct adjoint *a, double h)
{
    struct implicit *w = a->work;
    memset(w->matrix, 0, (size_t)w->nnz * sizeof *w->matrix);
    for (int32_t i = 0; i < w->jac.nnz; i++) {
        w->matrix[w->place[i]] = -h * GAMMA * w->values[i];
    }
    for (int64_t s = 0; s < a->n; s++) {
        w->matrix[w->place[w->jac.nnz + s]] += 1;
    }
    return rt_sparse_factor(&w->system, w->matrix);
}

/* Computes the stages of a step of length h back from t; returns false if a system could not be solved or a
 * value is not finite. */
static bool stages(struct adjoint *a, int64_t first, int64_t last, double t, double h)
{
    struct implicit *w = a->work;
    size_t n = (size_t)a->n;
    for (int i = 0; i < STAGES; i++) {
        double at = t - C[i] * h;
        const struct course_item *step = step_at(a, first, last, at);
        course_interpolate(a->c, step, a->n, at, w->x[i]);
        double seen = course_time(step, at);
        a->code->jac(&w->jac, a->m, seen, w->x[i], a->v.p, a->v.k, w->values);
        memcpy(w->y[i], a->y, n * sizeof *a->y);
        for (int j = 0; j < i; j++) {
            for (size_t s = 0; s < n; s++) {
                w->y[i][s] += h * A[i][j] * w->k[j][s];
            }
        }
        memset(w->k[i], 0, n * sizeof *w->k[i]);
        add_product(w, a->n, w->y[i], w->k[i]);
        add_force(a, seen, w->x[i], w->k[i]);
        bool solved = factor(a, h) && rt_sparse_solve(&w->system, true, w->k[i]);
        if (solved && i == STAGES - 1) {
            for (size_t s = 0; s < n; s++) {
                double sum = 0;
                for (int j = 0; j < STAGES; j++) {
                    sum += ERROR[j] * w->k[j][s];
                }
                w->error[s] = h * sum;
            }
            solved = rt_sparse_solve(&w->system, true, w->error);
        }
        double finite = 0;
        for (size_t s = 0; s < n; s++) {
            w->y[i][s] += h * GAMMA * w->k[i][s];
            finite += w->k[i][s] * 0;
        }
        if (!solved || finite != 0) {
            return false;
        }
    }
    return true;
}

static double norm(const struct adjoint *a, const double *v)
{
    double most = 0;
    for (int64_t s = 0; s < a->n; s++) {
        most = fmax(most, fabs(v[s]) * a->scale[s]);
    }
    return most;
}

/* The error of the step in the derivatives by constants and parameters, each multiplied by the constant or
 * parameter; the largest. */
static double error_of_integrals(struct adjoint *a, int64_t first, int64_t last, double t, double h)
{
    struct implicit *w = a->work;
    const struct crnl_model *m = a->m;
    double most = 0;
    memset(w->k_off, 0, (size_t)m->n_reactions * sizeof *w->k_off);
    memset(w->p_off, 0, (size_t)m->n_params * sizeof *w->p_off);
    for (int i = 0; i < STAGES; i++) {
        double at = t - C[i] * h;
        for (int64_t s = 0; s < a->n; s++) {
            w->trial[s] = h * ERROR[i] * w->y[i][s];
        }
        if (ERROR[i] != 0) {
            vjp_rhs(&w->off, course_time(step_at(a, first, last, at), at), w->x[i], w->trial, w->force);
        }
    }
    vjp_flush(&w->off);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        most = fmax(most, fabs(w->k_off[j]) * fmax(fabs(a->k[j]), w->unit[j]));
    }
    for (int32_t p = 0; p < m->n_params; p++) {
        most = fmax(most, fabs(w->p_off[p] * a->v.p[p]));
    }
    return most;
}

/* Accepts the step: the last stage is the state at its end. */
static void accept(struct adjoint *a, int64_t first, int64_t last, double t, double h)
{
    struct implicit *w = a->work;
    memset(w->force, 0, (size_t)a->n * sizeof *w->force);
    for (int i = 0; i < STAGES; i++) {
        double at = t - C[i] * h, seen = course_time(step_at(a, first, last, at), at);
        for (int64_t s = 0; s < a->n; s++) {
            w->trial[s] = h * B[i] * w->y[i][s];
        }
        vjp_rhs(&a->v, seen, w->x[i], w->trial, w->k[i]); /* the slope k[i] is no longer needed */
        for (int64_t s = 0; s < a->n; s++) {
            w->force[s] += w->k[i][s];
        }
        if (a->has_between && a->measuring) {
            adjoint_between(a, seen, w->x[i], h * B[i], w->force);
        }
    }
    for (int64_t s = 0; s < a->n; s++) {
        bool held = a->m->species_kind[s] == CRNL_CONSTANT; /* Jacobians have no entries for constant
                                                             * species */
        a->y[s] = held ? a->y[s] + w->force[s] : w->y[STAGES - 1][s];
    }
    w->largest = fmax(w->largest, norm(a, a->y));
}

/* The first length of a step: a hundredth of the time in which y would change by its own size. */
static double first_length(struct adjoint *a, int64_t first, int64_t last, double t, double t_to)
{
    struct implicit *w = a->work;
    const struct course_item *step = step_at(a, first, last, t);
    course_interpolate(a->c, step, a->n, t, w->x[0]);
    a->code->jac(&w->jac, a->m, course_time(step, t), w->x[0], a->v.p, a->v.k, w->values);
    memset(w->trial, 0, (size_t)a->n * sizeof *w->trial);
    add_product(w, a->n, a->y, w->trial);
    add_force(a, course_time(step, t), w->x[0], w->trial);
    double size = norm(a, a->y), change = norm(a, w->trial);
    return change > 0 && size > 0 ? fmin(t - t_to, 0.01 * size / change) : t - t_to;
}

static bool is_nothing(const struct adjoint *a)
{
    for (int64_t s = 0; s < a->n; s++) {
        if (a->y[s] != 0) {
            return false;
        }
    }
    return !(a->has_between && a->measuring);
}

static int stretch(struct adjoint *a, int64_t first, int64_t last, double t_from, double t_to,
                   struct rt_error *e)
{
    struct implicit *w = a->work ? a->work : create(a, e);
    double t = t_from;
    if (e->status || is_nothing(a) || a->n == 0) {
        return e->status;
    }
    w->largest = fmax(w->largest, norm(a, a->y));
    vjp_set(&w->off);
    double own = first_length(a, first, last, t, t_to);
    w->h = w->h > 0 ? fmin(w->h, own) : own;
    for (int64_t i = 0; !crnl_same_time(t, t_to) && t > t_to; i++) {
        double h = fmin(w->h, t - t_to), error = INFINITY;
        h = h > 0.9 * (t - t_to) ? t - t_to : h;
        if (stages(a, first, last, t, h)) {
            double size = fmax(w->largest, norm(a, w->y[STAGES - 1]));
            double off = fmax(norm(a, w->error), error_of_integrals(a, first, last, t, h));
            error = size > 0 ? off / (w->tolerance * size) : 0;
        }
        if (error <= 1) {
            accept(a, first, last, t, h);
            t = h == t - t_to ? t_to : t - h;
        }
        double factor = error > 0 ? SAFETY * pow(error, -0.25) : MOST_FACTOR;
        w->h = h * fmin(MOST_FACTOR, fmax(LEAST_FACTOR, factor));
        if (i == MOST_STEPS || !(t - w->h < t)) {
            return rt_fail(e, CRNL_SOLVER, "the derivative of `%s` cannot be followed back from t = %.6g",
                           a->m->name, t);
        }
    }
    return e->status;
}

const struct rt_backwards rt_backwards_implicit = {
    rt_ode_course, rt_ode_course_free, rt_ode_backwards, NULL, stretch, implicit_free, NULL};
