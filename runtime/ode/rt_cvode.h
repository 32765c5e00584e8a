/* CVODE behind struct rt_ode_solver; BDF and Adams differ in how they solve for a step. */
#ifndef RT_CVODE_H
#define RT_CVODE_H

#include <nvector/nvector_serial.h>
#include <sundials/sundials_linearsolver.h>
#include <sundials/sundials_matrix.h>
#include <sundials/sundials_nonlinearsolver.h>

#include "rt_ode.h"

struct rt_cvode {
    SUNContext context;
    void *memory;
    N_Vector state, scratch, weight;
    N_Vector view;    /* of somebody else's array */
    SUNMatrix matrix; /* BDF */
    SUNLinearSolver linear;
    SUNNonlinearSolver nonlinear; /* Adams */
    struct rt_jacobian jacobian;
    int64_t *place; /* of each entry of the Jacobian in the matrix, whose pattern has the diagonal too */
    int64_t *col, *row, nnz;
    double *values;
    long steps, failures; /* since the start; of Newton's method up to the last window of steps */
};

int rt_cvode_create(struct rt_ode *o, int multistep, struct rt_error *e);
void rt_cvode_renew(struct rt_ode *o);
int rt_cvode_start(struct rt_ode *o, struct rt_error *e);
int rt_cvode_step(struct rt_ode *o, double t_stop, struct rt_error *e);
void rt_cvode_at(struct rt_ode *o, double t, double *x);
void rt_cvode_bound(struct rt_ode *o, double h);
void rt_cvode_destroy(struct rt_ode *o);

/* Makes `matrix` and `linear` (NULL: no memory) from `jacobian` if all rates are of mass action and the
 * species form a cascade of blocks of at most `largest`; else false. The function sets up its equations for
 * CVODE. */
bool rt_cascade_create(struct rt_cvode *c, const struct crnl_model *m, int32_t largest);
int rt_cascade_linear_system(realtype t, N_Vector state, N_Vector f, SUNMatrix matrix,
                             booleantype same_jacobian, booleantype *current, realtype gamma, void *user,
                             N_Vector a, N_Vector b, N_Vector d);

#endif
