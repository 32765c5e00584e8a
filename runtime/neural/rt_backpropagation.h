/* Backpropagation: declarations shared by the rule and its steps over rows. */
#ifndef RT_BACKPROPAGATION_H
#define RT_BACKPROPAGATION_H

#include "rt_learn.h"

/* Rows are computed in blocks, one in each lane, so that loops over lanes have a fixed length for the
 * compiler. */
enum { BP_LANES = 16 };
struct bp_lanes {
    float v[BP_LANES];
};

struct bp_trainer {
    struct rt_learning *l;
    bool taylor, one;
    int32_t n, n_visible, n_order;
    int32_t *order;             /* [n_order] units with incoming connections, each after the units from which
                                   they come */
    int32_t *ptr, *from, *edge; /* by unit: incoming connections, ptr[n + 2] as in crnl_csr.h, and their index
                                   in w */
    bool *is_target;            /* [n] */
    int32_t n_targets, n_params;
    float *p;              /* [n_params] w of the edges, theta */
    double *slope, *m, *q; /* [n_params] slope of the batch; moments of ADAM */
    int64_t steps;
    double beta, rate, best_loss, best_accuracy;
    struct bp_lanes *mean, *up, *down, *back,
        *target, *share; /* [n] p_i; derivatives by A, B and p_i; values of rows; `one`: shares of the odds */
    int32_t *row; /* order of the rows */
};

static inline int32_t bp_edges(const struct bp_trainer *t)
{
    return t->l->m->n_edges;
}

/* The loss of n rows, summed over rows and averaged over targets (if exactly one is on: summed). The number
 * of rows whose most likely values are those of the targets is added to *right. If `learns`, slopes are
 * added to t->slope. */
double bp_rows(struct bp_trainer *t, const struct rt_learn_rows *r, const int32_t *row, int32_t n,
               bool learns, int32_t *right);

#endif
