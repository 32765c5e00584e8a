/* Newton's equations by GMRES (Saad, Schultz 1986), preconditioned from the left by incomplete factors. The
 * matrix is that of the present step: its gamma is exact, its Jacobian that of the last setup. Amounts are
 * scaled by the weights of the error test. Sums are computed in eight lanes, so that they are the same on all
 * processors. */
#include <cvode/cvode.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ilu.h"
#include "rt_linear.h"

enum { MOST_VECTORS = 30 };
/* The part of the error that Newton's method may leave that is admitted for the linear equations. The error
 * test sees this error as noise, which costs steps: fceri_gamma2 takes 957 steps with CVODE's 0.05, 408 with
 * 0.001, 348 with less. */
static const double PART_OF_ERROR = 0.003;
static const double MOST_ENTRIES = 4e8;

struct krylov {
    struct rt_ode *ode;
    struct rt_cvode *cvode;
    struct rt_ilu ilu;
    double *row_values; /* J by rows, in the places of ilu */
    int32_t *place;     /* for each entry of the Jacobian its place there, or -1 */
    double *vector[MOST_VECTORS + 1], *product, *solved;
    double *weight;        /* of the present solution; 1 for amounts without weight, which are absent */
    int iterations, fresh; /* of the last solution; of the first one with these factors, or 0 if there was
                            * none yet */
    long n_steps;          /* steps of the solver at the last setup */
    double gamma;          /* for which the factors were made; 0: there are none */
    bool diagonal, told;   /* only the diagonal is used as factors; the user has been told so */
};

static void why_not(const struct rt_linear_facts *f, char *text, size_t size)
{
    if (!f->analytic) {
        snprintf(text, size, "a law has no derivatives");
    } else if (f->pattern.nnz > MOST_ENTRIES) {
        snprintf(text, size, "the Jacobian has %d entries", (int)f->pattern.nnz);
    }
}

/* The cost of a solution of six iterations, each of which goes over the Jacobian, the factors and the earlier
 * vectors. */
static double cost(const struct rt_linear_facts *f)
{
    double nnz = f->pattern.nnz, n = f->m->n_species, iteration = 200 + 3 * nnz + 12 * n,
           setup = 2000 + 100 * nnz;
    return setup / RT_STEPS_OF_SETUP + RT_SOLUTIONS_OF_STEP * 6 * iteration;
}

/* Factors of another gamma and an older Jacobian are kept while they save more than they cost: making new
 * ones takes as long as about 25 iterations. */
static const double MOST_RATIO = 3;
enum { MORE_ITERATIONS = 2 };

/* A second setup within one step means that the first has not helped. */
static bool keeps_factors(struct krylov *k, double gamma)
{
    long before = k->n_steps;
    CVodeGetNumSteps(k->cvode->memory, &k->n_steps);
    double ratio = gamma / k->gamma;
    return k->gamma != 0 && before != k->n_steps && !k->diagonal && ratio < MOST_RATIO &&
           ratio > 1 / MOST_RATIO && k->iterations <= k->fresh + MORE_ITERATIONS;
}

static void factorise(struct krylov *k, double gamma)
{
    k->diagonal = !rt_ilu_factorise(&k->ilu, k->row_values, gamma);
    k->gamma = gamma;
    k->fresh = 0;
    if (k->diagonal && !k->told) {
        k->told = true;
        rt_ode_note(k->ode,
                    "at t = %.6g a pivot of the incomplete factors is 0: the diagonal takes their place",
                    k->ode->t);
    }
}

/* r <- W M^-1 v; r and v may be the same array. */
static void precondition(const struct krylov *k, const double *v, double *r)
{
    rt_ilu_solve(&k->ilu, k->diagonal, v, r);
    for (int32_t i = 0; i < k->ilu.n; i++) {
        r[i] *= k->weight[i];
    }
}

/* to <- W M^-1 (I - gamma J) W^-1 v. */
static void apply(struct krylov *k, double gamma, const double *v, double *to)
{
    for (int32_t i = 0; i < k->ilu.n; i++) {
        k->solved[i] = v[i] / k->weight[i];
    }
    rt_rows_times(&k->ilu, k->row_values, gamma, k->solved, k->product);
    precondition(k, k->product, to);
}

