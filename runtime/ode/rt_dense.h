/* Small systems of linear equations. */
#ifndef RT_DENSE_H
#define RT_DENSE_H

#include <stdbool.h>
#include <stdint.h>

/* Solves a y = b for n_sides right sides by elimination with row pivots. The matrix a, [n][n] by columns, is
 * lost; b, [n_sides][n], becomes the solutions. Returns false if a pivot is not above `least`: rows are
 * dependent, or an entry is not a number, and b is undefined. */
bool rt_dense_solve(double *a, double *b, int32_t n, int32_t n_sides, double least);

#endif
