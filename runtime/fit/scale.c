/* Scales of parameters without bounds and logarithm. If a parameter starts at 1e-12 while the best value is
 * 0.7, the loss does not change noticeably when it is doubled, nor do differences, and every method takes
 * that for a minimum. Its scale is therefore the distance at which the loss changes noticeably. */
#include <math.h>
#include <stdlib.h>

#include "rt_fit.h"

/* Relative changes of the loss: smaller than noticeable, and the change that a step of one scale should
 * cause. */
static const double unnoticed = 1e-4, noticed = 1e-2;
static const double step = 10, farthest = 1e15;

static bool has_own_scale(const struct rt_fit *fit, int32_t i)
{
    return !fit->is_log[i] && fit->hi[i] == INFINITY;
}

/* How far z[i] has to move, in units of the present scale; 1 if that is not known, 0 if the present scale is
 * right. */
static double reach(struct rt_trial *t, double *z, int32_t i, double loss)
{
    const double from = z[i];
    double reached = 1, changed = 0;
    for (double h = 1; h <= farthest && changed < noticed && !rt_trial_is_over(t); h *= step) {
        double there;
        z[i] = from + h;
        if (!(z[i] <= t->hi[i]) || !rt_trial_loss(t, z, &there, NULL)) {
            break;
        }
        changed = fabs(there - loss) / fabs(loss);
        if (changed >= unnoticed) {
            reached = h;
        }
        if (h == 1 && changed >= unnoticed) {
            reached = 0;
            break;
        }
    }
    z[i] = from;
    return reached;
}

/* Finds factors for the n elements of a target from `first` on. An array has one size (size_of_target): if
 * the loss notices one element immediately, the scales of all elements are right. */
static void of_target(struct rt_trial *t, double *z, int32_t first, int32_t n, double loss, double *factor)
{
    bool fits = false;
    for (int32_t i = first; i < first + n && !fits; i++) {
        factor[i] = has_own_scale(t->fit, i) ? reach(t, z, i, loss) : 1;
        fits = factor[i] == 0;
    }
    for (int32_t i = first; i < first + n && fits; i++) {
        factor[i] = 1;
    }
}

void rt_fit_scales(struct rt_fit *fit)
{
    size_t n = (size_t)fit->n;
    struct rt_fit_start start = {.z = rt_alloc(n, sizeof *start.z), .loss = INFINITY, .first = INFINITY};
    double *z = rt_alloc(n, sizeof *z), *factor = rt_alloc(n, sizeof *factor), loss;
    struct rt_trial *t = rt_trial_create(fit, &start, rt_threads(fit->ctx), NULL);
    bool any = false;
    for (int32_t i = 0; i < fit->n; i++) {
        any |= has_own_scale(fit, i);
    }
    rt_fit_first(t, z);
    if (any && rt_trial_loss(t, z, &loss, NULL) && loss != 0) {
        for (int32_t i = 0; i < fit->n; i += fit->spec->count[fit->target[i]]) {
            of_target(t, z, i, fit->spec->count[fit->target[i]], loss, factor);
        }
        /* not earlier, because the evaluations use the scales so far */
        for (int32_t i = 0; i < fit->n; i++) {
            fit->scale[i] *= factor[i];
        }
    }
    atomic_store(&fit->fatal, 0); /* a failure far away is not a failure of the fit */
    rt_trial_destroy(t);
    free(start.z);
    free(start.series);
    free(start.why);
    free(z);
    free(factor);
}
