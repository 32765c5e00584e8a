/* Motion where surfaces meet on which laws jump. Each of k surfaces that are followed has a share u of its
 * upper side. A law counts as the mean of its values on the sides of the surfaces that it reads, weighted by
 * the products of u or 1 - u of each (Alexander, Seidman, Houston J. Math. 24, 1998: the blend). The shares
 * are those with which no surface is left: k equations, solved by Newton's method. They are linear if each
 * law jumps at one surface only, as for independent thermostats. If several surfaces have the same effect,
 * for example because one law reads them all, there are many such shares, and those nearest to one half are
 * taken.
 *
 * A law is computed on the 2^m sides of the m surfaces that it reads, everything else once. So the work is
 * that of the laws and, for the equations, k^3, or k^2 if most surfaces do not interact. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_dense.h"
#include "rt_ode.h"

enum { MOST_OF_LAW = 8, ITERATIONS = 40 };
static const double PARALLEL = 1e-10; /* relative to the row: with smaller pivots equations are dependent */
static const double SAME = 1e-9;      /* two surfaces are the same: difference of cosine, and distance */
static const double SETTLED = 1e-12;  /* change of shares that ends the iteration */
static const double SOLVED = 1e-6;    /* relative to the largest term of an equation */
static const double DAMPED = 1e-8;    /* regularisation of dependent equations, and of their inverse */

struct rt_corner {
    int32_t k, n_laws;
    /* CSR: `of` has the surfaces (indices into `on`) that each law reads; `first` is the place of its rates
     * in `rate` */
    int32_t *on, *law, *ptr, *of, *first;
    double *level, *rate;
    /* [k][k] products of slopes, with amounts in units of their largest so far */
    double *gram;
    double *change;              /* [k][n_laws] change of each distance by one firing of each law */
    double *rest, *size, *u, *b; /* [k] change of each distance by all else; scales; shares; right sides */
    double *a, *inverse;         /* [k][k], by columns; scratch */
    double *mean, *slope;        /* scratch: [n_laws]; [species] */
};

void rt_surfaces_at(const struct rt_ode *o, double t, const double *x)
{
    const struct crnl_model *m = o->m;
    const struct rt_slide *w = &o->slide;
    w->at[0] = rt_events_time(&o->events, t);
    for (int32_t i = 0; i < m->n_surface_reads; i++) {
        w->at[1 + i] = x[m->surface_reads[i]];
    }
    crnl_tape_run(&m->surface, w->at, (double *)o->job->param, NULL, w->out, w->registers);
}

/* ---- Equations ---- */

/* The shortest y with a y = b, if rows of a may be dependent: a' (a a' + DAMPED)^-1 b. */
static void solve_shortest(int32_t k, const double *a, double *b)
{
    double *square = rt_alloc((size_t)k * (size_t)k, sizeof *square), *y = rt_alloc((size_t)k, sizeof *y);
    for (int32_t i = 0; i < k; i++) {
        for (int32_t j = 0; j < k; j++) {
            square[j * k + i] = i == j ? DAMPED : 0;
            for (int32_t c = 0; c < k; c++) {
                square[j * k + i] += a[c * k + i] * a[c * k + j];
            }
        }
    }
    rt_dense_solve(square, b, k, 1, PARALLEL);
    for (int32_t i = 0; i < k; i++) {
        for (int32_t c = 0; c < k; c++) {
            y[c] += a[c * k + i] * b[i];
        }
    }
    memcpy(b, y, (size_t)k * sizeof *b);
    free(square);
    free(y);
}

/* ---- Surfaces ---- */

/* Entry e of the slopes of a surface, with the amount in units of its largest so far. */
static double scaled_slope(const struct rt_ode *o, int32_t e)
{
    return o->slide.out[2 * o->m->n_surfaces + e] * o->largest[o->m->surface_species[e]];
}

/* Writes the slopes of surface i into the array `slope` by species. */
static void spread(const struct rt_ode *o, int32_t i, bool scaled, double *slope)
{
    const struct crnl_model *m = o->m;
    for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
        slope[m->surface_species[e]] = scaled ? scaled_slope(o, e) : o->slide.out[2 * m->n_surfaces + e];
    }
}

static void clear(const struct rt_ode *o, int32_t i, double *slope)
{
    const struct crnl_model *m = o->m;
    for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
        slope[m->surface_species[e]] = 0;
    }
}

