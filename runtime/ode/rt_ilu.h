/* Incomplete factors of I - gamma J on its own pattern, ILU(0) (Meijerink, van der Vorst 1977), and
 * operations on vectors and rows that are used with them. Sums are computed in eight lanes. */
#ifndef RT_ILU_H
#define RT_ILU_H

#include "rt_linear.h"

/* Entries by rows are read in fours, so an array of them needs as many entries more at its end. */
enum { RT_ILU_BEYOND = 3 };

struct rt_ilu {
    int32_t n, nnz;
    int32_t *ptr, *col, *diagonal; /* rows with sorted columns; positions of the diagonals */
    double *values;                /* values of the factors: the lower one without its unit diagonal */
    double *inverse;               /* [n] inverse of the diagonal of the upper factor */
    double *plain;                 /* [n] inverse of the diagonal of the matrix */
    double *row;                   /* [n] scratch: the row that is being eliminated, by columns */
};

/* `place`: the position of each entry of the Jacobian by rows; -1: the entry is 0. */
void rt_ilu_create(struct rt_ilu *f, const struct rt_pattern *p, const struct rt_jacobian *jac,
                   int32_t *place);
void rt_ilu_destroy(struct rt_ilu *f);
/* Factorises I - gamma J, with J by rows. Returns false if a pivot is 0 or not finite; only the diagonal can
 * then be used. */
bool rt_ilu_factorise(struct rt_ilu *f, const double *jacobian, double gamma);
void rt_ilu_solve(const struct rt_ilu *f, bool diagonal, const double *b, double *x);
/* to <- (I - gamma J) v */
void rt_rows_times(const struct rt_ilu *f, const double *jacobian, double gamma, const double *v, double *to);

double rt_dot(const double *a, const double *b, int32_t n);
double rt_norm(const double *a, int32_t n);
void rt_add_times(double *to, double by, const double *a, int32_t n);
void rt_scale(double *a, double by, int32_t n);

#endif
