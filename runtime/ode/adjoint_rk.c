/* Steps of explicit Runge-Kutta methods, differentiated backwards operation by operation: the result is the
 * derivative of what the method computes, not of the equation that it approximates. The lengths of steps
 * count too. */
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"

struct rk_work {
    double *slope[RUNGE_KUTTA_STAGES], *computed[RUNGE_KUTTA_STAGES], *bar[RUNGE_KUTTA_STAGES];
    const double *state[RUNGE_KUTTA_STAGES]; /* computed, or kept from the run */
    double *x0_bar, *x1_bar, *f1_bar, *x1, *f1, *x_bar, *x;
    const double *x0; /* the state at the start of the present step */
    double *room;
};

static struct rk_work *work_of(struct adjoint *a)
{
    if (a->work) {
        return a->work;
    }
    struct rk_work *w = rt_alloc(1, sizeof *w);
    size_t n = (size_t)a->n + 1;
    double *at = w->room = rt_alloc((3 * RUNGE_KUTTA_STAGES + 7) * n, sizeof *w->room);
    for (int i = 0; i < RUNGE_KUTTA_STAGES; i++, at += 3 * n) {
        w->slope[i] = at;
        w->computed[i] = at + n;
        w->bar[i] = at + 2 * n;
    }
    double **const last[] = {&w->x0_bar, &w->x1_bar, &w->f1_bar, &w->x1, &w->f1, &w->x_bar, &w->x};
    for (int i = 0; i < 7; i++, at += n) {
        *last[i] = at;
    }
    return a->work = w;
}

void adjoint_rk_free(struct adjoint *a)
{
    struct rk_work *w = a->work;
    if (w) {
        free(w->room);
        free(w);
    }
}

static double dot(int64_t n, const double *x, const double *y)
{
    double sum = 0;
    for (int64_t s = 0; s < n; s++) {
        sum += x[s] * y[s];
    }
    return sum;
}

static void add_scaled(int64_t n, double f, const double *x, double *to)
{
    for (int64_t s = 0; s < n; s++) {
        to[s] += f * x[s];
    }
}

/* Computes the stages of a step of length h from the start of step i, where the state is w->x0. */
static void stages(struct adjoint *a, const struct course_item *i, double h)
{
    struct rk_work *w = work_of(a);
    for (int k = 0; k < a->table->stages; k++) {
        memcpy(w->computed[k], w->x0, (size_t)a->n * sizeof *w->x0);
        for (int j = 0; j < k; j++) {
            if (a->table->a[k][j] != 0) {
                add_scaled(a->n, h * a->table->a[k][j], w->slope[j], w->computed[k]);
            }
        }
        w->state[k] = w->computed[k];
        adjoint_rhs(a, i, i->t + a->table->c[k] * h, w->state[k], w->slope[k]);
    }
}

static void end_of(struct adjoint *a, double h, double *x)
{
    const struct rk_work *w = a->work;
    memcpy(x, w->x0, (size_t)a->n * sizeof *x);
    for (int k = 0; k < a->table->stages; k++) {
        add_scaled(a->n, h * a->table->b[k], w->slope[k], x);
    }
}

void adjoint_rk_end(struct adjoint *a, const struct course_item *step, const double *x0, double *x1)
{
    struct rk_work *w = work_of(a);
    const double *before = w->x0;
    w->x0 = x0;
    stages(a, step, step->t_to - step->t);
    end_of(a, step->t_to - step->t, x1);
    w->x0 = before;
}

/* Takes the stages that the run has kept. */
static void use_stages(struct adjoint *a, const struct course_item *i)
{
    struct rk_work *w = a->work;
    for (int k = 0; k < a->table->stages; k++) {
        w->state[k] = a->c->number + i->state + (size_t)k * (size_t)a->n;
    }
}

/* Adds to x0_bar the adjoint of the state at the start of a step of length h, given that at its end; the
 * stages must be known. w->bar has the cotangents of the slopes from other sources, and is overwritten. */
