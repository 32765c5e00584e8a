/* ADAM, for methods that search by it. Their options begin with RT_ADAM_OPTIONS. */
#ifndef RT_ADAM_H
#define RT_ADAM_H

#include "rt_fit.h"

#define RT_ADAM_OPTIONS(steps)                                                           \
    RT_FIT_COMMON(steps, 0), {.name = "lr", .value = 0.01, .least = 1e-12, .most = 1e6}, \
        {.name = "beta1", .value = 0.9, .least = 0, .most = 0.999999},                   \
        {.name = "beta2", .value = 0.999, .least = 0, .most = 0.99999999},               \
        {.name = "epsilon", .value = 1e-8, .least = 1e-300, .most = 1},                  \
        {.name = "sparse", .value = 0, .least = 0, .most = 1},                           \
        {.name = "clip", .value = 0, .least = 0, .most = 1e300},                         \
    {                                                                                    \
        .name = "fresh", .value = 0, .most = 1, .truth = 1                               \
    }
enum { RT_ADAM_MORE = CRNL_FIT_OPTIONS + 7 }; /* the first option after them */

/* Sets, for networks with a threshold of their rates (reaction tensors), the threshold of this fit from now
 * on. */
void rt_adam_prepare(const struct rt_fit *fit);
/* At most `steps` steps from z, which it leaves where the last one led; t->start keeps the best point. */
void rt_adam_run(struct rt_trial *t, double *z);

#endif
