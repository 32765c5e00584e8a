/* Small systems of linear equations, by SUNDIALS. */
#include <math.h>
#include <stdlib.h>
#include <sundials/sundials_dense.h>

#include "runtime/rt_base.h"
#include "rt_dense.h"

bool rt_dense_solve(double *a, double *b, int32_t n, int32_t n_sides, double least)
{
    double **column = rt_alloc((size_t)n, sizeof *column);
    sunindextype *row = rt_alloc((size_t)n, sizeof *row);
    for (int32_t j = 0; j < n; j++) {
        column[j] = a + (size_t)j * (size_t)n;
    }
    bool regular = SUNDlsMat_denseGETRF(column, n, n, row) == 0;
    for (int32_t j = 0; j < n && regular; j++) {
        regular = fabs(column[j][j]) > least;
    }
    for (int32_t k = 0; k < n_sides && regular; k++) {
        SUNDlsMat_denseGETRS(column, n, row, b + (size_t)k * (size_t)n);
    }
    free(column);
    free(row);
    return regular;
}
