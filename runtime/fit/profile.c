/* Profile likelihoods: the least loss with one parameter fixed, for values on both sides of the best one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_fit_parts.h"

static const double deviations = 3, widest = 2.3; /* in standard errors; in z if there is none (ln 10) */

struct profiles {
    struct rt_fit *fit;
    const struct rt_fit_start *best;
    const double *error;
    int32_t points;
};

/* The least loss with z[i] fixed, starting from z, which moves to the minimum. */
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

/* One parameter on one side of the best value: out[points, 2], NaN on the other side. */
static void profile_side(void *env, int64_t number, struct rt_meeting *m, double *out)
{
    struct profiles *p = env;
    struct rt_fit *fit = p->fit;
    int32_t i = (int32_t)(number / 2), n = fit->n;
    bool above = number % 2 == 1;
    struct rt_fit_start s = {.z = rt_alloc((size_t)n, sizeof(double)), .loss = INFINITY};
    struct rt_trial *t = rt_trial_create(fit, &s, 1, m);
    double *z = rt_copy(p->best->z, (size_t)n, sizeof *z), *x = rt_alloc((size_t)n, sizeof *x);
    double centre = z[i];
    rt_fit_to_x(fit, z, x);
    double width = deviations * p->error[i] / (fit->is_log[i] ? fabs(x[i]) : fit->scale[i]);
    width = width < widest ? width : widest;
    width = width > 0 ? width : widest;
    double from = centre - width < t->lo[i] ? t->lo[i] : centre - width;
    double to = centre + width > t->hi[i] ? t->hi[i] : centre + width;
    for (int32_t k = 0; k < p->points; k++) {
        int32_t point = above ? k : p->points - 1 - k;
        double at = from + (to - from) * point / (p->points - 1);
        out[2 * point] = out[2 * point + 1] = NAN;
        if ((above ? at < centre : at >= centre) || rt_fit_is_held(fit, i) || rt_trial_is_over(t)) {
            continue;
        }
        z[i] = at;
        double loss = least(t, i, z);
        z[i] = at;
        rt_fit_to_x(fit, z, x);
        out[2 * point] = x[i];
        out[2 * point + 1] = loss;
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
    struct profiles p = {fit, best, error, points};
    int64_t width = 2 * (int64_t)points, n = 2 * (int64_t)fit->n;
    double *side = rt_alloc((size_t)(n * width), sizeof *side);
    for (int64_t i = 0; i < n * width; i++) {
        side[i] = NAN; /* for parts that are not run because the fit is over */
    }
    rt_fit_run_values(fit, best, RT_FIT_PROFILES, n, width, profile_side, &p, side);
    for (int64_t i = 0; i < fit->n; i++) {
        for (int64_t k = 0; k < width; k += 2) {
            const double *below = side + 2 * i * width + k, *above = below + width;
            memcpy(profile + i * width + k, below[0] == below[0] ? below : above, 2 * sizeof *profile);
        }
    }
    free(side);
}
