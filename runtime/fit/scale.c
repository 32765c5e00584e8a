/* Scales of parameters without bounds and logarithm. One that starts at 1e-12 where the loss wants 0.7 is
 * as good as 0: the loss does not notice when it is doubled, nor do differences, and every method takes
 * that for the end. Its scale is how far it has to go for the loss to notice. */
#include <math.h>
#include <stdlib.h>

#include "rt_fit.h"

/* Parts of the loss: what is not noticed, and what a step on the scale is to change. */
static const double unnoticed = 1e-4, noticed = 1e-2;
static const double step = 10, farthest = 1e15;

static bool has_own_scale(const struct rt_fit *fit, int32_t i)
{
    return !fit->is_log[i] && fit->hi[i] == INFINITY;
}

/* How far z[i] has to go, in units of now; 1 if that is not known, and 0 if no farther. */
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

/* Factors of the n elements of a target from `first` on. An array has one size (size_of_target): where the
 * loss notices one element at once, all are of the right size. */
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
    struct rt_trial *t = rt_trial_create(fit, &start, rt_threads(fit->ctx));
    bool any = false;
    for (int32_t i = 0; i < fit->n; i++) {
        any |= has_own_scale(fit, i);
    }
    rt_fit_first(t, z);
    if (any && rt_trial_loss(t, z, &loss, NULL) && loss != 0) {
        for (int32_t i = 0; i < fit->n; i += fit->spec->count[fit->target[i]]) {
            of_target(t, z, i, fit->spec->count[fit->target[i]], loss, factor);
        }
        for (int32_t i = 0; i < fit->n; i++) { /* only now: what is tried is on the scales of before */
            fit->scale[i] *= factor[i];
        }
    }
    atomic_store(&fit->fatal, 0); /* what went too far is no failure of the fit */
    rt_trial_destroy(t);
    free(start.z);
    free(start.series);
    free(start.why);
    free(z);
    free(factor);
}