/* The product of the gradient in `slope` with that of surface j. */
static double product(const struct rt_ode *o, const double *slope, int32_t j)
{
    const struct crnl_model *m = o->m;
    double sum = 0;
    for (int32_t e = m->surface_ptr[j]; e < m->surface_ptr[j + 1]; e++) {
        sum += slope[m->surface_species[e]] * scaled_slope(o, e);
    }
    return sum;
}

static bool find_gram(struct rt_corner *c, const struct rt_ode *o)
{
    bool fine = true;
    for (int32_t i = 0; i < c->k; i++) {
        spread(o, c->on[i], true, c->slope);
        for (int32_t j = 0; j < c->k; j++) {
            c->gram[i * c->k + j] = product(o, c->slope, c->on[j]);
        }
        clear(o, c->on[i], c->slope);
        fine &= c->gram[i * c->k + i] > 0 && c->gram[i * c->k + i] < INFINITY;
    }
    return fine;
}

/* Cosines of the angles between n gradients of c: those in which[], or all. */
static void find_cosines(const struct rt_corner *c, const int32_t *which, int32_t n, double *a)
{
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j < n; j++) {
            int32_t p = which ? which[i] : i, q = which ? which[j] : j;
            a[i * n + j] = c->gram[p * c->k + q] / sqrt(c->gram[p * c->k + p]) / sqrt(c->gram[q * c->k + q]);
        }
    }
}

/* Moves y by the distance `by` along the normalised gradient of surface k of c. */
static void move_along(const struct rt_corner *c, const struct rt_ode *o, int32_t k, double by, double *y)
{
    const struct crnl_model *m = o->m;
    double unit = by / sqrt(c->gram[k * c->k + k]);
    for (int32_t e = m->surface_ptr[c->on[k]]; e < m->surface_ptr[c->on[k] + 1]; e++) {
        int32_t s = m->surface_species[e];
        y[s] += unit * scaled_slope(o, e) * o->largest[s];
    }
}

/* ---- Laws ---- */

/* Finds the surfaces of the model that coincide here with surface k of c, which is among them. */
static int32_t find_twins(struct rt_corner *c, const struct rt_ode *o, int32_t k, int32_t *twin)
{
    const struct crnl_model *m = o->m;
    int32_t n = 0, i = c->on[k];
    double all = sqrt(c->gram[k * c->k + k]), here = (o->slide.out[i] - c->level[k]) / all;
    spread(o, i, true, c->slope);
    for (int32_t j = 0; j < m->n_surfaces; j++) {
        double square = 0, s = o->slide.out[j], across = product(o, c->slope, j);
        for (int32_t e = m->surface_ptr[j]; e < m->surface_ptr[j + 1]; e++) {
            square += scaled_slope(o, e) * scaled_slope(o, e);
        }
        double cosine = across / all / sqrt(square),
               off = (s - (m->surface_whole[j] ? round(s) : 0)) / sqrt(square);
        if (j == i || (fabs(cosine) > 1 - SAME && fabs(off - here * (cosine > 0 ? 1 : -1)) < SAME)) {
            twin[n++] = j;
        }
    }
    clear(o, i, c->slope);
    return n;
}

/* Lists the laws that jump at the surfaces of c; returns false if one law has too many jumps. */
static bool list_laws(struct rt_corner *c, const struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    int32_t *twin = rt_alloc((size_t)m->n_surfaces, sizeof *twin), n = 0, n_rates = 0;
    bool *reads = rt_alloc((size_t)m->n_reactions * (size_t)c->k, sizeof *reads), fine = true;
    for (int32_t k = 0; k < c->k; k++) {
        int32_t n_twins = find_twins(c, o, k, twin);
        for (int32_t i = 0; i < n_twins; i++) {
            for (int32_t e = m->surface_law_ptr[twin[i]]; e < m->surface_law_ptr[twin[i] + 1]; e++) {
                n += !reads[m->surface_law[e] * c->k + k];
                reads[m->surface_law[e] * c->k + k] = true;
            }
        }
    }
    c->of = rt_alloc((size_t)n, sizeof *c->of);
    c->law = rt_alloc((size_t)n, sizeof *c->law);
    c->first = rt_alloc((size_t)n, sizeof *c->first);
    c->ptr = rt_alloc((size_t)n + 1, sizeof *c->ptr);
    n = 0;
    for (int32_t j = 0; j < m->n_reactions && fine; j++) {
        int32_t before = n;
        for (int32_t k = 0; k < c->k; k++) {
            if (reads[j * c->k + k]) {
                c->of[n++] = k;
            }
        }
        fine = n - before <= MOST_OF_LAW;
        if (n > before && fine) {
            c->law[c->n_laws] = j;
            c->first[c->n_laws] = n_rates;
            c->ptr[++c->n_laws] = n;
            n_rates += 1 << (n - before);
        }
    }
    c->rate = rt_alloc((size_t)n_rates, sizeof *c->rate);
    c->mean = rt_alloc((size_t)c->n_laws, sizeof *c->mean);
    c->change = rt_alloc((size_t)c->n_laws * (size_t)c->k, sizeof *c->change);
    free(twin);
    free(reads);
    return fine;
}

