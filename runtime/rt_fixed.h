/* Rate constants of a run, and amounts that it keeps fixed: `clamp` and `hold`. */
#ifndef RT_FIXED_H
#define RT_FIXED_H

#include "rt_ctx.h"

/* constants.c: under what is bound for the next run; to be dropped. The parameters are there, and are put
 * into n->run_param. */
struct rt_constants *rt_constants_take(struct crnl_ctx *ctx, struct rt_network *n, bool stochastic,
                                       double volume);
/* Computes c->k; CRNL_BAD_PROPENSITY if one is no rate constant. */
int rt_constants_rates(struct rt_constants *c, struct crnl_ctx *ctx, struct rt_network *n,
                       struct rt_error *e);
void rt_constants_drop(struct rt_constants *c); /* NULL: nothing */
/* With what is fixed for the next run; to be dropped. *is_new: it was not so in the last run of this kind. */
struct rt_clamped *rt_clamped_take(struct rt_network *n, struct rt_constants *c, bool *is_new);
void rt_clamped_drop(struct rt_clamped *c); /* NULL: nothing */

/* fixed.c */
/* Warns, once for a network, where reactions that are switched off change amounts too of which the run is
 * given nothing: what is clamped is then not as if its changes were undone at once (paper 000, section
 * 3.1). */
void rt_warn_clamped(struct crnl_ctx *ctx, int32_t line, struct rt_network *n);
/* The network's model, or a copy in *held whose reactions do not change what is held: it has no code of
 * its own, the library's tables serve. */
const struct crnl_model *rt_hold_model(const struct rt_network *n, struct crnl_model *held);
void rt_hold_free(struct crnl_model *held);
/* Ends what was fixed for this run. */
void rt_hold_end(struct rt_network *n);

#endif
