/* Amounts that a run keeps fixed: `clamp` and `hold`. */
#ifndef RT_FIXED_H
#define RT_FIXED_H

#include "rt_ctx.h"

/* The reactions that change a clamped amount get the constant 0. */
void rt_clamp_constants(const struct rt_network *n, double *k);
/* The network's model, or a copy in *held whose reactions do not change what is held: it has no code of its own, the
 * library's tables serve. */
const struct crnl_model *rt_hold_model(const struct rt_network *n, struct crnl_model *held);
void rt_hold_free(struct crnl_model *held);
/* Ends what was fixed for this run. */
void rt_hold_end(struct rt_network *n);

#endif