struct rt_corner *rt_corner_create(const struct rt_ode *o, const int32_t *on, const double *level, int32_t k,
                                   double t, const double *x, bool *too_many)
{
    struct rt_corner *c = rt_alloc(1, sizeof *c);
    size_t n = (size_t)k;
    c->k = k;
    c->on = rt_copy(on, n, sizeof *on);
    c->level = rt_copy(level, n, sizeof *level);
    double **const vector[] = {&c->rest, &c->size, &c->u, &c->b},
                   **const matrix[] = {&c->gram, &c->a, &c->inverse};
    for (int i = 0; i < 4; i++) {
        *vector[i] = rt_alloc(n, sizeof **vector[i]);
    }
    for (int i = 0; i < 3; i++) {
        *matrix[i] = rt_alloc(n * n, sizeof **matrix[i]);
    }
    c->slope = rt_alloc((size_t)o->n, sizeof *c->slope);
    rt_surfaces_at(o, t, x);
    bool fine = find_gram(c, o);
    *too_many = fine && !list_laws(c, o);
    if (!fine || *too_many) {
        rt_corner_destroy(c);
        return NULL;
    }
    return c;
}

void rt_corner_destroy(struct rt_corner *c)
{
    if (c) {
        void *const part[] = {c->on,   c->law,  c->ptr,     c->of,   c->first, c->level,
                              c->rate, c->gram, c->change,  c->rest, c->size,  c->u,
                              c->b,    c->a,    c->inverse, c->mean, c->slope};
        for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
            free(part[i]);
        }
        free(c);
    }
}

/* Computes the rates of law l on all sides of its surfaces, at distance `far` from them: x is moved along the
 * combination of their gradients that leads there. */
static bool rate_sides(struct rt_corner *c, const struct rt_ode *o, int32_t l, double t, const double *x,
                       double far)
{
    int32_t n = c->ptr[l + 1] - c->ptr[l];
    const int32_t *of = c->of + c->ptr[l];
    double a[MOST_OF_LAW * MOST_OF_LAW], inverse[MOST_OF_LAW * MOST_OF_LAW] = {0}, *y = o->slide.x;
    find_cosines(c, of, n, a);
    for (int32_t i = 0; i < n; i++) {
        inverse[i * n + i] = 1;
    }
    bool fine = rt_dense_solve(a, inverse, n, n, PARALLEL);
    for (int32_t side = 0; side < 1 << n && fine; side++) {
        double by[MOST_OF_LAW] = {0};
        for (int32_t j = 0; j < n; j++) {
            int32_t k = of[j];
            double change = (c->level[k] - o->slide.out[c->on[k]]) / sqrt(c->gram[k * c->k + k]) +
                            (side >> j & 1 ? far : -far);
            for (int32_t i = 0; i < n; i++) {
                by[i] += inverse[j * n + i] * change;
            }
        }
        memcpy(y, x, (size_t)o->n * sizeof *y);
        for (int32_t i = 0; i < n; i++) {
            move_along(c, o, of[i], by[i], y);
        }
        double rate = rt_rate(o->m, c->law[l], t, y, o->job->param, o->events.k);
        c->rate[c->first[l] + side] = rate;
        fine = fabs(rate) < INFINITY;
    }
    return fine;
}

/* The mean rate of law l with shares u or, if by >= 0, its derivative by the share of its surface `by`. */
static double mean_rate(const struct rt_corner *c, int32_t l, int32_t by)
{
    int32_t n = c->ptr[l + 1] - c->ptr[l];
    const int32_t *of = c->of + c->ptr[l];
    double sum = 0;
    for (int32_t side = 0; side < 1 << n; side++) {
        double part = 1;
        for (int32_t i = 0; i < n; i++) {
            bool above = side >> i & 1;
            part *= i == by ? (above ? 1 : -1) : above ? c->u[of[i]] : 1 - c->u[of[i]];
        }
        sum += part * c->rate[c->first[l] + side];
    }
    return sum;
}

