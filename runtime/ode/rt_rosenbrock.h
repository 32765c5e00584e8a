/* Steps of the Rosenbrock method of rosenbrock_table.h, of one run or of several in the lanes of vectors.
 * Each lane has the operations of a run alone in the same order, so its bytes do not depend on the others. */
#ifndef RT_ROSENBROCK_H
#define RT_ROSENBROCK_H

#include <stdbool.h>
#include <stdint.h>

#include "rosenbrock_table.h"

/* Elimination in I - h G J without exchange of rows, in an order and with a pattern that are found once. The
 * pivots are those of the diagonal: which of them are large depends on units of amounts, which must change
 * nothing, and I - h G J becomes I as steps become shorter. Entries are kept in one array: the pattern with
 * fill, after it nothing. */
struct rosenbrock_factors {
    int32_t n, n_entries;
    int32_t n_jac, *place; /* place: [n_jac] position of each entry of the Jacobian */
    int32_t *pivot;        /* [n] the species that is eliminated as the k-th one */
    int32_t *diagonal;     /* [n] its entry */
    /* Rows below pivot k: [below[k], below[k + 1]); of each its species, its entry in the column of the
     * pivot, and changes [change[r], change[r + 1]) of other entries, by that entry times one of the pivot's
     * row. */
    int32_t *below, *row, *factor, *change, *target, *source;
    /* Entries of the pivot's row after the diagonal: [right[k], right[k + 1]), and their species. */
    int32_t *right, *entry, *column;
};
/* The pattern of the Jacobian by columns; NULL: it is full. */
void rosenbrock_factors_create(struct rosenbrock_factors *f, int32_t n, const int32_t *col,
                               const int32_t *row);
void rosenbrock_factors_destroy(struct rosenbrock_factors *f);

/* Numbers are [..][wide]. */
struct rosenbrock_step {
    const struct rosenbrock_factors *factors;
    int wide;
    bool reads_time;                             /* derivatives by time, times h, are in `by_time` */
    double *x, *f, *by_time, *jacobian, *weight; /* at the start */
    double *t, *h;
    double *u;      /* [ROSENBROCK_STAGES][n] */
    double *y;      /* [n] the end */
    double *error;  /* mean square of the weighted error; NaN: there is no step */
    double *longer; /* the factor by which the step may be longer for an error of 1, at most LONGEST */
    double *matrix, *inverse, *sum, *slope; /* scratch: [n_entries], [n], [n], [n] */
    int64_t *unsolved;                      /* not 0: a pivot vanished */
};
/* Allocates the arrays; `memory` of the result is freed as a whole. */
double *rosenbrock_step_create(struct rosenbrock_step *s, const struct rosenbrock_factors *f, int wide);

/* rhs: derivatives at a stage; not 0: the step ends with that, without a result. */
struct rosenbrock_code {
    int (*rhs)(void *env, const double *t, const double *x, double *dx);
    void *env;
};
struct rosenbrock_steps {
    int wide;
    bool (*is_here)(void);
    int (*step)(struct rosenbrock_step *s, const struct rosenbrock_code *code);
};
extern const struct rosenbrock_steps rosenbrock_one;

#endif
