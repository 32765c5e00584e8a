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

N_Vector rt_vector(sunindextype n, double *v, SUNContext context)
{
    N_Vector vector = N_VMake_Serial(n, v, context);
    if (vector) {
        vector->ops->nvclone = clone;
    }
    return vector;
}