/* Finds how a firing of each law changes the distance of surface k, and how everything else does, with
 * derivatives f. */
static void find_changes(struct rt_corner *c, const struct rt_ode *o, int32_t k, const double *f)
{
    const struct crnl_model *m = o->m;
    int32_t i = c->on[k];
    spread(o, i, false, c->slope);
    c->rest[k] = o->slide.out[m->n_surfaces + i];
    for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
        c->rest[k] += o->slide.out[2 * m->n_surfaces + e] * f[m->surface_species[e]];
    }
    c->size[k] = fabs(c->rest[k]);
    for (int32_t l = 0; l < c->n_laws; l++) {
        int32_t n_sides = 1 << (c->ptr[l + 1] - c->ptr[l]);
        double sum = 0;
        for (int32_t e = m->net_ptr[c->law[l]]; e < m->net_ptr[c->law[l] + 1]; e++) {
            sum += c->slope[m->net_species[e]] * m->net_delta[e];
        }
        c->change[k * c->n_laws + l] = sum;
        for (int32_t side = 0; sum != 0 && side < n_sides; side++) {
            c->size[k] = fmax(c->size[k], fabs(sum * c->rate[c->first[l] + side]));
        }
    }
    c->size[k] = c->size[k] > 0 ? c->size[k] : 1;
    clear(o, i, c->slope);
}

/* Computes the derivatives f by everything except the laws that jump, and the rates of these at distance
 * `far` from their surfaces. */
static bool look_around(struct rt_corner *c, const struct rt_ode *o, double t, const double *x, double far,
                        double *f)
{
    const struct crnl_model *m = o->m;
    double now = rt_events_time(&o->events, t);
    rt_surfaces_at(o, t, x);
    bool fine = find_gram(c, o) && rt_ode_plain_rhs(o, t, x, f);
    for (int32_t l = 0; l < c->n_laws && fine; l++) {
        double here = rt_rate(m, c->law[l], now, x, o->job->param, o->events.k);
        for (int32_t e = m->net_ptr[c->law[l]]; e < m->net_ptr[c->law[l] + 1]; e++) {
            f[m->net_species[e]] -= here * m->net_delta[e];
        }
        fine = rate_sides(c, o, l, now, x, far);
    }
    for (int32_t k = 0; k < c->k && fine; k++) {
        find_changes(c, o, k, f);
    }
    return fine;
}

/* Writes the negative residuals of the equations into b, and their derivatives by the shares into a, both
 * divided by the scale of the equation. */
static void make_equations(struct rt_corner *c)
{
    int32_t k = c->k;
    memset(c->a, 0, (size_t)k * (size_t)k * sizeof *c->a);
    for (int32_t i = 0; i < k; i++) {
        c->b[i] = -c->rest[i] / c->size[i];
    }
    for (int32_t l = 0; l < c->n_laws; l++) {
        c->mean[l] = mean_rate(c, l, -1);
        for (int32_t i = 0; i < k; i++) {
            c->b[i] -= c->change[i * c->n_laws + l] * c->mean[l] / c->size[i];
        }
        for (int32_t j = 0; j < c->ptr[l + 1] - c->ptr[l]; j++) {
            double slope = mean_rate(c, l, j), *column = c->a + c->of[c->ptr[l] + j] * k;
            for (int32_t i = 0; i < k; i++) {
                column[i] += c->change[i * c->n_laws + l] * slope / c->size[i];
            }
        }
    }
}

/* Whether two surfaces share a law, so that the equations contain products of shares. */
static bool multiplies(const struct rt_corner *c)
{
    bool found = false;
    for (int32_t l = 0; l < c->n_laws && !found; l++) {
        found = c->ptr[l + 1] - c->ptr[l] > 1;
    }
    return found;
}

/* Whether the shares satisfy the equations; dependent equations may have no solution. */
static bool is_solved(struct rt_corner *c)
{
    bool solved = true;
    make_equations(c);
    for (int32_t k = 0; k < c->k; k++) {
        solved &= fabs(c->b[k]) < SOLVED;
    }
    return solved;
}

/* Whether no law changes the distance of surface i. */
static bool is_empty(const struct rt_corner *c, int32_t i)
{
    double most = 0;
    for (int32_t j = 0; j < c->k; j++) {
        most = fmax(most, fabs(c->a[j * c->k + i]));
    }
    return !(most > PARALLEL);
}

