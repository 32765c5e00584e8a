/* ADAM (Kingma and Ba 2015, algorithm 1) in the coordinates of the fit and within its bounds. If the loss is
 * not a number, the last good step is repeated with half the rate. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_adam.h"

enum { RATE = CRNL_FIT_OPTIONS, BETA1, BETA2, EPSILON, SPARSE, CLIP, FRESH };
enum { MOST_RETREATS = 60 };

static const struct crnl_learn_option options[] = {RT_ADAM_OPTIONS(1000)};

struct moments {
    double *m, *v;
    double power1, power2;
};

/* By how much a gradient is multiplied so that its norm is no more than `clip`; 0: it may be of any length.
 * */
static double clipped(const double *g, int32_t n, double clip)
{
    double largest = 0, sum = 0;
    for (int32_t i = 0; i < n && clip > 0; i++) {
        largest = fmax(largest, fabs(g[i]));
    }
    for (int32_t i = 0; i < n && largest > 0; i++) {
        sum += g[i] / largest * (g[i] / largest);
    }
    double norm = largest * sqrt(sum);
    return norm > clip && norm < INFINITY ? clip / norm : 1;
}

static void step(const struct rt_trial *t, struct moments *a, const double *g, double rate, double *z)
{
    const double *o = t->fit->option;
    double part = clipped(g, t->fit->n, o[CLIP]);
    a->power1 *= o[BETA1];
    a->power2 *= o[BETA2];
    for (int32_t i = 0; i < t->fit->n; i++) {
        double slope = part * g[i];
        a->m[i] = o[BETA1] * a->m[i] + (1 - o[BETA1]) * slope;
        a->v[i] = o[BETA2] * a->v[i] + (1 - o[BETA2]) * slope * slope;
        double d = rate * (a->m[i] / (1 - a->power1)) / (sqrt(a->v[i] / (1 - a->power2)) + o[EPSILON]);
        double to = z[i] - d;
        z[i] = to < t->lo[i] ? t->lo[i] : to > t->hi[i] ? t->hi[i] : to;
    }
}

static void forget(const struct rt_trial *t, struct moments *a)
{
    memset(a->m, 0, (size_t)t->fit->n * sizeof *a->m);
    memset(a->v, 0, (size_t)t->fit->n * sizeof *a->v);
    a->power1 = a->power2 = 1;
}

static bool settled(double before, double now, double tolerance)
{
    return tolerance > 0 && fabs(before - now) <= tolerance * (fabs(now) + 1e-300);
}

void rt_adam_prepare(const struct rt_fit *fit)
{
    for (int32_t i = 0; i < fit->spec->n_targets && fit->option[SPARSE] > 0; i++) {
        struct rt_network *n = fit->spec->net[i] < 0 ? NULL : rt_network(fit->ctx, fit->spec->net[i]);
        if (n && n->m->threshold_of) {
            rt_network_set_param(n, n->m->threshold_of - 1, fit->option[SPARSE]);
        }
    }
}

/* Losses of steps that draw anew cannot be compared. The result is the last point, with its loss at the draws
 * that all evaluations have in common otherwise. */
static void keep_last(struct rt_trial *t, const double *last, double loss)
{
    struct rt_fit_start *s = t->start;
    t->draw = 0;
    double common;
    bool good = rt_trial_loss(t, last, &common, NULL);
    memcpy(s->z, last, (size_t)t->fit->n * sizeof *last);
    s->loss = good ? common : loss;
}

void rt_adam_run(struct rt_trial *t, double *z)
{
    const double *o = t->fit->option;
    size_t n = (size_t)t->fit->n;
    struct moments a = {rt_alloc(n, sizeof(double)), rt_alloc(n, sizeof(double)), 1, 1};
    double *g = rt_alloc(n, sizeof *g), *good = rt_copy(z, n, sizeof *z), *g_good = rt_alloc(n, sizeof *g);
    double rate = o[RATE], loss, before = INFINITY, best = INFINITY;
    int64_t since = 0;
    for (int64_t i = 0; i < (int64_t)o[CRNL_FIT_STEPS] && !rt_trial_is_over(t); i++) {
        t->draw = o[FRESH] > 0 ? (uint64_t)i + 1 : 0;
        if (!rt_trial_loss(t, z, &loss, g)) {
            if (rt_trial_is_over(t) || t->start->n_series == 0 || t->start->retreats++ >= MOST_RETREATS) {
                break;
            }
            rate /= 2;
            forget(t, &a);
            memcpy(z, good, n * sizeof *z);
            step(t, &a, g_good, rate, z);
            continue;
        }
        rt_fit_step(t->start, loss);
        memcpy(good, z, n * sizeof *z);
        memcpy(g_good, g, n * sizeof *g);
        since = loss < best ? 0 : since + 1;
        best = loss < best ? loss : best;
        if (rt_trial_reached(t) || settled(before, loss, o[CRNL_FIT_TOLERANCE]) ||
            (o[CRNL_FIT_PATIENCE] > 0 && since >= (int64_t)o[CRNL_FIT_PATIENCE])) {
            break;
        }
        before = loss;
        step(t, &a, g, rate, z);
    }
    if (t->draw > 0) {
        keep_last(t, good, before);
    }
    free(a.m);
    free(a.v);
    free(g);
    free(good);
    free(g_good);
}

static const struct rt_fit_rule rule = {rt_adam_run, rt_adam_prepare};

const struct crnl_minimizer crnl_minimize_adam = {
    .name = "adam", .n_options = sizeof options / sizeof *options, .option = options, .rule = &rule};
