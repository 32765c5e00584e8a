/* The vectors of the solvers: those of SUNDIALS, except for the operations that take most of the time of a
 * small network's steps, because Debian's library compiles these loops without optimisation. Results are the
 * same to the last bit. */
#include <math.h>
#include <string.h>

#include "rt_sundials.h"

#include "runtime/rt_base.h"
#include "runtime/rt_clones.h"

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
static RT_CLONES void add_scaled(sunindextype n, double a, const double *u, double b, const double *v,
                                 double *to)
{
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

static void linear_sum(realtype a, N_Vector x, realtype b, N_Vector y, N_Vector z)
{
    add_scaled(NV_LENGTH_S(x), a, NV_DATA_S(x), b, NV_DATA_S(y), NV_DATA_S(z));
}

static RT_CLONES void multiply(sunindextype n, double c, const double *u, double *to)
{
    for (sunindextype i = 0; i < n; i++) {
        to[i] = c * u[i];
    }
}

static void scale(realtype c, N_Vector x, N_Vector z)
{
    sunindextype n = NV_LENGTH_S(x);
    if (c == 1) {
        memmove(NV_DATA_S(z), NV_DATA_S(x), (size_t)n * sizeof(double));
    } else {
        multiply(n, c, NV_DATA_S(x), NV_DATA_S(z));
    }
}

/* The sum of k vectors, each times its c, element by element from the first vector to the last: what a sum of
 * two at a time gives, without a pass over memory for each. z may be one of them. */
static RT_CLONES void combine(int k, const double *c, N_Vector *x, sunindextype n, double *z)
{
    sunindextype at = 0;
    for (; at + 8 <= n; at += 8) {
        const rt_four *v = (const rt_four *)(NV_DATA_S(x[0]) + at);
        rt_four low = c[0] * v[0], high = c[0] * v[1];
        for (int j = 1; j < k; j++) {
            v = (const rt_four *)(NV_DATA_S(x[j]) + at);
            low += c[j] * v[0];
            high += c[j] * v[1];
        }
        rt_four *to = (rt_four *)(z + at);
        to[0] = low;
        to[1] = high;
    }
    for (; at < n; at++) {
        double sum = c[0] * NV_DATA_S(x[0])[at];
        for (int j = 1; j < k; j++) {
            sum = c[j] * NV_DATA_S(x[j])[at] + sum;
        }
        z[at] = sum;
    }
}

static int linear_combination(int k, realtype *c, N_Vector *x, N_Vector z)
{
    combine(k, c, x, NV_LENGTH_S(z), NV_DATA_S(z));
    return 0;
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
        vector->ops->nvlinearcombination = linear_combination;
        vector->ops->nvwsqrsumlocal = weighted_squares;
        vector->ops->nvwrmsnorm = weighted_norm;
    }
    return vector;
}
