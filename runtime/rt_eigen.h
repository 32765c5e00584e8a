/* Eigenvalues of small dense matrices, given by rows. The matrix is lost; values come the largest first.
 * False: some did not converge. */
#ifndef RT_EIGEN_H
#define RT_EIGEN_H

#include <complex.h>
#include <stdbool.h>

bool rt_eigenvalues(double *a, int n, double complex *value);
/* Of a matrix with nothing below its first subdiagonal. */
bool rt_eigenvalues_hessenberg(double complex *a, int n, double complex *value);

#endif
