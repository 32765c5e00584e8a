/* Where surfaces meet on which laws jump. Each of k surfaces that are followed has a share u of its upper
 * side, and a law the mean of its values on the sides of the surfaces that it reads, of each the product of u
 * and 1 - u (Alexander, Seidman, Houston J. Math. 24, 1998: the blend). The shares are those by which no
 * surface is left: k equations, solved by Newton's method. Laws that jump at one surface only, as those of
 * thermostats of their own, make them linear. Where what the surfaces do is the same, as where one law reads
 * them all, there are many such shares, and the nearest to one half are taken.
 *
 * A law is computed on 2^m sides of the m surfaces that it reads, all else once: the work is that of the laws
 * and, for the equations, of k^3, or k^2 where most surfaces do not see one another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ode.h"

enum { MOST_OF_LAW = 8, ITERATIONS = 40 };
static const double PARALLEL = 1e-10; /* pivots, of their rows: the equations are not independent */
static const double SAME = 1e-9;      /* surfaces are one: the angle, and how far apart */
static const double SETTLED = 1e-12;  /* change of shares */
static const double SOLVED = 1e-6;    /* of the largest term of an equation */
static const double DAMPED = 1e-8;    /* of equations that are not independent; of their inverse */

struct rt_corner {
    int32_t k, n_laws;
    int32_t *on, *law, *ptr, *of, *first; /* laws: CSR of the surfaces in `on` that each reads; its rates */
    double *level, *rate;
    double *gram;                 /* [k][k] of slopes, amounts in units of the largest so far */
    double *change;               /* [k][n_laws] of each distance by one firing of each law */
    double *rest, *size, *u, *b;  /* [k] what all else changes of it; scales; shares; right sides */
    double *a, *inverse;          /* [k][k], scratch */
    double *mean, *slope;         /* scratch: [n_laws]; [species] */
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

/* a y = b for `columns` of b, by elimination with pivots, in place; false if rows are not independent. Zeros
 * are passed over. */
static bool solve(int32_t k, double *a, double *b, int32_t columns)
{
    for (int32_t i = 0; i < k; i++) {
        int32_t pivot = i;
        for (int32_t r = i + 1; r < k; r++) {
            pivot = fabs(a[r * k + i]) > fabs(a[pivot * k + i]) ? r : pivot;
        }
        for (int32_t c = 0; c < k && pivot != i; c++) {
            double swap = a[i * k + c];
            a[i * k + c] = a[pivot * k + c];
            a[pivot * k + c] = swap;
        }
        for (int32_t c = 0; c < columns && pivot != i; c++) {
            double swap = b[i * columns + c];
            b[i * columns + c] = b[pivot * columns + c];
            b[pivot * columns + c] = swap;
        }
        if (!(fabs(a[i * k + i]) > PARALLEL)) {
            return false;
        }
        for (int32_t r = i + 1; r < k; r++) {
            double factor = a[r * k + i] / a[i * k + i];
            for (int32_t c = i; c < k && factor != 0; c++) {
                a[r * k + c] -= factor * a[i * k + c];
            }
            for (int32_t c = 0; c < columns && factor != 0; c++) {
                b[r * columns + c] -= factor * b[i * columns + c];
            }
        }
    }
    for (int32_t i = k - 1; i >= 0; i--) {
        for (int32_t r = i + 1; r < k; r++) {
            for (int32_t c = 0; c < columns && a[i * k + r] != 0; c++) {
                b[i * columns + c] -= a[i * k + r] * b[r * columns + c];
            }
        }
        for (int32_t c = 0; c < columns; c++) {
            b[i * columns + c] /= a[i * k + i];
        }
    }
    return true;
}

/* The shortest y of a y = b, where rows may say the same: a' (a a' + DAMPED)^-1 b. */
static void solve_shortest(int32_t k, const double *a, double *b)
{
    double *square = rt_alloc((size_t)k * (size_t)k, sizeof *square), *y = rt_alloc((size_t)k, sizeof *y);
    for (int32_t i = 0; i < k; i++) {
        for (int32_t j = 0; j < k; j++) {
            square[i * k + j] = i == j ? DAMPED : 0;
            for (int32_t c = 0; c < k; c++) {
                square[i * k + j] += a[i * k + c] * a[j * k + c];
            }
        }
    }
    solve(k, square, b, 1);
    for (int32_t i = 0; i < k; i++) {
        for (int32_t c = 0; c < k; c++) {
            y[c] += a[i * k + c] * b[i];
        }
    }
    memcpy(b, y, (size_t)k * sizeof *b);
    free(square);
    free(y);
}

/* ---- Surfaces ---- */

/* Slope of a surface by its entry e, in distances of 1 over its gradient and largest amounts. */
static double scaled_slope(const struct rt_ode *o, int32_t e)
{
    return o->slide.out[2 * o->m->n_surfaces + e] * o->largest[o->m->surface_species[e]];
}

/* Slopes of surface i, or 0 in their place, by species. */
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

/* Product of the gradient that is spread with that of surface j. */
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

/* Cosines of the angles between n gradients, which[] of c, or all. */
static void find_cosines(const struct rt_corner *c, const int32_t *which, int32_t n, double *a)
{
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j < n; j++) {
            int32_t p = which ? which[i] : i, q = which ? which[j] : j;
            a[i * n + j] = c->gram[p * c->k + q] / sqrt(c->gram[p * c->k + p]) / sqrt(c->gram[q * c->k + q]);
        }
    }
}

