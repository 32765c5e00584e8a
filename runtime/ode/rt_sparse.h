/* A sparse linear system solved by KLU, whose values change while its pattern does not. */
#ifndef RT_SPARSE_H
#define RT_SPARSE_H

#include <klu.h>
#include <stdbool.h>

/* The pattern, by columns, belongs to the caller and must outlive this. A zero-initialised system may be
 * destroyed. */
struct rt_sparse {
    int n;
    int *column, *row; /* [n + 1], [column[n]] */
    double least;      /* smallest ratio of the least to the largest pivot; below it the factors are
                          useless */
    klu_symbolic *symbolic;
    klu_numeric *factors; /* the last factors; the next ones use the same pivots as long as these are good */
    klu_common common;
};

/* Returns false if there is no order of elimination, as for a matrix with an empty column. */
bool rt_sparse_create(struct rt_sparse *s, int n, int *column, int *row, double least);
void rt_sparse_destroy(struct rt_sparse *s);
/* Factorises the matrix with these values, [column[n]]. Returns false if it has no factors. */
bool rt_sparse_factor(struct rt_sparse *s, double *value);
/* Whether no pivot of the last factors is too small compared with the others. */
bool rt_sparse_is_regular(struct rt_sparse *s);
/* x := A^-1 x, or A^-T x. */
bool rt_sparse_solve(struct rt_sparse *s, bool transposed, double *x);

#endif
