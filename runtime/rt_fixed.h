/* Rate constants of a run, and the amounts that it keeps fixed: `clamp` and `hold`. */
#ifndef RT_FIXED_H
#define RT_FIXED_H

#include "rt_ctx.h"

/* constants.c: the parameters and constants with the binds for the next run; rt_constants_drop releases
 * them. The parameters are computed and copied to n->run_param. */
struct rt_constants *rt_constants_take(struct crnl_ctx *ctx, struct rt_network *n, bool stochastic,
                                       double volume);
/* Computes c->k; CRNL_BAD_PROPENSITY if a value is not a valid rate constant. */
int rt_constants_rates(struct rt_constants *c, struct crnl_ctx *ctx, struct rt_network *n,
                       struct rt_error *e);
void rt_constants_drop(struct rt_constants *c); /* NULL: nothing */
/* The constants with the amounts fixed for the next run; rt_clamped_drop releases them. *is_new: they differ
 * from those of the last run of this kind. */
struct rt_clamped *rt_clamped_take(struct rt_network *n, struct rt_constants *c, bool *is_new);
void rt_clamped_drop(struct rt_clamped *c); /* NULL: nothing */

/* fixed.c */
/* Warns, once per network, if reactions that are switched off also change amounts that are not bound:
 * clamping then differs from undoing the changes of the clamped amounts at once (paper 000, section 3.1). */
void rt_warn_clamped(struct crnl_ctx *ctx, int32_t line, struct rt_network *n);
/* The network's model, or a copy of it in *held whose reactions do not change held amounts. The copy has no
 * code of its own and uses the tables of the library. */
const struct crnl_model *rt_hold_model(const struct rt_network *n, struct crnl_model *held);
void rt_hold_free(struct crnl_model *held);
/* Ends the clamps and holds of this run. */
void rt_hold_end(struct rt_network *n);

#endif
