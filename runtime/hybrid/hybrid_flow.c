/* The flow of bulk between two jumps. If each species has a quadratic equation of its own, the flow has a
 * closed form; otherwise it is computed by the explicit method of Dormand and Prince, of order 5 with an
 * interpolant of order 4 (Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, II.5 and
 * II.6). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_hybrid.h"

enum { MOST_STEPS = 1000000, WORK = 9, TERMS = 5 };

/* tanh(z) / z as a function of z^2, which is negative if the roots are complex. */
static double tanh_ratio(double zz)
{
    if (fabs(zz) < 1e-3) {
        return 1 + zz * (-1.0 / 3 + zz * (2.0 / 15 + zz * (-17.0 / 315 + zz * (62.0 / 2835))));
    }
    if (zz > 0) {
        double z = sqrt(zz);
        return crnl_tanh(z) / z;
    }
    double z = sqrt(-zz);
    return z < 1.5707963267948966 ? crnl_sin(z) / crnl_cos(z) / z : INFINITY;
}

static double exp_small(double x)
{
    if (fabs(x) < 1e-2) {
        double tail = 1.0 / 24 + x * (1.0 / 120 + x * (1.0 / 720));
        return 1 + x * (1 + x * (1.0 / 2 + x * (1.0 / 6 + x * tail)));
    }
    return crnl_exp(x);
}

/* With T = tanh(r dt / 2) / (r / 2) and r^2 = b^2 - 4 a c, separation of variables gives P = (p (1 + b T / 2)
 * + c T) / (1 - (a p + b / 2) T); for a = 0 this is the solution of the linear equation. */
double rt_quadratic_flow(const struct rt_quadratic *q, double p, double dt)
{
    if (q->a == 0 && q->c == 0) {
        return p == 0 ? 0 : p * exp_small(q->b * dt);
    }
    if (dt == INFINITY) {
        return NAN;
    }
    double T = dt * tanh_ratio((q->b * q->b - 4 * q->a * q->c) / 4 * (dt * dt));
    double above = p * (1 + q->b * T / 2) + q->c * T, below = 1 - (q->a * p + q->b / 2) * T;
    return below > 0 && T < INFINITY ? fmax(above / below, 0) : INFINITY;
}

/* The number of unknowns: bulk and, for partition, what is integrated along with it. */
static int32_t unknowns(const struct rt_flow *f)
{
    return f->terms->n_bulk + f->terms->n_more;
}

void rt_flow_create(struct rt_flow *f, const struct rt_terms *terms, const struct rt_ssa *s)
{
    size_t n = (size_t)(terms->n_bulk + terms->n_more);
    *f = (struct rt_flow){.terms = terms, .w = &s->w, .events = &s->events};
    f->x = rt_alloc((size_t)terms->m->n_species, sizeof *f->x);
    f->start = rt_alloc(n, sizeof *f->start);
    f->q = rt_alloc(n, sizeof *f->q);
    f->work = rt_alloc(WORK * n, sizeof *f->work);
    f->seen = rt_alloc(n, sizeof *f->seen);
}

void rt_flow_reset(struct rt_flow *f, double rtol)
{
    f->rtol = rtol;
    f->h = 0;
    memset(f->seen, 0, (size_t)unknowns(f) * sizeof *f->seen);
}

void rt_flow_free(struct rt_flow *f)
{
    free(f->x);
    free(f->start);
    free(f->q);
    free(f->work);
    free(f->seen);
    free(f->step);
}

static bool is_closed(const struct rt_flow *f)
{
    return f->terms->is_closed && !f->laws;
}

static void find_quadratics(struct rt_flow *f)
{
    const struct rt_terms *t = f->terms;
    memset(f->q, 0, (size_t)t->n_bulk * sizeof *f->q);
    for (int32_t j = 0; j < t->m->n_reactions; j++) {
        double g = t->is_smooth[j] ? rt_terms_counts(t, j, f->w->k[j], f->x) : 0;
        for (int32_t e = t->swing_ptr[j]; e < t->swing_ptr[j + 1] && g != 0; e++) {
            const struct rt_swing *w = &t->swing[e];
            struct rt_quadratic *q = &f->q[w->bulk];
            *(w->degree == 0 ? &q->c : w->degree == 1 ? &q->b : &q->a) += w->net * g;
        }
    }
}

void rt_flow_start(struct rt_flow *f, const double *x, double t)
{
    memcpy(f->x, x, (size_t)f->terms->m->n_species * sizeof *x);
    for (int32_t i = 0; i < f->terms->n_bulk; i++) {
        f->start[i] = x[f->terms->species[i]];
        f->seen[i] = fmax(f->seen[i], fabs(f->start[i]));
    }
    for (int32_t i = f->terms->n_bulk; i < unknowns(f); i++) {
        f->start[i] = 0;
    }
    f->t = f->t_start = t;
    f->n_steps = 0;
    f->failed = false;
    if (is_closed(f)) {
        find_quadratics(f);
    }
}

/* Derivatives including the extents of smooth reactions and, last, the integral of hazards, which is NaN if a
 * reaction of molecules has an invalid rate. */