/* Arnoldi's step: orthogonalises vector[j + 1], twice if needed; h becomes column j of H, whose last entry is
 * the norm. */
static void orthogonalise(struct krylov *k, int j, double *h)
{
    int32_t n = k->ilu.n;
    double *w = k->vector[j + 1], before = rt_norm(w, n);
    for (int i = 0; i <= j; i++) {
        h[i] = rt_dot(k->vector[i], w, n);
        rt_add_times(w, -h[i], k->vector[i], n);
    }
    double norm = rt_norm(w, n);
    for (int i = 0; i <= j && norm < 1e-3 * before; i++) {
        double more = rt_dot(k->vector[i], w, n);
        h[i] += more;
        rt_add_times(w, -more, k->vector[i], n);
    }
    h[j + 1] = norm < 1e-3 * before ? rt_norm(w, n) : norm;
}

/* Makes column j of H one of a triangular matrix, by the earlier Givens rotations and a new one, which is
 * applied to the residual too. */
static void rotate(double h[MOST_VECTORS + 1], double (*turn)[2], double *residual, int j)
{
    for (int i = 0; i < j; i++) {
        double upper = turn[i][0] * h[i] + turn[i][1] * h[i + 1];
        h[i + 1] = turn[i][0] * h[i + 1] - turn[i][1] * h[i];
        h[i] = upper;
    }
    double length = hypot(h[j], h[j + 1]);
    turn[j][0] = length > 0 ? h[j] / length : 1;
    turn[j][1] = length > 0 ? h[j + 1] / length : 0;
    h[j] = length;
    residual[j + 1] = -turn[j][1] * residual[j];
    residual[j] *= turn[j][0];
}

static void combine(struct krylov *k, double (*h)[MOST_VECTORS + 1], double *residual, int n_vectors,
                    double *x)
{
    memset(x, 0, (size_t)k->ilu.n * sizeof *x);
    for (int i = n_vectors - 1; i >= 0; i--) {
        for (int j = i + 1; j < n_vectors; j++) {
            residual[i] -= h[j][i] * residual[j];
        }
        residual[i] /= h[i][i];
    }
    for (int i = 0; i < n_vectors; i++) {
        rt_add_times(x, residual[i], k->vector[i], k->ilu.n);
    }
    for (int32_t i = 0; i < k->ilu.n; i++) {
        x[i] /= k->weight[i];
    }
}

/* Solves for x; the tolerance applies to the length of the scaled residual. */
static int gmres(struct krylov *k, double gamma, const double *b, double tolerance, double *x)
{
    double h[MOST_VECTORS][MOST_VECTORS + 1], turn[MOST_VECTORS][2], residual[MOST_VECTORS + 1] = {0};
    int32_t n = k->ilu.n;
    precondition(k, b, k->vector[0]);
    double first = residual[0] = rt_norm(k->vector[0], n);
    k->iterations = 1;
    if (!(first > tolerance)) { /* also true for values that are not finite: the caller sees them in x */
        for (int32_t i = 0; i < n; i++) {
            x[i] = k->vector[0][i] / k->weight[i];
        }
        return first <= tolerance ? SUNLS_SUCCESS : SUNLS_CONV_FAIL;
    }
    rt_scale(k->vector[0], 1 / first, n);
    int j = 0;
    for (bool ended = false; j < MOST_VECTORS && !ended; j++) {
        apply(k, gamma, k->vector[j], k->vector[j + 1]);
        orthogonalise(k, j, h[j]);
        double norm = h[j][j + 1];
        if (!(norm < INFINITY)) {
            return SUNLS_CONV_FAIL;
        }
        rotate(h[j], turn, residual, j);
        ended = norm == 0 || fabs(residual[j + 1]) <= tolerance;
        if (!ended) {
            rt_scale(k->vector[j + 1], 1 / norm, n);
        }
    }
    k->iterations = j;
    double last = fabs(residual[j]);
    if (h[j - 1][j - 1] == 0) { /* singular */
        return SUNLS_CONV_FAIL;
    }
    combine(k, h, residual, j, x);
    return last <= tolerance ? SUNLS_SUCCESS : last < first ? SUNLS_RES_REDUCED : SUNLS_CONV_FAIL;
}

