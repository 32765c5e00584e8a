/* Steps of adaptive explicit methods, differentiated backwards with error control of their own. The state
 * alone decides how long the steps of a run are: at rest they grow without bound, while the adjoint, the
 * effect of a change, is as fast as ever. A step that changes the adjoint much is compared with two steps of
 * half its length from the same state, and is halved until these agree. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"

enum { WHOLE, HALVES, MOST_HALVINGS = 24 };
static const double LEAST = 1e-10, MOST = 1e-6; /* tolerances, from the run's rtol */
/* The local error of order 5 is at most this constant times h^6 d^6y/dt^6. */
static const double CONSTANT = 1e-2;

struct refining {
    struct vjp sum[2];
    double *k[2], *p[2]; /* what these sums add to */
    double *unit;        /* [n_reactions] adjoint_units */
    double largest, tolerance, calm;
    int32_t phase;
};

static struct refining *refining_of(struct adjoint *a)
{
    struct refining *r = a->refining;
    const struct crnl_model *m = a->m;
    if (!r) {
        r = a->refining = rt_alloc(1, sizeof *r);
        for (int i = 0; i < 2; i++) {
            r->k[i] = rt_alloc((size_t)m->n_reactions, sizeof *r->k[i]);
            r->p[i] = rt_alloc((size_t)m->n_params, sizeof *r->p[i]);
            vjp_create(&r->sum[i], a->job, r->k[i], r->p[i]);
            r->sum[i].k = a->k;
            r->sum[i].on = a->on;
        }
        r->unit = rt_alloc((size_t)m->n_reactions, sizeof *r->unit);
        adjoint_units(a, r->unit);
        r->tolerance = fmin(MOST, fmax(LEAST, rt_real(a->job, CRNL_OPTION_RTOL)));
        r->calm = pow(r->tolerance / CONSTANT, 1.0 / 6);
        r->phase = -1;
    }
    if (r->phase != a->phase) {
        r->phase = a->phase;
        vjp_set(&r->sum[WHOLE]);
        vjp_set(&r->sum[HALVES]);
    }
    return r;
}

void adjoint_refine_free(struct adjoint *a)
{
    struct refining *r = a->refining;
    for (int i = 0; r && i < 2; i++) {
        vjp_destroy(&r->sum[i]);
        free(r->k[i]);
        free(r->p[i]);
    }
    if (r) {
        free(r->unit);
        free(r);
    }
}

/* The size of y - z, or of y if z is NULL: the largest element, each multiplied by the largest amount of its
 * species. */
static double size_of(const struct adjoint *a, const double *y, const double *z)
{
    double most = 0;
    for (int64_t s = 0; s < a->n; s++) {
        most = fmax(most, fabs(z ? y[s] - z[s] : y[s]) * a->scale[s]);
    }
    return most;
}

/* Whether z differs from y by a small part only, also for species whose amount is 0. */
static bool is_calm(const struct adjoint *a, const struct refining *r, const double *y, const double *z)
{
    double size = 0, change = 0;
    for (int64_t s = 0; s < a->n; s++) {
        size = fmax(size, fabs(y[s]));
        change = fmax(change, fabs(y[s] - z[s]));
    }
    return change <= r->calm * size && size_of(a, y, z) <= r->calm * size_of(a, y, NULL);
}

static double difference_of_sums(const struct adjoint *a, const struct refining *r)
{
    double most = 0;
    for (int32_t j = 0; j < a->m->n_reactions; j++) {
        most = fmax(most, fabs(r->k[0][j] - r->k[1][j]) * fmax(fabs(a->k[j]), r->unit[j]));
    }
    for (int32_t p = 0; p < a->m->n_params; p++) {
        most = fmax(most, fabs((r->p[0][p] - r->p[1][p]) * a->v.p[p]));
    }
    return most;
}

/* Adds the sums `which` to the derivatives (-1: none), and sets both to 0. */
static void take(struct adjoint *a, struct refining *r, int which)
{
    for (int32_t j = 0; j < a->m->n_reactions; j++) {
        a->v.k_bar[j] += which >= 0 ? r->k[which][j] : 0;
        r->k[0][j] = r->k[1][j] = 0;
    }
    for (int32_t p = 0; p < a->m->n_params; p++) {
        a->v.p_bar[p] += which >= 0 ? r->p[which][p] : 0;
        r->p[0][p] = r->p[1][p] = 0;
    }
}

