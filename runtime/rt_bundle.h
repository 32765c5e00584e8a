/* Consecutive runs of an ensemble as bytes, which other ranks send to rank 0 and which the checkpoint keeps.
 * Values of runs are stored one after the other; sums (rt_sums.h) are stored for whole blocks where
 * possible, and otherwise for each run with its rows. The collector reads bundles (rt_collect_bundle). */
#ifndef RT_BUNDLE_H
#define RT_BUNDLE_H

#include "rt_sums.h"
#include "runtime/mpi/rt_pack.h"

struct rt_bundle {
    const struct rt_job *job;
    enum rt_rows_needed rows;
    int64_t first, n; /* the runs in the bundle */
    bool in_block;    /* the block of the last run is summed here, and further runs of it follow */
    struct rt_buffer of_first, t, *value, parts; /* value: [n_stats] */
    bool *is_unknown;                            /* [n_stats] */
    struct rt_sums sums;                         /* sums after `parts` */
};
void rt_bundle_init(struct rt_bundle *b, const struct rt_job *job, enum rt_rows_needed rows);
/* Whether anything is added up. */
bool rt_bundle_has_sums(const struct rt_bundle *b);
/* Adds a run without an error, the first one or the next. Blocks that begin with it may be summed up. */
void rt_bundle_add(struct rt_bundle *b, struct rt_recorder *r, bool by_blocks);
/* The number of bytes so far, without sums. */
size_t rt_bundle_bytes(const struct rt_bundle *b);
/* Writes the bundle to an empty buffer; the bundle is empty afterwards. */
void rt_bundle_write(struct rt_bundle *b, struct rt_buffer *to);
void rt_bundle_free(struct rt_bundle *b);

/* The format, in order: the number of runs; for run 0 its notes and, if those of other runs are not needed,
 * its rows; ends of runs; for each statistic whether it is unknown, and its values; then parts, which begin
 * with the first run and the number of runs, 0: that run alone, with its rows. */
void rt_unpack_run(struct rt_unpack *u, struct rt_recorder *r);
/* Reads a sum after those of s; returns false if it does not fit. */
bool rt_unpack_sum(struct rt_unpack *u, struct rt_sums *s, int64_t first, int64_t n);

#endif
