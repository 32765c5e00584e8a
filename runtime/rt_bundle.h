/* Runs of an ensemble that follow one another, as bytes: what other ranks send to rank 0, and what the
 * checkpoint keeps. Values of runs are there one after the other; what is added up (rt_sums.h) is there as
 * sums of whole blocks where that is possible, and else of each run with its rows. The collector reads them
 * (rt_collect_bundle). */
#ifndef RT_BUNDLE_H
#define RT_BUNDLE_H

#include "rt_sums.h"
#include "runtime/mpi/rt_pack.h"

struct rt_bundle {
    const struct rt_job *job;
    enum rt_rows_needed rows;
    int64_t first, n; /* runs that are in it */
    bool in_block;    /* the block of the last run is added up here, and there are more runs of it to come */
    struct rt_buffer of_first, t, *value, parts; /* value: [n_stats] */
    bool *is_unknown;                            /* [n_stats] */
    struct rt_sums sums;                         /* behind `parts` */
};
void rt_bundle_init(struct rt_bundle *b, const struct rt_job *job, enum rt_rows_needed rows);
/* Whether anything is added up. */
bool rt_bundle_has_sums(const struct rt_bundle *b);
/* A run without an error, the first one or the next. Blocks that begin with it may be added up. */
void rt_bundle_add(struct rt_bundle *b, struct rt_recorder *r, bool by_blocks);
/* How many there would be now, but for sums. */
size_t rt_bundle_bytes(const struct rt_bundle *b);
/* To an empty buffer; the bundle is empty then. */
void rt_bundle_write(struct rt_bundle *b, struct rt_buffer *to);
void rt_bundle_free(struct rt_bundle *b);

/* What is written, in this order: how many runs; of run 0 its notes and, if those of other runs are not
 * needed, its rows; ends of runs; of each statistic whether it is unknown, and its values; then parts, which
 * begin with the first run and how many they are of, 0: that run alone, with its rows. */
void rt_unpack_run(struct rt_unpack *u, struct rt_recorder *r);
/* Behind what s has; false: it cannot be. */
bool rt_unpack_sum(struct rt_unpack *u, struct rt_sums *s, int64_t first, int64_t n);

#endif