/* Goes back through the part of step i from t0, where the state is x0, to t1; y becomes the adjoint at t0.
 * Returns the derivatives by both ends. */
static struct adjoint_ends refine(struct adjoint *a, struct refining *r, const struct course_item *i,
                                  double t0, double t1, const double *x0, double *y, int halvings)
{
    size_t n = (size_t)a->n;
    double *whole = rt_alloc(4 * n, sizeof *whole), *halves = whole + n, *middle = halves + n,
           *x = middle + n;
    double half = t0 + (t1 - t0) / 2;
    r->largest = fmax(r->largest, size_of(a, y, NULL));
    struct adjoint_ends e = adjoint_rk_part(a, &r->sum[WHOLE], i, t0, t1, x0, y, whole, NULL);
    vjp_flush(&r->sum[WHOLE]);
    if (is_calm(a, r, y, whole) || !(half > t0 && half < t1)) {
        memcpy(y, whole, n * sizeof *y);
        take(a, r, WHOLE);
        free(whole);
        return e;
    }
    struct adjoint_ends first, second;
    adjoint_rk_part(a, NULL, i, t0, half, x0, NULL, NULL, x);
    second = adjoint_rk_part(a, &r->sum[HALVES], i, half, t1, x, y, middle, NULL);
    first = adjoint_rk_part(a, &r->sum[HALVES], i, t0, half, x0, middle, halves, NULL);
    vjp_flush(&r->sum[HALVES]);
    double off = fmax(size_of(a, whole, halves), difference_of_sums(a, r));
    if (off <= r->tolerance * r->largest || halvings == 0) {
        memcpy(y, halves, n * sizeof *y);
        take(a, r, HALVES);
    } else {
        take(a, r, -1);
        second = refine(a, r, i, half, t1, x, y, halvings - 1);
        first = refine(a, r, i, t0, half, x0, y, halvings - 1);
    }
    free(whole);
    double at_half = (first.to + second.from) / 2;
    return (struct adjoint_ends){first.from + at_half, second.to + at_half};
}

/* Adds the cotangents of what is read at t inside the step: values, or, if `values` is NULL, a node of the
 * quadrature of statistics over time. */
static void take_inside(struct adjoint *a, const struct course_item *step, const struct course_item *values,
                        double weight, double t, const double *x)
{
    if (values) {
        adjoint_samples(a, values->first, values->n, t, x, a->y);
    } else {
        adjoint_between(a, course_time(step, t), x, weight, a->y);
    }
}

struct adjoint_ends adjoint_refined_step(struct adjoint *a, int64_t at, int64_t n_values)
{
    const struct course_item *i = &a->c->item[at];
    struct refining *r = refining_of(a);
    const double *x0 = adjoint_state(a, at);
    double *x = rt_alloc((size_t)a->n, sizeof *x), t = i->t_end, half = (i->t_end - i->t) / 2;
    struct adjoint_ends e = {0, 0};
    int node = a->measuring && a->has_between ? RT_GAUSS_NODES : 0;
    for (int64_t k = n_values;;) {
        double t_node = node > 0 ? i->t + half * (1 + rt_gauss_node[node - 1]) : -INFINITY;
        bool is_node = node > 0 && !(k > 0 && i[k].t > t_node), is_start = !is_node && k == 0;
        double from = is_node ? t_node : is_start ? i->t : i[k].t;
        if (!is_start) {
            adjoint_rk_part(a, NULL, i, i->t, from, x0, NULL, NULL, x);
        }
        struct adjoint_ends part = {0, 0};
        if (from < t) {
            part = refine(a, r, i, from, t, is_start ? x0 : x, a->y, MOST_HALVINGS);
        }
        /* The times of values do not move, and at_located has accounted for what moves the end of a step that
         * was cut. */
        e.to += t == i->t_to ? part.to : 0;
        e.from += is_start ? part.from : 0;
        if (is_start) {
            break;
        }
        take_inside(a, i, is_node ? NULL : &i[k], is_node ? half * rt_gauss_weight[node - 1] : 0, from, x);
        node -= is_node;
        k -= !is_node;
        t = from;
    }
    free(x);
    return e;
}
