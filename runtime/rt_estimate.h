/* --estimate: a few of the many alike pieces that a statement has are run, runs, rows, epochs, starts, and
 * from what they took it is said how long all would take, on how many cores. Nothing else is given out. One
 * thread computes, and its processor time is what counts. */
#ifndef RT_ESTIMATE_H
#define RT_ESTIMATE_H

#include "rt_ctx.h"

struct rt_estimate;
struct rt_estimate *rt_estimate_create(void);
void rt_estimate_destroy(struct rt_estimate *e); /* NULL: nothing */

/* In all of these ctx->estimate may be NULL, and then nothing happens and nothing is enough. */

/* Seconds of this thread now: where pieces begin. */
double rt_estimate_now(const struct crnl_ctx *ctx);
/* Whether pieces that began then have taken the share of a statement's time that `part` of them may; 0 <
 * part <= 1. */
bool rt_estimate_is_enough(const struct crnl_ctx *ctx, double began, double part);
/* Of a statement: `done` pieces out of `all` have taken the time since `began`; all are of `units` that may
 * go on side by side. They are called `what` of `name`, "runs" of "bd". */
struct rt_pieces {
    const char *what, *name; /* what NULL: a part of one run */
    double done, all, units;
};
void rt_estimate_add(struct crnl_ctx *ctx, int32_t line, double began, const struct rt_pieces *p);
/* How far a run is, and a loop of the experiment, in case it is cut short. */
void rt_estimate_progress(const struct crnl_ctx *ctx, double fraction);
void rt_estimate_turn(const struct crnl_ctx *ctx, int64_t i, int64_t total);
/* ... of the run that was cut short; 0: not known. */
double rt_estimate_part(const struct crnl_ctx *ctx);
/* A single run begins, and was cut short if `is_cut`. */
void rt_estimate_single_begin(struct crnl_ctx *ctx);
void rt_estimate_single_end(struct crnl_ctx *ctx, int32_t line, const char *name, bool is_cut);

/* On stdout: what is known. */
void rt_estimate_print(const struct crnl_ctx *ctx);

#endif
