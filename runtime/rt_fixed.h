/* Amounts that a run keeps fixed: `clamp` and `hold`. */
#ifndef RT_FIXED_H
#define RT_FIXED_H

#include "rt_ctx.h"

/* The reactions that change a clamped amount get the constant 0. */
void rt_clamp_constants(const struct rt_network *n, double *k);
/* Warns, once for a network, where reactions that are switched off change amounts that are free too: what is clamped is then not as if
 * its changes were undone at once (paper 000, section 3.1). */
void rt_warn_clamped(struct crnl_ctx *ctx, int32_t line, struct rt_network *n);
/* The network's model, or a copy in *held whose reactions do not change what is held: it has no code of its own, the
 * library's tables serve. */
const struct crnl_model *rt_hold_model(const struct rt_network *n, struct crnl_model *held);
void rt_hold_free(struct crnl_model *held);
/* Ends what was fixed for this run. */
void rt_hold_end(struct rt_network *n);

#endif
