/* BDF with Newton's method: the analytic Jacobian, factorised by KLU, densely where that is cheaper, or in
 * the blocks of a cascade. */
#include <cvode/cvode.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunmatrix/sunmatrix_sparse.h>

#include "rt_adjoint.h"
#include "rt_cvode.h"

/* Up to here, all or in a block, a dense factorisation is faster than KLU's bookkeeping. */
enum { DENSE_SPECIES = 12 };
/* CVODE would keep a Jacobian for 50 steps, and a factorisation for 20. In long steps, at loose tolerances,
 * a rate may have changed by a thousand by then: Newton's method takes the small changes that an old,
 * stiffer Jacobian gives for convergence, and amounts stay where they were predicted (the Oregonator at
 * rtol 1e-3: X 12 % off, no ignition, no word). The Jacobian is exact and costs little, so each
 * factorisation has a new one; where that is dense there is one every few steps. */
enum { STEPS_OF_JACOBIAN = 1, STEPS_OF_DENSE = 5 };

static bool jacobian_at(const struct rt_ode *o, const struct rt_cvode *c, double t, const double *x)
{
    const struct rt_job *job = o->job;
    t = rt_events_time(&o->events, t);
    o->code->jac(&c->jacobian, o->m, t, x, job->param, o->events.k, c->values);
    double sum = 0;
    for (int32_t i = 0; i < c->jacobian.nnz; i++) {
        sum += c->values[i] * 0; /* NaN as soon as one is not finite */
    }
    return sum == 0;
}

/* Where a law has no derivative, as sqrt(A) at 0, that of a trace; what is not finite then either is left
 * out, and only makes the iteration slower. */
static void compute_jacobian(const struct rt_ode *o, const struct rt_cvode *c, double t, const double *x)
{
    x = rt_ode_past_see(o, t, x);
    if (o->steep.n > 0 && rt_steep_near(o, x)) {
        rt_steep_raise(o, x, true, o->steep.x);
        if (jacobian_at(o, c, t, o->steep.x)) {
            rt_steep_jacobian(o, &c->jacobian, t, x, o->steep.x, c->values);
            return;
        }
    }
    if (jacobian_at(o, c, t, x) || (rt_ode_raise(o, x, true, o->raised) && jacobian_at(o, c, t, o->raised))) {
        return;
    }
    for (int32_t i = 0; i < c->jacobian.nnz; i++) {
        c->values[i] = fabs(c->values[i]) < INFINITY ? c->values[i] : 0;
    }
}

/* Along a surface where a law jumps the motion is another one: its derivatives by differences, a column at a
 * time into `column`. */
static void difference(const struct rt_ode *o, double t, const double *x, int64_t s, double *column)
{
    double size = fmax(fabs(x[s]), RT_ODE_MOVED * o->largest[s]),
           h = sqrt(DBL_EPSILON) * (size > 0 ? size : 1);
    memcpy(o->y, x, (size_t)o->n * sizeof *o->y);
    o->y[s] += h;
    bool finite = rt_ode_rhs(o, t, o->y, column) && rt_ode_rhs(o, t, x, o->f);
    for (int64_t i = 0; i < o->n; i++) {
        column[i] = finite ? (column[i] - o->f[i]) / (o->y[s] - x[s]) : 0;
    }
}

