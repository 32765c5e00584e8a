/* The work of a statement, distributed over the ranks of a world (rt_world.h): items 0 .. n, in consecutive
 * blocks, go to whichever rank asks next. Other ranks send the results of their items to rank 0, which says
 * up to where items may be claimed, so that it never has to keep more than it has room for.
 *
 * From rt_share_begin to rt_share_end each rank has a thread that communicates with the others; callbacks
 * are called in it. The size of blocks depends on how long they took. */
#ifndef RT_SHARE_H
#define RT_SHARE_H

#include "rt_world.h"

struct rt_share_work {
    int64_t first;        /* rank 0: earlier items are complete */
    int64_t n, align;     /* blocks end at multiples of align, or at n; 1: anywhere */
    int64_t threads;      /* number of items that this rank computes at the same time */
    int64_t beside;       /* number of items that a thread of this rank computes side by side, at least 1 */
    uint64_t fingerprint; /* hash of what must be the same on all ranks here */
    struct crnl_ctx *ctx; /* to report, with --verbose, ... */
    int32_t line;         /* ... the cost for rank 0 */
    void *env;
    /* Rank 0: called with what rt_share_put got. */
    void (*arrived)(void *env, int64_t item, const char *data, size_t n);
    /* Rank 0: called often, because the work may have to end although items of others are missing. */
    void (*look)(void *env);
    /* Other ranks: called when rank 0 needs no more. */
    void (*stopped)(void *env);
};

struct rt_share;
/* *share is set before any callback. */
void rt_share_begin(struct rt_world *w, const struct rt_share_work *work, struct rt_share **share);
/* Claims a block of items for this rank, after all its earlier ones. The result may also be that none is
 * left, or, without `wait`, that none is available now. */
enum rt_claim { RT_CLAIM_BLOCK, RT_CLAIM_NOTHING_NOW, RT_CLAIM_OVER };
enum rt_claim rt_share_claim(struct rt_share *s, bool wait, int64_t *first, int64_t *end);
/* Rank 0: whether a rank has claimed the item. Other ranks do not know. */
bool rt_share_is_claimed(struct rt_share *s, int64_t item);
/* Rank 0: allows items below to be claimed. */
void rt_share_open(struct rt_share *s, int64_t below);
/* Rank 0: ends claiming, and tells the other ranks. */
void rt_share_stop(struct rt_share *s);
/* Other ranks: takes the bytes of `item`, and perhaps of more items; waits while too many are in transit. */
void rt_share_put(struct rt_share *s, int64_t item, struct rt_buffer *data);
/* Waits for all ranks. Rank 0: everything that others sent has then arrived. Frees s. */
void rt_share_end(struct rt_share *s);

#endif
