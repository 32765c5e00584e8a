/* What runs of an ensemble leave that is added up: statistics along their courses, means and deviations of
 * their rows. Doubles add up to other bits in another order, so the order is one of the runs' numbers alone:
 * those of a block, which begins at a multiple of RT_BLOCK_RUNS, one after the other; then the two halves of
 * each aligned pair of blocks, of pairs, and so on, as in a binary tree whose leaves are the blocks; and at
 * the end what is left of an incomplete tree, from behind. So it does not matter where, and beside what else,
 * a part of it was added up. */
#ifndef RT_SUMS_H
#define RT_SUMS_H

#include "rt_run.h"

enum { RT_BLOCK_RUNS = 64 };

/* Runs first .. first + n: the first ones of a block, a block, or 2, 4, 8, ... blocks. */
struct rt_sum {
    int64_t first, n;
    struct rt_band band;
    struct rt_stat_sum *stat; /* [m->n_stats] */
};
struct rt_stat_sum {
    struct rt_moments *moments; /* [crnl_stat_width] NULL: it has no sums, but values of runs */
    struct rt_histogram histogram;
};

/* Parts that follow one another, each as large as it can be, and then perhaps the first runs of a block. */
struct rt_sums {
    const struct rt_job *job;
    struct rt_sum *part;
    size_t n, cap;
};
/* Whether something of the statistic is added up. */
bool rt_is_summed(const struct rt_job *job, const struct crnl_stat_request *q);
/* The run behind the last one; 0: there is none. */
int64_t rt_sums_next(const struct rt_sums *s);
/* That run, or any if it is the first one; false: it is another one. Its rows are not added. */
bool rt_sums_add(struct rt_sums *s, const struct rt_recorder *r);
/* Rows of the run that is added next. */
void rt_sums_rows(struct rt_sums *s, int64_t run, const double *row, int64_t n);
/* A part of so many runs behind what there is, to be filled with what was added up elsewhere, and joined
 * then; NULL: it cannot be one. */
struct rt_sum *rt_sums_take(struct rt_sums *s, int64_t first, int64_t n);
void rt_sums_join(struct rt_sums *s);
/* Whether there are rows. */
bool rt_sums_have_rows(const struct rt_sums *s);
/* One part of all; NULL: there is none. It is that of s. */
struct rt_sum *rt_sums_all(struct rt_sums *s);
void rt_sums_free(struct rt_sums *s);

#endif