static struct adjoint_ends turn(struct adjoint *a, struct vjp *v, const struct course_item *i, double h,
                                const double *x1_bar, double *x0_bar)
{
    struct rk_work *w = a->work;
    const struct runge_kutta *table = a->table;
    struct adjoint_ends e = {0, 0};
    double by_length = 0;
    bool moves = a->moves;
    add_scaled(a->n, 1, x1_bar, x0_bar);
    for (int k = 0; k < table->stages; k++) {
        add_scaled(a->n, h * table->b[k], x1_bar, w->bar[k]);
        by_length += moves && table->b[k] != 0 ? table->b[k] * dot(a->n, x1_bar, w->slope[k]) : 0;
    }
    for (int k = table->stages; k-- > 0;) {
        double c = table->c[k];
        double by_time = vjp_rhs(v, course_time(i, i->t + c * h), w->state[k], w->bar[k], w->x_bar);
        e.from += (1 - c) * by_time;
        e.to += c * by_time;
        add_scaled(a->n, 1, w->x_bar, x0_bar);
        for (int j = 0; j < k; j++) {
            if (table->a[k][j] != 0) {
                add_scaled(a->n, h * table->a[k][j], w->x_bar, w->bar[j]);
                by_length += moves ? table->a[k][j] * dot(a->n, w->x_bar, w->slope[j]) : 0;
            }
        }
        memset(w->bar[k], 0, (size_t)a->n * sizeof *w->bar[k]);
    }
    e.from -= by_length;
    e.to += by_length;
    return e;
}

struct adjoint_ends adjoint_rk_part(struct adjoint *a, struct vjp *v, const struct course_item *i, double t0,
                                    double t1, const double *x0, const double *x1_bar, double *x0_bar,
                                    double *x1)
{
    struct rk_work *w = work_of(a);
    struct course_item part = *i;
    part.t = t0;
    part.t_to = t1;
    w->x0 = x0;
    stages(a, &part, t1 - t0);
    if (x1) {
        end_of(a, t1 - t0, x1);
    }
    if (!v) {
        return (struct adjoint_ends){0, 0};
    }
    memset(x0_bar, 0, (size_t)a->n * sizeof *x0_bar);
    return turn(a, v, &part, t1 - t0, x1_bar, x0_bar);
}

/* ---- Inside a step ---- */

struct hermite {
    double x0, f0, x1, f1;
};

static struct hermite hermite(double u, double h)
{
    return (struct hermite){(1 + 2 * u) * (1 - u) * (1 - u), h * u * (1 - u) * (1 - u), u * u * (3 - 2 * u),
                            h * u * u * (u - 1)};
}

static struct hermite hermite_slope(double u, double h) /* derivatives by the time */
{
    return (struct hermite){6 * u * (u - 1) / h, (1 - u) * (1 - 3 * u), 6 * u * (1 - u) / h, u * (3 * u - 2)};
}

static void combine(struct adjoint *a, struct hermite f, double *x)
{
    struct rk_work *w = a->work;
    const double *x0 = w->x0;
    for (int64_t s = 0; s < a->n; s++) {
        x[s] = f.x0 * x0[s] + f.f0 * w->slope[0][s] + f.x1 * w->x1[s] + f.f1 * w->f1[s];
    }
}

/* Computes the stages of the whole step and, for Hermite's polynomial, its end. */
static void prepare(struct adjoint *a, const struct course_item *i)
{
    struct rk_work *w = work_of(a);
    double h = i->t_to - i->t;
    stages(a, i, h);
    if (a->table->is_hermite) {
        end_of(a, h, w->x1);
        adjoint_rhs(a, i, i->t_to, w->x1, w->f1);
    }
}

/* Computes the state at t, after prepare. For methods without an interpolating polynomial it is the end of a
 * shorter step, whose stages are then in w. */
static void state_inside(struct adjoint *a, const struct course_item *i, double t, double *x)
{
    double h = i->t_to - i->t;
    if (a->table->is_hermite) {
        combine(a, hermite((t - i->t) / h, h), x);
    } else {
        stages(a, i, t - i->t);
        end_of(a, t - i->t, x);
    }
}

/* Distributes the adjoint x_bar of the state at t to the ends of the step; call it after state_inside. */
static struct adjoint_ends give_inside(struct adjoint *a, const struct course_item *i, double t,
                                       const double *x_bar)
{
    struct rk_work *w = a->work;
    double h = i->t_to - i->t, u = (t - i->t) / h;
    if (!a->table->is_hermite) {
        struct adjoint_ends part = turn(a, &a->v, i, t - i->t, x_bar, w->x0_bar);
        return (struct adjoint_ends){part.from, 0}; /* t itself does not move */
    }
    struct hermite f = hermite(u, h), slope = hermite_slope(u, h);
    add_scaled(a->n, f.x0, x_bar, w->x0_bar);
    add_scaled(a->n, f.f0, x_bar, w->bar[0]);
    add_scaled(a->n, f.x1, x_bar, w->x1_bar);
    add_scaled(a->n, f.f1, x_bar, w->f1_bar);
    combine(a, slope, w->x);
    double by_time = dot(a->n, x_bar, w->x);
    combine(a, (struct hermite){0, f.f0 / h, 0, f.f1 / h}, w->x);
    double by_length = dot(a->n, x_bar, w->x);
    return (struct adjoint_ends){-by_time * (1 - u) - by_length, -by_time * u + by_length};
}

