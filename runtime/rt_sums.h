/* Sums over the runs of an ensemble: statistics along their courses, means and deviations of their rows.
 * Sums of doubles depend on the order, so the order depends only on the numbers of the runs: the runs of a
 * block, which begins at a multiple of RT_BLOCK_RUNS, one after the other; then the two halves of each
 * aligned pair of blocks, of pairs, and so on, as in a binary tree whose leaves are the blocks; and in the
 * end what is left of an incomplete tree, from the last part to the first. So it does not matter where, and
 * together with what else, a part was added up. */
#ifndef RT_SUMS_H
#define RT_SUMS_H

#include "rt_run.h"

enum { RT_BLOCK_RUNS = 64 };

/* Runs first .. first + n: the first runs of a block, a block, or 2, 4, 8, ... blocks. */
struct rt_sum {
    int64_t first, n;
    struct rt_band band;
    struct rt_stat_sum *stat; /* [m->n_stats] */
};
struct rt_stat_sum {
    struct rt_moments *moments; /* [crnl_stat_width] NULL: no sums, but values of runs */
    struct rt_histogram histogram;
};

/* Consecutive parts, each as large as possible, and then perhaps the first runs of a block. */
struct rt_sums {
    const struct rt_job *job;
    struct rt_sum *part;
    size_t n, cap;
};
/* Whether the statistic has sums. */
bool rt_is_summed(const struct rt_job *job, const struct crnl_stat_request *q);
/* The run after the last one; 0: there is none. */
int64_t rt_sums_next(const struct rt_sums *s);
/* Adds that run, or any run if it is the first one, without its rows; returns false for another run. */
bool rt_sums_add(struct rt_sums *s, const struct rt_recorder *r);
/* Adds rows of the run that is added next. */
void rt_sums_rows(struct rt_sums *s, int64_t run, const double *row, int64_t n);
/* Appends a part of n runs, to be filled with sums made elsewhere and then joined; NULL: it cannot be such a
 * part. */
struct rt_sum *rt_sums_take(struct rt_sums *s, int64_t first, int64_t n);
void rt_sums_join(struct rt_sums *s);
/* Whether there are rows. */
bool rt_sums_have_rows(const struct rt_sums *s);
/* All sums as one part, which s owns; NULL: there is none. */
struct rt_sum *rt_sums_all(struct rt_sums *s);
void rt_sums_free(struct rt_sums *s);

#endif
