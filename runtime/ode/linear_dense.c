/* Newton's equations in a full matrix, by SUNDIALS. It also serves laws without derivatives, and motion along
 * surfaces where laws jump, whose Jacobians are computed by differences of right sides. */
#include <cvode/cvode.h>
#include <stdio.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include "rt_linear.h"

/* A factorisation costs little compared with the steps that an outdated one loses, so there is a new one
 * every few steps. */
enum { STEPS_OF_DENSE = 5 };
enum { MOST_SPECIES = 1 << 14 }; /* a matrix of 2 GB */

static int dense_jacobian(realtype t, N_Vector x, N_Vector f, SUNMatrix matrix, void *user, N_Vector a,
                          N_Vector b, N_Vector d)
{
    struct rt_ode *o = user;
    struct rt_cvode *c = o->data;
    (void)f, (void)a, (void)b, (void)d;
    t *= o->clock;
    if (o->slide.n_on == 0) {
        rt_ode_jacobian(o, &c->jacobian, t, N_VGetArrayPointer(x), c->values);
    }
    for (int64_t s = 0; s < o->n; s++) {
        double *column = SUNDenseMatrix_Column(matrix, s);
        if (o->slide.n_on > 0) {
            rt_ode_difference(o, t, N_VGetArrayPointer(x), s, column);
            for (int64_t i = 0; i < o->n; i++) {
                column[i] *= o->clock;
            }
            continue;
        }
        for (int32_t i = c->jacobian.col[s]; i < c->jacobian.col[s + 1]; i++) {
            column[c->jacobian.row[i]] = c->values[i] * o->clock;
        }
    }
    return 0;
}

static void why_not(const struct rt_linear_facts *f, char *text, size_t size)
{
    if (f->m->n_species > MOST_SPECIES) {
        snprintf(text, size, "a full matrix of %d species is too large, at most %d", (int)f->m->n_species,
                 MOST_SPECIES);
    }
}

/* An operation of the elimination takes 1 ns in SUNDIALS. */
static double cost(const struct rt_linear_facts *f)
{
    double n = f->m->n_species;
    return (2.0 / 3 * n * n * n) / STEPS_OF_DENSE + RT_SOLUTIONS_OF_STEP * 2 * n * n;
}

static bool create(struct rt_ode *o, struct rt_cvode *c)
{
    c->matrix = SUNDenseMatrix(o->n, o->n, c->context);
    c->linear = c->matrix ? SUNLinSol_Dense(c->state, c->matrix, c->context) : NULL;
    if (!c->linear || CVodeSetLinearSolver(c->memory, c->linear, c->matrix) != CVLS_SUCCESS) {
        return false;
    }
    CVodeSetLSetupFrequency(c->memory, STEPS_OF_DENSE);
    if (c->has_jacobian) {
        CVodeSetJacFn(c->memory, dense_jacobian);
    }
    return true;
}

const struct rt_linear rt_linear_dense = {why_not, cost, create, NULL};