/* Whether there is such a surface and the motion leaves it nevertheless. */
static bool has_empty_row(const struct rt_corner *c)
{
    bool found = false;
    for (int32_t i = 0; i < c->k && !found; i++) {
        found = is_empty(c, i) && fabs(c->b[i]) > SOLVED;
    }
    return found;
}

/* Finds the shares by Newton's method; if the equations contain no products of shares, one step is exact. */
static bool find_shares(struct rt_corner *c)
{
    bool found = false, multiply = multiplies(c), independent = true;
    for (int32_t k = 0; k < c->k; k++) {
        c->u[k] = 0.5;
    }
    for (int32_t i = 0; i < ITERATIONS && !found; i++) {
        double most = 0;
        make_equations(c);
        if (has_empty_row(c)) {
            return false;
        }
        if (!rt_dense_solve(c->a, c->b, c->k, 1, PARALLEL)) {
            independent = false;
            make_equations(c);
            solve_shortest(c->k, c->a, c->b);
        }
        for (int32_t k = 0; k < c->k; k++) {
            /* Far outside of [0, 1] shares have no meaning. */
            double to = multiply ? fmin(fmax(c->u[k] + c->b[k], -1), 2) : c->u[k] + c->b[k];
            most = fmax(most, fabs(to - c->u[k]));
            c->u[k] = to;
        }
        found = most < SETTLED || !multiply;
    }
    for (int32_t l = 0; l < c->n_laws; l++) {
        c->mean[l] = mean_rate(c, l, -1);
    }
    return found && (independent || is_solved(c));
}

/* If the share of surface k changes and the others follow, the rate of its distance changes by 1 over its
 * entry in the diagonal of the inverse. A surface whose distance no law changes holds nothing: 0. */
static bool find_strengths(struct rt_corner *c, double *strength)
{
    int32_t k = c->k;
    bool known = false;
    for (int attempt = 0; attempt < 2 && !known; attempt++) {
        make_equations(c);
        for (int32_t i = 0; i < k; i++) {
            c->b[i] = is_empty(c, i);
        }
        memset(c->inverse, 0, (size_t)k * (size_t)k * sizeof *c->inverse);
        for (int32_t i = 0; i < k; i++) {
            c->inverse[i * k + i] = 1;
            c->a[i * k + i] -= attempt == 0 ? 0 : DAMPED;
        }
        known = rt_dense_solve(c->a, c->inverse, k, k, PARALLEL);
    }
    for (int32_t i = 0; i < k && known; i++) {
        strength[i] = c->b[i] == 1 ? 0 : -c->size[i] / c->inverse[i * k + i];
    }
    return known;
}

bool rt_corner_find_shares(struct rt_corner *c, const struct rt_ode *o, double t, const double *x, double far,
                           double *strength)
{
    return look_around(c, o, t, x, far, o->slide.f) && find_shares(c) && find_strengths(c, strength);
}

const double *rt_corner_shares(const struct rt_corner *c)
{
    return c->u;
}

bool rt_corner_mix(struct rt_corner *c, const struct rt_ode *o, double t, const double *x, double *dx)
{
    const struct crnl_model *m = o->m;
    if (!look_around(c, o, t, x, RT_SLIDE_BESIDE, dx) || !find_shares(c)) {
        return false;
    }
    for (int32_t l = 0; l < c->n_laws; l++) {
        for (int32_t e = m->net_ptr[c->law[l]]; e < m->net_ptr[c->law[l] + 1]; e++) {
            dx[m->net_species[e]] += c->mean[l] * m->net_delta[e];
        }
    }
    /* Rounding leaves a motion across the surfaces that may exceed the tolerance of an amount that is held at
     * 0; it is removed. */
    for (int32_t k = 0; k < c->k; k++) {
        c->b[k] = o->slide.out[m->n_surfaces + c->on[k]];
        for (int32_t e = m->surface_ptr[c->on[k]]; e < m->surface_ptr[c->on[k] + 1]; e++) {
            c->b[k] += o->slide.out[2 * m->n_surfaces + e] * dx[m->surface_species[e]];
        }
        c->b[k] /= -sqrt(c->gram[k * c->k + k]);
    }
    find_cosines(c, NULL, c->k, c->a);
    bool fine = rt_dense_solve(c->a, c->b, c->k, 1, PARALLEL);
    for (int32_t k = 0; k < c->k && fine; k++) {
        move_along(c, o, k, c->b[k], dx);
    }
    return fine;
}