/* Moves y by so much along the gradient of surface k of c, of length 1. */
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

/* The surfaces of the model that are surface k of c, there: it, and those that are the same one. */
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

/* The laws that jump at surfaces of c; false: too many jumps in one. */
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
        void *const part[] = {c->on,     c->law,  c->ptr,  c->of, c->first, c->level, c->rate,    c->gram,
                              c->change, c->rest, c->size, c->u,  c->b,     c->a,     c->inverse, c->mean,
                              c->slope};
        for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
            free(part[i]);
        }
        free(c);
    }
}

/* Rates of law l on all sides of its surfaces, so far from them: at x moved by the combination of their
 * gradients that leads there. */
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
    bool fine = solve(n, a, inverse, n);
    for (int32_t side = 0; side < 1 << n && fine; side++) {
        double by[MOST_OF_LAW] = {0};
        for (int32_t j = 0; j < n; j++) {
            int32_t k = of[j];
            double change = (c->level[k] - o->slide.out[c->on[k]]) / sqrt(c->gram[k * c->k + k]) +
                            (side >> j & 1 ? far : -far);
            for (int32_t i = 0; i < n; i++) {
                by[i] += inverse[i * n + j] * change;
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

/* The mean rate of law l by shares u; its derivative by that of its surface `by`, if by >= 0. */
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

/* What a firing of each law does to the distance of surface k, and what all else does, by derivatives f. */
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

/* Into f what everything changes but the laws that jump; and these, so far beside their surfaces. */
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

/* What is left of each equation into b, negative, and its derivatives by the shares into a; by its scale. */
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
            double slope = mean_rate(c, l, j);
            for (int32_t i = 0; i < k; i++) {
                c->a[i * k + c->of[c->ptr[l] + j]] += c->change[i * c->n_laws + l] * slope / c->size[i];
            }
        }
    }
}

/* Whether surfaces share a law, so that their shares multiply. */
static bool multiplies(const struct rt_corner *c)
{
    bool found = false;
    for (int32_t l = 0; l < c->n_laws && !found; l++) {
        found = c->ptr[l + 1] - c->ptr[l] > 1;
    }
    return found;
}

/* Where equations are not independent there may be no shares. */
static bool is_solved(struct rt_corner *c)
{
    bool solved = true;
    make_equations(c);
    for (int32_t k = 0; k < c->k; k++) {
        solved &= fabs(c->b[k]) < SOLVED;
    }
    return solved;
}

/* Whether no law changes anything across surface i. */
static bool is_empty(const struct rt_corner *c, int32_t i)
{
    double most = 0;
    for (int32_t j = 0; j < c->k; j++) {
        most = fmax(most, fabs(c->a[i * c->k + j]));
    }
    return !(most > PARALLEL);
}

/* Whether there is such a surface, and it is left all the same. */
static bool has_empty_row(const struct rt_corner *c)
{
    bool found = false;
    for (int32_t i = 0; i < c->k && !found; i++) {
        found = is_empty(c, i) && fabs(c->b[i]) > SOLVED;
    }
    return found;
}

/* By Newton's method; one step is exact where the shares do not multiply. */
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
        if (!solve(c->k, c->a, c->b, 1)) {
            independent = false;
            make_equations(c);
            solve_shortest(c->k, c->a, c->b);
        }
        for (int32_t k = 0; k < c->k; k++) {
            /* Far away the mixture is none. */
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

/* The rate of the distance of surface k changes with its share, those of the others following, by 1 over its
 * entry in the diagonal of the inverse. What no law changes anything across does not keep anything: 0. */
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
        known = solve(k, c->a, c->inverse, k);
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
    /* What rounding leaves of the motion across is more than the tolerance of an amount that is held at 0. */
    for (int32_t k = 0; k < c->k; k++) {
        c->b[k] = o->slide.out[m->n_surfaces + c->on[k]];
        for (int32_t e = m->surface_ptr[c->on[k]]; e < m->surface_ptr[c->on[k] + 1]; e++) {
            c->b[k] += o->slide.out[2 * m->n_surfaces + e] * dx[m->surface_species[e]];
        }
        c->b[k] /= -sqrt(c->gram[k * c->k + k]);
    }
    find_cosines(c, NULL, c->k, c->a);
    bool fine = solve(c->k, c->a, c->b, 1);
    for (int32_t k = 0; k < c->k && fine; k++) {
        move_along(c, o, k, c->b[k], dx);
    }
    return fine;
}
