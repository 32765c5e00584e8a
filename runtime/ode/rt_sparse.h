/* A sparse linear system by KLU, whose matrix changes while its pattern does not. */
#ifndef RT_SPARSE_H
#define RT_SPARSE_H

#include <klu.h>
#include <stdbool.h>

/* The pattern, by columns, is the caller's and lives as long as this. Zero-initialised it may be released. */
struct rt_sparse {
    int n;
    int *column, *row; /* [n + 1], [column[n]] */
    double least;      /* of the pivots, the least to the largest: below it the factors are no good */
    klu_symbolic *symbolic;
    klu_numeric *factors; /* the last ones: pivots of the next are theirs as long as these are good */
    klu_common common;
};

/* False: there is no order of elimination, as of a matrix with an empty column. */
bool rt_sparse_create(struct rt_sparse *s, int n, int *column, int *row, double least);
void rt_sparse_destroy(struct rt_sparse *s);
/* Of the matrix with these values, [column[n]]. False: it has no factors. */
bool rt_sparse_factor(struct rt_sparse *s, double *value);
/* Whether the last factors have no pivot that is too small beside the others. */
bool rt_sparse_is_regular(struct rt_sparse *s);
/* x := A^-1 x, or A^-T x. */
bool rt_sparse_solve(struct rt_sparse *s, bool transposed, double *x);

#endif