static int solve(SUNLinearSolver solver, SUNMatrix matrix, N_Vector solution, N_Vector right,
                 realtype tolerance)
{
    struct krylov *k = solver->content;
    double gamma;
    (void)matrix;
    CVodeGetCurrentGamma(k->cvode->memory, &gamma);
    int status =
        gmres(k, gamma * k->ode->clock, N_VGetArrayPointer(right), tolerance, N_VGetArrayPointer(solution));
    k->fresh = k->fresh > 0 ? k->fresh : k->iterations;
    return status;
}

static int set_weights(SUNLinearSolver solver, N_Vector left, N_Vector right)
{
    struct krylov *k = solver->content;
    (void)right; /* same as k's */
    const double *weight = N_VGetArrayPointer(left);
    for (int32_t i = 0; i < k->ilu.n; i++) {
        k->weight[i] = weight[i] > 0 ? weight[i] : 1;
    }
    return SUNLS_SUCCESS;
}

static int count(SUNLinearSolver solver)
{
    const struct krylov *k = solver->content;
    return k->iterations;
}

static int linear_system(realtype t, N_Vector x, N_Vector f, SUNMatrix matrix, booleantype same_jacobian,
                         booleantype *current, realtype gamma, void *user, N_Vector a, N_Vector b, N_Vector d)
{
    struct rt_ode *o = user;
    struct rt_cvode *c = o->data;
    struct krylov *k = c->linear->content;
    (void)f, (void)matrix, (void)a, (void)b, (void)d;
    if (!same_jacobian) {
        rt_ode_jacobian(o, &c->jacobian, t * o->clock, N_VGetArrayPointer(x), c->values);
        for (int32_t i = 0; i < c->jacobian.nnz; i++) {
            if (k->place[i] >= 0) {
                k->row_values[k->place[i]] = c->values[i];
            }
        }
    }
    *current = !same_jacobian;
    if (!keeps_factors(k, gamma * o->clock)) {
        factorise(k, gamma * o->clock);
    }
    return 0;
}

static int release(SUNLinearSolver solver)
{
    struct krylov *k = solver->content;
    if (k) {
        rt_ilu_destroy(&k->ilu);
        free(k->row_values);
        free(k->place);
        free(k->product);
        free(k->solved);
        free(k->weight);
        for (int i = 0; i <= MOST_VECTORS; i++) {
            free(k->vector[i]);
        }
        free(k);
        solver->content = NULL;
    }
    SUNLinSolFreeEmpty(solver);
    return 0;
}

static bool create(struct rt_ode *o, struct rt_cvode *c)
{
    struct krylov *k = rt_alloc(1, sizeof *k);
    size_t n = (size_t)o->n;
    k->ode = o;
    k->cvode = c;
    k->place = rt_alloc((size_t)c->jacobian.nnz, sizeof *k->place);
    rt_ilu_create(&k->ilu, &c->pattern, &c->jacobian, k->place);
    k->row_values = rt_alloc((size_t)c->pattern.nnz + RT_ILU_BEYOND, sizeof *k->row_values);
    k->product = rt_alloc(n, sizeof *k->product);
    k->solved = rt_alloc(n, sizeof *k->solved);
    k->weight = rt_alloc(n, sizeof *k->weight);
    for (int i = 0; i <= MOST_VECTORS; i++) {
        k->vector[i] = rt_alloc(n, sizeof *k->vector[i]);
    }
    if (!rt_linear_shell(c, SUNLINEARSOLVER_MATRIX_ITERATIVE, k, solve, release)) {
        return false;
    }
    c->linear->ops->setscalingvectors = set_weights;
    c->linear->ops->numiters = count;
    return CVodeSetLinearSolver(c->memory, c->linear, c->matrix) == CVLS_SUCCESS &&
           CVodeSetLinSysFn(c->memory, linear_system) == CVLS_SUCCESS &&
           CVodeSetLinearSolutionScaling(c->memory, SUNFALSE) == CVLS_SUCCESS &&
           CVodeSetEpsLin(c->memory, PART_OF_ERROR) == CVLS_SUCCESS;
}

static void start(struct rt_cvode *c)
{
    struct krylov *k = c->linear->content;
    k->told = false;
    k->gamma = 0;
}

const struct rt_linear rt_linear_krylov = {why_not, cost, create, start};
