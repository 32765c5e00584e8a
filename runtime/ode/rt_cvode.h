/* CVODE as a struct rt_ode_solver; BDF and Adams differ in how they solve for a step. */
#ifndef RT_CVODE_H
#define RT_CVODE_H

#include <nvector/nvector_serial.h>
#include <sundials/sundials_linearsolver.h>
#include <sundials/sundials_matrix.h>
#include <sundials/sundials_nonlinearsolver.h>

#include "runtime/crnl_linear.h"
#include "rt_ode.h"

/* The pattern of I - gamma J, by columns with sorted rows and a full diagonal. Entries of reactions whose
 * constant is 0 during the whole job are left out. */
struct rt_pattern {
    int32_t n, nnz;
    int32_t *col, *row; /* [n + 1], [nnz] */
    int32_t *place;     /* position of each entry of the Jacobian; -1: the entry is 0 */
    int32_t *diagonal;  /* [n] */
};

struct rt_cvode {
    SUNContext context;
    void *memory;
    N_Vector state, scratch, weight;
    N_Vector view;                /* view of an array that CVODE does not own */
    SUNNonlinearSolver nonlinear; /* Adams */
    /* Linear equations of BDF (rt_linear.h). */
    SUNMatrix matrix;
    SUNLinearSolver linear;
    struct rt_jacobian jacobian;
    double *values; /* values of the Jacobian */
    struct rt_pattern pattern;
    struct crnl_linear_choice choice;
    int linear_id;
    bool has_jacobian, is_begun, has_fallen; /* has_jacobian: all laws have derivatives; is_begun: for this
                                                job; has_fallen: back to another solver */
    uint8_t *is_off;                         /* [n_reactions] whether the constant is 0 during the whole
                                                job */
    const char *gave_up;                     /* why the solver gave up, if it knows */
    long steps, failures; /* steps: since the start; failures: of Newton's method up to the last window of
                             steps */
    double t_window;      /* time at that window */
};

int rt_cvode_create(struct rt_ode *o, int multistep, struct rt_error *e);
void rt_cvode_renew(struct rt_ode *o);
int rt_cvode_start(struct rt_ode *o, struct rt_error *e);
int rt_cvode_step(struct rt_ode *o, double t_stop, struct rt_error *e);
void rt_cvode_at(struct rt_ode *o, double t, double *x);
void rt_cvode_bound(struct rt_ode *o, double h);
void rt_cvode_destroy(struct rt_ode *o);

/* The largest number of species in a block, if the blocks form a cascade. */
int32_t rt_cascade_largest(const struct crnl_model *m, const struct rt_jacobian *jac);
/* Called by CVODE for the equations of rt_linear_blocks at a state: factorises them block by block. */
int rt_cascade_system(realtype t, N_Vector state, N_Vector f, SUNMatrix matrix, booleantype same_jacobian,
                      booleantype *current, realtype gamma, void *user, N_Vector a, N_Vector b, N_Vector d);

#endif