void adjoint_rk_slope(struct adjoint *a, int64_t at, double *slope)
{
    const struct course_item *i = &a->c->item[at];
    struct rk_work *w = work_of(a);
    double h = i->t_to - i->t;
    w->x0 = adjoint_state(a, at);
    prepare(a, i);
    if (a->table->is_hermite) {
        combine(a, hermite_slope((i->t_end - i->t) / h, h), slope);
    } else {
        state_inside(a, i, i->t_end, w->x);
        adjoint_rhs(a, i, i->t_end, w->x, slope);
    }
}

/* ---- A step ---- */

static void add_ends(struct adjoint_ends *e, struct adjoint_ends more)
{
    e->from += more.from;
    e->to += more.to;
}

static struct adjoint_ends give_samples(struct adjoint *a, const struct course_item *i, int64_t n_values)
{
    struct rk_work *w = a->work;
    struct adjoint_ends e = {0, 0};
    double *x = w->x, *x_bar = a->scratch;
    for (int64_t k = 1; k <= n_values; k++) {
        memset(x_bar, 0, (size_t)a->n * sizeof *x_bar);
        state_inside(a, i, i[k].t, x);
        adjoint_samples(a, i[k].first, i[k].n, i[k].t, x, x_bar);
        add_ends(&e, give_inside(a, i, i[k].t, x_bar));
    }
    return e;
}

static struct adjoint_ends give_between(struct adjoint *a, const struct course_item *i)
{
    struct rk_work *w = a->work;
    struct adjoint_ends e = {0, 0};
    double half = (i->t_end - i->t) / 2, *x_bar = a->scratch;
    for (int k = 0; k < RT_GAUSS_NODES; k++) {
        double t = i->t + half * (1 + rt_gauss_node[k]);
        memset(x_bar, 0, (size_t)a->n * sizeof *x_bar);
        state_inside(a, i, t, w->x);
        adjoint_between(a, course_time(i, t), w->x, half * rt_gauss_weight[k], x_bar);
        add_ends(&e, give_inside(a, i, t, x_bar));
    }
    return e;
}

/* Passes on the derivative by the start if that moves; returns the derivative by the end if the step had to
 * end at a given time. */
static double give_ends(struct adjoint *a, const struct course_item *i, struct adjoint_ends e)
{
    a->start_bar += i->at_stop ? e.from : e.from + e.to;
    return i->at_stop ? e.to : 0;
}

double adjoint_rk_step(struct adjoint *a, int64_t at, int64_t n_values)
{
    const struct course_item *i = &a->c->item[at];
    struct rk_work *w = work_of(a);
    size_t bytes = (size_t)a->n * sizeof(double);
    double h = i->t_to - i->t;
    bool is_cut = i->t_end < i->t_to, between = a->measuring && a->has_between;
    if (!a->table->is_hermite && !(between && a->moves)) { /* nodes of a quadrature move with the ends */
        return give_ends(a, i, adjoint_refined_step(a, at, n_values));
    }
    w->x0 = adjoint_state(a, at);
    struct adjoint_ends e = {0, 0};
    memset(w->x0_bar, 0, bytes);
    memset(w->x1_bar, 0, bytes);
    memset(w->f1_bar, 0, bytes);
    if (is_cut || n_values > 0 || between) {
        prepare(a, i);
    }
    if (is_cut) {
        state_inside(a, i, i->t_end, w->x);
        add_ends(&e, give_inside(a, i, i->t_end, a->y));
    } else {
        memcpy(w->x1_bar, a->y, bytes);
    }
    if (between) {
        add_ends(&e, give_between(a, i));
    }
    add_ends(&e, give_samples(a, i, n_values));
    if (a->table->is_hermite && (is_cut || n_values > 0 || between)) {
        e.to += vjp_rhs(&a->v, course_time(i, i->t_to), w->x1, w->f1_bar, w->x_bar);
        add_scaled(a->n, 1, w->x_bar, w->x1_bar);
    }
    if (a->c->has_stages && !a->moves) {
        use_stages(a, i);
    } else {
        stages(a, i, h);
    }
    add_ends(&e, turn(a, &a->v, i, h, w->x1_bar, w->x0_bar));
    memcpy(a->y, w->x0_bar, bytes);
    return give_ends(a, i, e);
}
