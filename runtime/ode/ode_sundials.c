/* What CVODE and ARKODE share: their callbacks and error codes, which have the same numbers. */
#include <arkode/arkode.h>
#include <cvode/cvode.h>

#include "rt_sundials.h"

_Static_assert((int)CV_TOO_MUCH_ACC == (int)ARK_TOO_MUCH_ACC && (int)CV_ERR_FAILURE == (int)ARK_ERR_FAILURE &&
                   (int)CV_CONV_FAILURE == (int)ARK_CONV_FAILURE &&
                   (int)CV_LSETUP_FAIL == (int)ARK_LSETUP_FAIL &&
                   (int)CV_LSOLVE_FAIL == (int)ARK_LSOLVE_FAIL &&
                   (int)CV_RHSFUNC_FAIL == (int)ARK_RHSFUNC_FAIL &&
                   (int)CV_FIRST_RHSFUNC_ERR == (int)ARK_FIRST_RHSFUNC_ERR &&
                   (int)CV_REPTD_RHSFUNC_ERR == (int)ARK_REPTD_RHSFUNC_ERR &&
                   (int)CV_UNREC_RHSFUNC_ERR == (int)ARK_UNREC_RHSFUNC_ERR,
               "one list of failures");

int rt_sundials_rhs(realtype t, N_Vector x, N_Vector dx, void *user)
{
    struct rt_ode *o = user;
    double *to = N_VGetArrayPointer(dx);
    if (rt_ode_is_interrupted(o)) {
        return -1; /* the run gives up */
    }
    if (!rt_ode_rhs(o, t * o->clock, N_VGetArrayPointer(x), to)) {
        return 1; /* the solver tries a smaller step */
    }
    for (int64_t s = 0; s < o->n && o->clock != 1; s++) {
        to[s] *= o->clock;
    }
    return 0;
}

int rt_sundials_weights(N_Vector x, N_Vector weight, void *user)
{
    rt_ode_weights(user, N_VGetArrayPointer(x), N_VGetArrayPointer(weight));
    return 0;
}

void rt_sundials_silence(int code, const char *module, const char *function, char *text, void *user)
{
    (void)code;
    (void)module;
    (void)function;
    (void)text;
    (void)user;
}

enum rt_ode_failure rt_sundials_failure(int flag)
{
    switch (flag) {
    case CV_TOO_MUCH_ACC: return RT_ODE_TOO_ACCURATE;
    case CV_ERR_FAILURE: return RT_ODE_ERROR_STAYS;
    case CV_CONV_FAILURE: return RT_ODE_STEP_UNSOLVED;
    case CV_LSETUP_FAIL:
    case CV_LSOLVE_FAIL: return RT_ODE_LINEAR_UNSOLVED;
    case CV_RHSFUNC_FAIL:
    case CV_FIRST_RHSFUNC_ERR:
    case CV_REPTD_RHSFUNC_ERR:
    case CV_UNREC_RHSFUNC_ERR: return RT_ODE_NOT_FINITE;
    default: return RT_ODE_OVERFLOW; /* overflow inside the solver makes its input illegal */
    }
}
