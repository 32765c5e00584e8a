/* --estimate: a statement executes a few of its many similar pieces (runs, rows, epochs, starts), and from
 * their time it is estimated how long all would take, on how many cores. There is no other output. One
 * thread computes, and its processor time is measured. */
#ifndef RT_ESTIMATE_H
#define RT_ESTIMATE_H

#include "rt_ctx.h"

struct rt_estimate;
struct rt_estimate *rt_estimate_create(void);
void rt_estimate_destroy(struct rt_estimate *e); /* e may be NULL */

/* In all of these functions ctx->estimate may be NULL; they then do nothing, and nothing is enough. */

/* The processor time of this thread in seconds, to be taken when pieces begin. */
double rt_estimate_now(const struct crnl_ctx *ctx);
/* Whether the pieces that began then have used up a share `part` of the time for a statement; 0 < part <=
 * 1. */
bool rt_estimate_is_enough(const struct crnl_ctx *ctx, double began, double part);
/* Whether `times` as much work as since then is more than a small part of that time. */
bool rt_estimate_is_long(const struct crnl_ctx *ctx, double began, double times);
/* Records that `done` of the `all` pieces of a statement have taken the time since `began`. The pieces
 * belong to `units` that may run in parallel. They are called `what` of `name`, such as "runs" of "bd". */
struct rt_pieces {
    const char *what, *name; /* what = NULL: a part of a run */
    double done, all, units;
};
void rt_estimate_add(struct crnl_ctx *ctx, int32_t line, double began, const struct rt_pieces *p);
/* Records the progress of a run, and of a loop of the experiment, in case it is cut short. */
void rt_estimate_progress(const struct crnl_ctx *ctx, double fraction);
void rt_estimate_turn(const struct crnl_ctx *ctx, int64_t i, int64_t total);
/* The progress of the run that was cut short; 0: not known. */
double rt_estimate_part(const struct crnl_ctx *ctx);
/* Called when a single run begins, and when it ends; is_cut: it was cut short. */
void rt_estimate_single_begin(struct crnl_ctx *ctx);
void rt_estimate_single_end(struct crnl_ctx *ctx, int32_t line, const char *name, bool is_cut);

/* Prints the estimates to stdout. */
void rt_estimate_print(const struct crnl_ctx *ctx);

#endif
