/* Profile likelihoods: the least loss with one parameter held at a value, for values on both sides of the
 * best. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_fit.h"
#include "runtime/rt_workers.h"

static const double deviations = 3,
                    widest = 2.3; /* of the standard error; in z where there is none (ln 10) */

struct profiles {
    struct rt_fit *fit;
    const struct rt_fit_start *best;
    const double *error;
    int32_t points;
    double *profile;
};

/* The least loss with z[i] where it is, from z on, which moves there. */
static double least(struct rt_trial *t, int32_t i, double *z)
{
    double lo = t->lo[i], hi = t->hi[i], loss;
    t->start->loss = INFINITY;
    t->lo[i] = t->hi[i] = z[i];
    if (rt_trial_loss(t, z, &loss, NULL)) {
        t->fit->spec->minimizer->rule->run(t, z);
        memcpy(z, t->start->z, (size_t)t->fit->n * sizeof *z);
    }
    t->lo[i] = lo;
    t->hi[i] = hi;
    return t->start->loss;
}

static void profile_one(void *env, int64_t number)
{
    struct profiles *p = env;
    struct rt_fit *fit = p->fit;
    int32_t i = (int32_t)number, n = fit->n;
    struct rt_fit_start s = {.z = rt_alloc((size_t)n, sizeof(double)), .loss = INFINITY};
    struct rt_trial *t = rt_trial_create(fit, &s, 1);
    double *z = rt_alloc((size_t)n, sizeof *z), *x = rt_alloc((size_t)n, sizeof *x), centre = p->best->z[i];
    rt_fit_to_x(fit, p->best->z, x);
    double width = deviations * p->error[i] / (fit->is_log[i] ? fabs(x[i]) : fit->scale[i]);
    width = width < widest ? width : widest;
    width = width > 0 ? width : widest;
    double from = centre - width < t->lo[i] ? t->lo[i] : centre - width;
    double to = centre + width > t->hi[i] ? t->hi[i] : centre + width;
    for (int way = 0; way < 2; way++) {
        memcpy(z, p->best->z, (size_t)n * sizeof *z);
        for (int32_t k = 0; k < p->points; k++) {
            int32_t point = way ? k : p->points - 1 - k;
            double at = from + (to - from) * point / (p->points - 1);
            if ((way ? at < centre : at >= centre) || rt_trial_is_over(t)) {
                continue;
            }
            z[i] = at;
            double loss = least(t, i, z);
            z[i] = at;
            rt_fit_to_x(fit, z, x);
            double *out = p->profile + ((size_t)i * (size_t)p->points + (size_t)point) * 2;
            out[0] = x[i];
            out[1] = loss;
        }
    }
    free(z);
    free(x);
    rt_trial_destroy(t);
    free(s.z);
    free(s.series);
    free(s.why);
}

void rt_fit_profile(struct rt_fit *fit, const struct rt_fit_start *best, const double *error, int32_t points,
                    double *profile)
{
    struct profiles p = {fit, best, error, points, profile};
    int threads = rt_threads(fit->ctx);
    struct rt_workers *workers = rt_workers_create(threads < fit->n ? threads : fit->n);
    for (size_t i = 0; i < 2 * (size_t)fit->n * (size_t)points; i++) {
        profile[i] = NAN;
    }
    rt_workers_run(workers, fit->n, profile_one, &p);
    rt_workers_destroy(workers);
}
