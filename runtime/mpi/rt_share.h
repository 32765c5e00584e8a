/* The work of one statement, handed out over the ranks of a world (rt_world.h): items 0 .. n, in blocks
 * that follow one another, to whichever rank asks next. Other ranks send what comes of their items to
 * rank 0, which says up to where items may be claimed, so that it never has to keep more than it has room
 * for.
 *
 * Each rank has a thread that talks with the others from rt_share_begin to rt_share_end; what is called
 * back is called in it. How large blocks are follows from how long they took. */
#ifndef RT_SHARE_H
#define RT_SHARE_H

#include "rt_world.h"

struct rt_share_work {
    int64_t first;        /* rank 0: items before it are done */
    int64_t n, align;     /* blocks end at multiples of align, or at n; 1: anywhere */
    int64_t threads;      /* of this rank: items that go on side by side */
    uint64_t fingerprint; /* of what all ranks must have in common here */
    struct crnl_ctx *ctx; /* to say, with --verbose, ... */
    int32_t line;         /* ... what it has cost rank 0 */
    void *env;
    /* Rank 0: what rt_share_put was given. */
    void (*arrived)(void *env, int64_t item, const char *data, size_t n);
    /* Rank 0, often: the work may have to end although items of others are missing. */
    void (*look)(void *env);
    /* Other ranks: rank 0 wants no more. */
    void (*stopped)(void *env);
};

struct rt_share;
/* *share is there before anything is called back. */
void rt_share_begin(struct rt_world *w, const struct rt_share_work *work, struct rt_share **share);
/* A block of items for this rank, behind all that it has had; or that none is left; or, without `wait`, that
 * none is at hand now. */
enum rt_claim { RT_CLAIM_BLOCK, RT_CLAIM_NOTHING_NOW, RT_CLAIM_OVER };
enum rt_claim rt_share_claim(struct rt_share *s, bool wait, int64_t *first, int64_t *end);
/* Rank 0: whether somebody has claimed the item. Other ranks do not know. */
bool rt_share_is_claimed(struct rt_share *s, int64_t item);
/* Rank 0: items below may be claimed. */
void rt_share_open(struct rt_share *s, int64_t below);
/* Rank 0: no more are claimed, and other ranks are told. */
void rt_share_stop(struct rt_share *s);
/* Another rank: takes the bytes, those of `item` and perhaps more; waits while too many are under way. */
void rt_share_put(struct rt_share *s, int64_t item, struct rt_buffer *data);
/* Waits for all ranks. Rank 0: everything that others sent has arrived before. Frees s. */
void rt_share_end(struct rt_share *s);

#endif