static void derivative_of_more(struct rt_flow *f, double at, double *d)
{
    const struct rt_terms *terms = f->terms;
    const struct crnl_model *m = terms->m;
    int32_t n = terms->n_bulk, last = unknowns(f) - 1;
    d[last] = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        bool goes = (terms->is_smooth[j] || terms->fires[j]) && f->w->k[j] != 0;
        double v = goes ? rt_terms_rate(terms, j, f->w, f->x, at) : 0;
        if (!(v >= 0) && rt_terms_counts_molecules(terms, j)) {
            d[last] = NAN;
        }
        if (!terms->is_smooth[j]) {
            d[last] += v;
            continue;
        }
        d[n++] = v;
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            d[terms->bulk_of[m->net_species[e]]] += m->net_delta[e] * v;
        }
    }
}

void rt_flow_derivative(struct rt_flow *f, double t, const double *bulk, double *d)
{
    const struct rt_terms *terms = f->terms;
    const struct crnl_model *m = terms->m;
    double at = rt_events_time(f->events, t);
    for (int32_t i = 0; i < terms->n_bulk; i++) {
        f->x[terms->species[i]] = bulk[i];
        d[i] = 0;
    }
    if (f->laws) {
        rt_laws_at(f->laws, bulk);
    }
    if (terms->n_more > 0) {
        derivative_of_more(f, at, d);
        return;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        bool goes = terms->is_smooth[j] && f->w->k[j] != 0;
        double v = !goes     ? 0
                   : f->laws ? rt_laws_rate(f->laws, j, f->w, f->x, at)
                             : rt_terms_rate(terms, j, f->w, f->x, at);
        for (int32_t e = m->net_ptr[j]; v != 0 && e < m->net_ptr[j + 1]; e++) {
            d[terms->bulk_of[m->net_species[e]]] += m->net_delta[e] * v;
        }
    }
}

/* ---- Dormand and Prince ---- */

static size_t row_size(const struct rt_flow *f)
{
    return 2 + TERMS * (size_t)unknowns(f);
}

static double *row(const struct rt_flow *f, int64_t i)
{
    return f->step + (size_t)i * row_size(f);
}

/* Tries a step from y at t, with the first derivative in work[0]. Writes the end to work[7] and its
 * derivative to work[6]; returns the error of the formula relative to the tolerance. */
