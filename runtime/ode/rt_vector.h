/* Vectors of SUNDIALS. Its solvers make more of a vector without looking whether there was memory (6.4.1: N_VClone writes into
 * NULL), so the vectors that they are given make their copies here. */
#ifndef RT_VECTOR_H
#define RT_VECTOR_H

#include <nvector/nvector_serial.h>

/* With the values of `v`, which it does not own; NULL: no memory. */
N_Vector rt_vector(sunindextype n, double *v, SUNContext context);

#endif
