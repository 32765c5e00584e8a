/* Functions that both CVODE and ARKODE get, and the meaning of their failures. */
#ifndef RT_SUNDIALS_H
#define RT_SUNDIALS_H

#include <nvector/nvector_serial.h>

#include "rt_ode.h"

/* A vector with the values of `v`, which it does not own; NULL: no memory. The solvers clone vectors without
 * checking for memory (6.4.1: N_VClone writes into NULL), so this vector makes its copies itself. */
N_Vector rt_vector(sunindextype n, double *v, SUNContext context);

/* Functions that a solver calls with a struct rt_ode as its user data: right side, weights, messages (which
 * are made from return values instead). */
int rt_sundials_rhs(realtype t, N_Vector x, N_Vector dx, void *user);
int rt_sundials_weights(N_Vector x, N_Vector weight, void *user);
void rt_sundials_silence(int code, const char *module, const char *function, char *text, void *user);

/* The failure for a flag that CVODE or ARKODE returned. */
enum rt_ode_failure rt_sundials_failure(int flag);

#endif