static double try_step(struct rt_flow *f, double t, double h, const double *y)
{
    static const double c[7] = {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1};
    static const double a[7][6] = {{0},
                                   {1.0 / 5},
                                   {3.0 / 40, 9.0 / 40},
                                   {44.0 / 45, -56.0 / 15, 32.0 / 9},
                                   {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
                                   {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
                                   {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}};
    static const double e[7] = {71.0 / 57600,      0,          -71.0 / 16695, 71.0 / 1920,
                                -17253.0 / 339200, 22.0 / 525, -1.0 / 40};
    int32_t n = unknowns(f);
    double *k = f->work, *end = f->work + 7 * (size_t)n, error = 0;
    for (int s = 1; s < 7; s++) {
        for (int32_t i = 0; i < n; i++) {
            double sum = 0;
            for (int r = 0; r < s; r++) {
                sum += a[s][r] * k[r * n + i];
            }
            end[i] = y[i] + h * sum;
        }
        rt_flow_derivative(f, t + c[s] * h, end, k + s * n);
    }
    for (int32_t i = 0; i < n; i++) {
        double miss = 0;
        for (int r = 0; r < 7; r++) {
            miss += e[r] * k[r * n + i];
        }
        double scale =
            f->rtol * (i < f->terms->n_bulk ? fmax(fmax(fabs(y[i]), fabs(end[i])), 1e-6 * f->seen[i])
                                            : fmax(end[i], 1)); /* extents and variates are of order 1 */
        double size = fabs(h * miss);
        error = size == 0 ? error : fmax(error, size - size == 0 ? size / fmax(scale, 1e-300) : INFINITY);
    }
    return error;
}

static void keep_step(struct rt_flow *f, double t, double h, const double *y)
{
    static const double d[7] = {-12715105075.0 / 11282082432.0,  0,
                                87487479700.0 / 32700410799.0,   -10690763975.0 / 1880347072.0,
                                701980252875.0 / 199316789632.0, -1453857185.0 / 822651844.0,
                                69997945.0 / 29380423.0};
    int32_t n = unknowns(f);
    const double *k = f->work, *end = f->work + 7 * (size_t)n;
    if (f->n_steps == f->cap_steps) {
        f->cap_steps = f->cap_steps ? 2 * f->cap_steps : 8;
        f->step = rt_resize(f->step, (size_t)f->cap_steps * row_size(f), sizeof *f->step);
    }
    double *to = row(f, f->n_steps++);
    to[0] = t;
    to[1] = h;
    for (int32_t i = 0; i < n; i++) {
        double *r = to + 2 + TERMS * i, last = 0, change = end[i] - y[i], bend = h * k[i] - change;
        for (int s = 0; s < 7; s++) {
            last += d[s] * k[s * n + i];
        }
        r[0] = y[i];
        r[1] = change;
        r[2] = bend;
        r[3] = change - h * k[6 * n + i] - bend;
        r[4] = h * last;
        f->seen[i] = fmax(f->seen[i], fabs(end[i]));
    }
}

static double first_length(const struct rt_flow *f, double t)
{
    double h = INFINITY;
    for (int32_t i = 0; i < f->terms->n_bulk; i++) {
        double slope = fabs(f->work[i]);
        h = slope > 0 ? fmin(h, 0.01 * fmax(fabs(f->start[i]), 1e-3 * f->seen[i]) / slope) : h;
    }
    double least = 1e-9 * fmax(1, fabs(t));
    return h < INFINITY ? fmax(h, least) : 0.01 * fmax(1, fabs(t));
}

double rt_flow_end(const struct rt_flow *f)
{
    return f->n_steps > 0 ? row(f, f->n_steps - 1)[0] + row(f, f->n_steps - 1)[1] : f->t_start;
}

/* Makes one more step, not past a turn. */
void rt_flow_go_on(struct rt_flow *f)
{
    int32_t n = unknowns(f);
    double *y = f->work + 8 * (size_t)n, t = rt_flow_end(f);
    memcpy(y, f->n_steps > 0 ? f->work + 7 * (size_t)n : f->start, (size_t)n * sizeof *y);
    rt_flow_derivative(f, t, y, f->work);
    double h = f->h > 0 ? f->h : first_length(f, t), room = f->events->t_turn - t;
    bool is_cut = room > 0 && h >= room;
    h = is_cut ? room : h;
    double error = try_step(f, t, h, y);
    while (!(error <= 1) && h > 1e-14 * fabs(t) && h > 1e-300) {
        is_cut = false;
        h *= error < INFINITY ? fmax(0.2, 0.9 * crnl_pow(error, -0.2)) : 0.1;
        error = try_step(f, t, h, y);
    }
    f->failed = !(error <= 1) || f->n_steps >= MOST_STEPS;
    if (!f->failed) {
        keep_step(f, t, h, y);
        f->h = is_cut ? f->h : h * (error > 0 ? fmin(5, 0.9 * crnl_pow(error, -0.2)) : 5);
    }
}

static const double *interpolate(struct rt_flow *f, double t)
{
    const struct rt_terms *terms = f->terms;
    int64_t i = f->n_steps - 1;
    while (i > 0 && row(f, i)[0] > t) {
        i--;
    }
    const double *r = row(f, i);
    double u = (t - r[0]) / r[1], v = 1 - u;
    for (int32_t b = 0; b < terms->n_bulk; b++) {
        const double *c = r + 2 + TERMS * b;
        double p = c[0] + u * (c[1] + v * (c[2] + u * (c[3] + v * c[4])));
        bool is_signed =
            terms->m->species_signed && terms->m->species_signed[terms->species[b]] != CRNL_AMOUNT;
        f->x[terms->species[b]] = is_signed ? p : fmax(p, 0);
    }
    return f->x;
}

double rt_flow_more(const struct rt_flow *f, double t, int32_t i)
{
    int64_t at = f->n_steps - 1;
    while (at > 0 && row(f, at)[0] > t) {
        at--;
    }
    if (at < 0 || !(t > f->t_start)) {
        return 0;
    }
    const double *r = row(f, at), *c = r + 2 + TERMS * (f->terms->n_bulk + i);
    double u = (t - r[0]) / r[1], v = 1 - u;
    return c[0] + u * (c[1] + v * (c[2] + u * (c[3] + v * c[4])));
}

static const double *put_all(struct rt_flow *f, double v)
{
    for (int32_t b = 0; b < f->terms->n_bulk; b++) {
        f->x[f->terms->species[b]] = v;
    }
    return f->x;
}

/* Sets species of machines to their means at the bulk in f->x. */
static const double *with_means(struct rt_flow *f)
{
    for (int32_t b = 0; b < f->terms->n_bulk && f->laws; b++) {
        f->work[8 * f->terms->n_bulk + b] = f->x[f->terms->species[b]];
    }
    if (f->laws) {
        rt_laws_at(f->laws, f->work + 8 * f->terms->n_bulk);
        rt_laws_means(f->laws, f->x);
    }
    return f->x;
}

const double *rt_flow_at(struct rt_flow *f, double t)
{
    const struct rt_terms *terms = f->terms;
    f->t = t;
    if (terms->n_bulk == 0) {
        return f->x;
    }
    if (is_closed(f) || !(t > f->t_start)) {
        for (int32_t b = 0; b < terms->n_bulk; b++) {
            f->x[terms->species[b]] =
                t > f->t_start ? rt_quadratic_flow(&f->q[b], f->start[b], t - f->t_start) : f->start[b];
        }
        return with_means(f);
    }
    while (!f->failed && rt_flow_end(f) < t) {
        rt_flow_go_on(f);
    }
    if (f->failed && rt_flow_end(f) < t) {
        return put_all(f, NAN);
    }
    interpolate(f, t);
    return with_means(f);
}
