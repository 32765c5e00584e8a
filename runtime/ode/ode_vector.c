/* The vectors of the solvers: those of SUNDIALS, except for the operations that take most of the time of a
 * small network's steps, because Debian's library compiles these loops without optimisation. Results are the
 * same to the last bit. */
#include <math.h>
#include <string.h>

#include "rt_sundials.h"

#include "runtime/rt_base.h"

static N_Vector clone(N_Vector v)
{
    N_Vector copy = N_VClone_Serial(v);
    if (!copy) {
        rt_out_of_memory((size_t)N_VGetLength_Serial(v), sizeof(double));
    }
    return copy;
}

/* z = a x + b y, with the rounding of N_VLinearSum_Serial: a (x + y) if b is a, and a (x - y) if it is -a. z
 * may be x or y. */
static void linear_sum(realtype a, N_Vector x, realtype b, N_Vector y, N_Vector z)
{
    sunindextype n = NV_LENGTH_S(x);
    const double *u = NV_DATA_S(x), *v = NV_DATA_S(y);
    double *to = NV_DATA_S(z);
    if (a == b) {
        for (sunindextype i = 0; i < n; i++) {
            to[i] = a * (u[i] + v[i]);
        }
    } else if (a == -b) {
        for (sunindextype i = 0; i < n; i++) {
            to[i] = a * (u[i] - v[i]);
        }
    } else if (b == 1) {
        for (sunindextype i = 0; i < n; i++) {
            to[i] = a * u[i] + v[i];
        }
    } else {
        for (sunindextype i = 0; i < n; i++) {
            to[i] = a * u[i] + b * v[i];
        }
    }
}

static void scale(realtype c, N_Vector x, N_Vector z)
{
    sunindextype n = NV_LENGTH_S(x);
    const double *u = NV_DATA_S(x);
    double *to = NV_DATA_S(z);
    if (c == 1) {
        memmove(to, u, (size_t)n * sizeof *to);
        return;
    }
    for (sunindextype i = 0; i < n; i++) {
        to[i] = c * u[i];
    }
}

static realtype weighted_squares(N_Vector x, N_Vector w)
{
    sunindextype n = NV_LENGTH_S(x);
    const double *u = NV_DATA_S(x), *v = NV_DATA_S(w);
    double sum = 0;
    for (sunindextype i = 0; i < n; i++) {
        double p = u[i] * v[i];
        sum += p * p;
    }
    return sum;
}

static realtype weighted_norm(N_Vector x, N_Vector w)
{
    return sqrt(weighted_squares(x, w) / (double)NV_LENGTH_S(x));
}

N_Vector rt_vector(sunindextype n, double *v, SUNContext context)
{
    N_Vector vector = N_VMake_Serial(n, v, context);
    if (vector) {
        vector->ops->nvclone = clone;
        vector->ops->nvlinearsum = linear_sum;
        vector->ops->nvscale = scale;
        vector->ops->nvwsqrsumlocal = weighted_squares;
        vector->ops->nvwrmsnorm = weighted_norm;
    }
    return vector;
}