static int dense_jacobian(realtype t, N_Vector x, N_Vector f, SUNMatrix matrix, void *user, N_Vector a,
                          N_Vector b, N_Vector d)
{
    struct rt_ode *o = user;
    struct rt_cvode *c = o->data;
    (void)f, (void)a, (void)b, (void)d;
    t *= o->clock;
    if (o->slide.n_on == 0) {
        compute_jacobian(o, c, t, N_VGetArrayPointer(x));
    }
    for (int64_t s = 0; s < o->n; s++) {
        double *column = SUNDenseMatrix_Column(matrix, s);
        if (o->slide.n_on > 0) {
            difference(o, t, N_VGetArrayPointer(x), s, column);
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

static int sparse_jacobian(realtype t, N_Vector x, N_Vector f, SUNMatrix matrix, void *user, N_Vector a,
                           N_Vector b, N_Vector d)
{
    struct rt_ode *o = user;
    struct rt_cvode *c = o->data;
    (void)f, (void)a, (void)b, (void)d;
    compute_jacobian(o, c, t * o->clock, N_VGetArrayPointer(x));
    memcpy(SUNSparseMatrix_IndexPointers(matrix), c->col, ((size_t)o->n + 1) * sizeof *c->col);
    memcpy(SUNSparseMatrix_IndexValues(matrix), c->row, (size_t)c->nnz * sizeof *c->row);
    double *to = SUNSparseMatrix_Data(matrix);
    memset(to, 0, (size_t)c->nnz * sizeof *to);
    for (int32_t i = 0; i < c->jacobian.nnz; i++) {
        to[c->place[i]] = c->values[i] * o->clock;
    }
    return 0;
}

/* The pattern of the Jacobian with a full diagonal, which the matrix of a step always has. */
static void make_pattern(struct rt_ode *o, struct rt_cvode *c)
{
    const struct rt_jacobian *j = &c->jacobian;
    c->place = rt_alloc((size_t)j->nnz, sizeof *c->place);
    c->col = rt_alloc((size_t)o->n + 1, sizeof *c->col);
    c->row = rt_alloc((size_t)(j->nnz + o->n), sizeof *c->row);
    for (int64_t s = 0; s < o->n; s++) {
        bool diagonal = false;
        for (int32_t i = j->col[s]; i < j->col[s + 1]; i++) {
            if (!diagonal && j->row[i] >= s) {
                diagonal = true;
                if (j->row[i] > s) {
                    c->row[c->nnz++] = s;
                }
            }
            c->place[i] = c->nnz;
            c->row[c->nnz++] = j->row[i];
        }
        if (!diagonal) {
            c->row[c->nnz++] = s;
        }
        c->col[s + 1] = c->nnz;
    }
}

/* CVODE begins with a new analysis of the pattern after each event and in each run. That of the first time
 * holds: the pattern is always the same. Factors, and with them the pivots, are those of the matrix at
 * hand. */
static int factorise(SUNLinearSolver solver, SUNMatrix matrix)
{
    SUNLinearSolverContent_KLU k = solver->content;
    if (!k->first_factorize || !k->symbolic) {
        return SUNLinSolSetup_KLU(solver, matrix);
    }
    sun_klu_free_numeric(&k->numeric, &k->common);
    k->numeric = sun_klu_factor(SUNSparseMatrix_IndexPointers(matrix), SUNSparseMatrix_IndexValues(matrix),
                                SUNSparseMatrix_Data(matrix), k->symbolic, &k->common);
    k->first_factorize = !k->numeric;
    k->last_flag = k->numeric ? SUNLS_SUCCESS : SUNLS_PACKAGE_FAIL_UNREC;
    return k->last_flag;
}

static int bdf_create(struct rt_ode *o, struct rt_error *e)
{
    if (rt_cvode_create(o, CV_BDF, e)) {
        return e->status;
    }
    struct rt_cvode *c = o->data;
    bool analytic = rt_jacobian_create(&c->jacobian, o->m);
    bool dense = !analytic || o->n <= DENSE_SPECIES;
    bool cascade = !dense && rt_cascade_create(c, o->m, DENSE_SPECIES);
    if (!cascade && analytic) {
        c->values = rt_alloc((size_t)c->jacobian.nnz, sizeof *c->values);
    }
    if (dense) {
        c->matrix = SUNDenseMatrix(o->n, o->n, c->context);
        c->linear = c->matrix ? SUNLinSol_Dense(c->state, c->matrix, c->context) : NULL;
    } else if (!cascade) {
        make_pattern(o, c);
        c->matrix = SUNSparseMatrix(o->n, o->n, c->nnz, CSC_MAT, c->context);
        c->linear = c->matrix ? SUNLinSol_KLU(c->state, c->matrix, c->context) : NULL;
        if (c->linear) {
            c->linear->ops->setup = factorise;
        }
    }
    if (!c->linear || CVodeSetLinearSolver(c->memory, c->linear, c->matrix) != CVLS_SUCCESS) {
        return rt_fail(e, CRNL_MEMORY, "no memory for the Jacobian");
    }
    CVodeSetJacEvalFrequency(c->memory, STEPS_OF_JACOBIAN);
    if (dense) {
        CVodeSetLSetupFrequency(c->memory, STEPS_OF_DENSE);
    }
    if (cascade) {
        CVodeSetLinSysFn(c->memory, rt_cascade_linear_system);
    } else if (analytic) {
        CVodeSetJacFn(c->memory, dense ? dense_jacobian : sparse_jacobian);
    }
    return CRNL_OK;
}

const struct rt_ode_solver rt_ode_bdf = {
    bdf_create,
    rt_cvode_renew,
    rt_cvode_start,
    rt_cvode_step,
    rt_cvode_at,
    rt_cvode_bound,
    rt_cvode_destroy,
    "look for a rate that grows without bound or divides by 0; or try another rtol or atol",
    true, false,
};

static void *create(const struct rt_job *job, struct rt_error *e)
{
    return rt_ode_create(&rt_ode_bdf, job, e);
}

const struct crnl_method crnl_method_bdf = {CRNL_METHOD_ODE_BDF, create, rt_ode_run, rt_ode_destroy, NULL,
                                            rt_ode_renew,        NULL, &rt_backwards_implicit};
