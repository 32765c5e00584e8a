/* Incomplete factors of I - gamma J on its own pattern, ILU(0) (Meijerink, van der Vorst 1977), and what
 * goes over vectors and rows beside them. Sums are in eight lanes. */
#ifndef RT_ILU_H
#define RT_ILU_H

#include "rt_linear.h"

struct rt_ilu {
    int32_t n, nnz;
    int32_t *ptr, *col, *diagonal; /* rows, columns in order; where their diagonals are */
    double *values;                /* of the factors: the lower one without its diagonal of ones */
    double *inverse;               /* [n] of the upper one's diagonal */
    double *plain;                 /* [n] of that of the matrix */
    int32_t *at;                   /* [n] scratch: where a column is in the row at hand, plus 1 */
};

/* `place`: where each entry of the Jacobian is by rows; -1: it is 0. */
void rt_ilu_create(struct rt_ilu *f, const struct rt_pattern *p, const struct rt_jacobian *jac,
                   int32_t *place);
void rt_ilu_destroy(struct rt_ilu *f);
/* Of I - gamma J, J by rows; false: a pivot is 0 or not finite, and only the diagonal is of use. */
bool rt_ilu_factorise(struct rt_ilu *f, const double *jacobian, double gamma);
void rt_ilu_solve(const struct rt_ilu *f, bool diagonal, const double *b, double *x);
/* to <- (I - gamma J) v */
void rt_rows_times(const struct rt_ilu *f, const double *jacobian, double gamma, const double *v, double *to);

double rt_dot(const double *a, const double *b, int32_t n);
double rt_norm(const double *a, int32_t n);
void rt_add_times(double *to, double by, const double *a, int32_t n);
void rt_scale(double *a, double by, int32_t n);

#endif
