/* The rate equations of a network of mass action by CVODE's BDF, as one writes it for SUNDIALS: the opponent
 * of `by ode`. Reads the numbers that bench/floor/list_of_net.awk makes of a .net, on standard input.
 *   direct LINEAR END RTOL ATOL RUNS     LINEAR: dense, colamd, amd (KLU), none, diagonal, ilu (SPGMR)
 * Prints the processor time of a run in seconds, with all that it needs but the reading; steps, right sides,
 * setups, Jacobians or linear iterations; then the amounts at the end. */
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunmatrix/sunmatrix_sparse.h>
#include <time.h>

enum { MOST = 4 }; /* terms of a side */

struct reaction {
    double k, change[2 * MOST];
    int n_in, in[MOST], n, species[2 * MOST];
};

struct system {
    int n, n_reactions;
    double *x0;
    struct reaction *reaction;
    /* The pattern of the Jacobian by rows, with its diagonal, and where derivatives go. */
    sunindextype *ptr, *col, *diagonal, nnz;
    int *place; /* of (reaction, reactant, change), in this order */
    double *values, *saved, *v;
};

static int number(void)
{
    int n;
    return scanf("%d", &n) == 1 ? n : (fprintf(stderr, "a number is missing\n"), exit(1), 0);
}

static void add_change(struct reaction *r, int species, double by)
{
    for (int i = 0; i < r->n; i++) {
        if (r->species[i] == species) {
            r->change[i] += by;
            return;
        }
    }
    r->species[r->n] = species;
    r->change[r->n++] = by;
}

static void read_system(struct system *s)
{
    s->n = number();
    s->n_reactions = number();
    s->x0 = calloc((size_t)s->n, sizeof *s->x0);
    s->reaction = calloc((size_t)s->n_reactions, sizeof *s->reaction);
    for (int i = 0; i < s->n; i++) {
        if (scanf("%lf", &s->x0[i]) != 1) {
            exit(1);
        }
    }
    for (int j = 0; j < s->n_reactions; j++) {
        struct reaction *r = &s->reaction[j];
        if (scanf("%lf", &r->k) != 1) {
            exit(1);
        }
        r->n_in = number();
        for (int i = 0; i < r->n_in; i++) {
            add_change(r, r->in[i] = number(), -1);
        }
        for (int i = number(); i > 0; i--) {
            add_change(r, number(), 1);
        }
        int kept = 0;
        for (int i = 0; i < r->n; i++) {
            if (r->change[i] != 0) {
                r->species[kept] = r->species[i];
                r->change[kept++] = r->change[i];
            }
        }
        r->n = kept;
    }
}

static int right_side(realtype t, N_Vector x_, N_Vector dx_, void *user)
{
    const struct system *s = user;
    const double *x = N_VGetArrayPointer(x_);
    double *dx = N_VGetArrayPointer(dx_);
    (void)t;
    memset(dx, 0, (size_t)s->n * sizeof *dx);
    for (int j = 0; j < s->n_reactions; j++) {
        const struct reaction *r = &s->reaction[j];
        double v = r->k;
        for (int i = 0; i < r->n_in; i++) {
            v *= x[r->in[i]];
        }
        for (int i = 0; i < r->n; i++) {
            dx[r->species[i]] += r->change[i] * v;
        }
    }
    return 0;
}

static double partial(const struct reaction *r, int by, const double *x)
{
    double v = r->k;
    for (int i = 0; i < r->n_in; i++) {
        v *= i == by ? 1 : x[r->in[i]];
    }
    return v;
}

static int compare(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static void make_pattern(struct system *s)
{
    size_t n = 0, entries = (size_t)s->n;
    for (int j = 0; j < s->n_reactions; j++) {
        entries += (size_t)(s->reaction[j].n_in * s->reaction[j].n);
    }
    long long *all = calloc(entries, sizeof *all), *sorted = calloc(entries, sizeof *all);
    for (int j = 0; j < s->n_reactions; j++) {
        const struct reaction *r = &s->reaction[j];
        for (int i = 0; i < r->n_in; i++) {
            for (int c = 0; c < r->n; c++) {
                all[n++] = (long long)r->species[c] * s->n + r->in[i];
            }
        }
    }
    size_t n_placed = n;
    for (int i = 0; i < s->n; i++) {
        all[n++] = (long long)i * s->n + i;
    }
    memcpy(sorted, all, n * sizeof *all);
    qsort(sorted, n, sizeof *sorted, compare);
    s->ptr = calloc((size_t)s->n + 1, sizeof *s->ptr);
    s->col = calloc(n, sizeof *s->col);
    s->diagonal = calloc((size_t)s->n, sizeof *s->diagonal);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1]) {
            int row = (int)(sorted[i] / s->n), column = (int)(sorted[i] % s->n);
            if (row == column) {
                s->diagonal[row] = s->nnz;
            }
            sorted[s->nnz] = sorted[i];
            s->col[s->nnz++] = column;
            s->ptr[row + 1] = s->nnz;
        }
    }
    s->place = calloc(n_placed, sizeof *s->place);
    for (size_t i = 0; i < n_placed; i++) {
        s->place[i] =
            (int)((long long *)bsearch(&all[i], sorted, (size_t)s->nnz, sizeof *all, compare) - sorted);
    }
    s->values = calloc((size_t)s->nnz, sizeof *s->values);
    s->saved = calloc((size_t)s->nnz, sizeof *s->saved);
    s->v = calloc((size_t)s->n, sizeof *s->v);
    free(all);
    free(sorted);
}

static void jacobian_values(const struct system *s, const double *x, double *values)
{
    memset(values, 0, (size_t)s->nnz * sizeof *values);
    const int *place = s->place;
    for (int j = 0; j < s->n_reactions; j++) {
        const struct reaction *r = &s->reaction[j];
        for (int i = 0; i < r->n_in; i++) {
            double v = partial(r, i, x);
            for (int c = 0; c < r->n; c++) {
                values[*place++] += r->change[c] * v;
            }
        }
    }
}

static int sparse_jacobian(realtype t, N_Vector x, N_Vector f, SUNMatrix matrix, void *user, N_Vector a,
                           N_Vector b, N_Vector c)
{
    struct system *s = user;
    (void)t, (void)f, (void)a, (void)b, (void)c;
    memcpy(SUNSparseMatrix_IndexPointers(matrix), s->ptr, ((size_t)s->n + 1) * sizeof *s->ptr);
    memcpy(SUNSparseMatrix_IndexValues(matrix), s->col, (size_t)s->nnz * sizeof *s->col);
    jacobian_values(s, N_VGetArrayPointer(x), SUNSparseMatrix_Data(matrix));
    return 0;
}

static int dense_jacobian(realtype t, N_Vector x, N_Vector f, SUNMatrix matrix, void *user, N_Vector a,
                          N_Vector b, N_Vector c)
{
    struct system *s = user;
    (void)t, (void)f, (void)a, (void)b, (void)c;
    jacobian_values(s, N_VGetArrayPointer(x), s->values);
    for (int i = 0; i < s->n; i++) {
        for (sunindextype e = s->ptr[i]; e < s->ptr[i + 1]; e++) {
            SM_ELEMENT_D(matrix, i, s->col[e]) = s->values[e];
        }
    }
    return 0;
}

static int times(N_Vector v_, N_Vector jv_, realtype t, N_Vector x_, N_Vector f, void *user, N_Vector scratch)
{
    const struct system *s = user;
    const double *x = N_VGetArrayPointer(x_), *v = N_VGetArrayPointer(v_);
    double *jv = N_VGetArrayPointer(jv_);
    (void)t, (void)f, (void)scratch;
    memset(jv, 0, (size_t)s->n * sizeof *jv);
    for (int j = 0; j < s->n_reactions; j++) {
        const struct reaction *r = &s->reaction[j];
        double sum = 0;
        for (int i = 0; i < r->n_in; i++) {
            sum += partial(r, i, x) * v[r->in[i]];
        }
        for (int i = 0; i < r->n; i++) {
            jv[r->species[i]] += r->change[i] * sum;
        }
    }
    return 0;
}

/* ILU(0) of I - gamma J in the order of species: rows, the lower factor without its diagonal of ones. */
static int ilu_setup(realtype t, N_Vector x, N_Vector f, booleantype same, booleantype *renewed,
                     realtype gamma, void *user)
{
    struct system *s = user;
    (void)t, (void)f;
    if (!same) {
        jacobian_values(s, N_VGetArrayPointer(x), s->saved);
    }
    *renewed = !same;
    for (sunindextype e = 0; e < s->nnz; e++) {
        s->values[e] = -gamma * s->saved[e];
    }
    sunindextype *at = calloc((size_t)s->n, sizeof *at);
    for (int i = 0; i < s->n; i++) {
        s->values[s->diagonal[i]] += 1;
        for (sunindextype e = s->ptr[i]; e < s->ptr[i + 1]; e++) {
            at[s->col[e]] = e + 1;
        }
        for (sunindextype e = s->ptr[i]; e < s->diagonal[i]; e++) {
            sunindextype k = s->col[e];
            double factor = s->values[e] /= s->values[s->diagonal[k]];
            for (sunindextype u = s->diagonal[k] + 1; u < s->ptr[k + 1]; u++) {
                if (at[s->col[u]]) {
                    s->values[at[s->col[u]] - 1] -= factor * s->values[u];
                }
            }
        }
        for (sunindextype e = s->ptr[i]; e < s->ptr[i + 1]; e++) {
            at[s->col[e]] = 0;
        }
    }
    free(at);
    return 0;
}

static int ilu_solve(realtype t, N_Vector x, N_Vector f, N_Vector r_, N_Vector z_, realtype gamma,
                     realtype delta, int side, void *user)
{
    const struct system *s = user;
    const double *r = N_VGetArrayPointer(r_);
    double *z = N_VGetArrayPointer(z_);
    (void)t, (void)x, (void)f, (void)gamma, (void)delta, (void)side;
    for (int i = 0; i < s->n; i++) {
        double sum = r[i];
        for (sunindextype e = s->ptr[i]; e < s->diagonal[i]; e++) {
            sum -= s->values[e] * z[s->col[e]];
        }
        z[i] = sum;
    }
    for (int i = s->n - 1; i >= 0; i--) {
        double sum = z[i];
        for (sunindextype e = s->diagonal[i] + 1; e < s->ptr[i + 1]; e++) {
            sum -= s->values[e] * z[s->col[e]];
        }
        z[i] = sum / s->values[s->diagonal[i]];
    }
    return 0;
}

static int diagonal_setup(realtype t, N_Vector x, N_Vector f, booleantype same, booleantype *renewed,
                          realtype gamma, void *user)
{
    struct system *s = user;
    (void)t, (void)f;
    if (!same) {
        jacobian_values(s, N_VGetArrayPointer(x), s->saved);
    }
    *renewed = !same;
    for (int i = 0; i < s->n; i++) {
        s->v[i] = 1 / (1 - gamma * s->saved[s->diagonal[i]]);
    }
    return 0;
}

static int diagonal_solve(realtype t, N_Vector x, N_Vector f, N_Vector r, N_Vector z, realtype gamma,
                          realtype delta, int side, void *user)
{
    const struct system *s = user;
    (void)t, (void)x, (void)f, (void)gamma, (void)delta, (void)side;
    for (int i = 0; i < s->n; i++) {
        N_VGetArrayPointer(z)[i] = N_VGetArrayPointer(r)[i] * s->v[i];
    }
    return 0;
}

struct counts {
    long steps, calls, setups, jacobians;
};

static void solve(struct system *s, const char *linear, double end, double rtol, double atol, double *x_end,
                  struct counts *counts)
{
    SUNContext context;
    SUNContext_Create(NULL, &context);
    make_pattern(s);
    N_Vector x = N_VNew_Serial(s->n, context);
    memcpy(N_VGetArrayPointer(x), s->x0, (size_t)s->n * sizeof *s->x0);
    void *cvode = CVodeCreate(CV_BDF, context);
    CVodeInit(cvode, right_side, 0, x);
    CVodeSStolerances(cvode, rtol, atol);
    CVodeSetUserData(cvode, s);
    CVodeSetMaxNumSteps(cvode, 1000000);
    SUNMatrix matrix = NULL;
    SUNLinearSolver solver;
    bool klu = strcmp(linear, "colamd") == 0 || strcmp(linear, "amd") == 0,
         dense = strcmp(linear, "dense") == 0;
    if (klu) {
        /* By rows: KLU then solves with the transposed matrix. */
        matrix = SUNSparseMatrix(s->n, s->n, s->nnz, CSR_MAT, context);
        solver = SUNLinSol_KLU(x, matrix, context);
        SUNLinSol_KLUSetOrdering(solver, strcmp(linear, "amd") == 0 ? 0 : 1);
    } else if (dense) {
        matrix = SUNDenseMatrix(s->n, s->n, context);
        solver = SUNLinSol_Dense(x, matrix, context);
    } else {
        solver = SUNLinSol_SPGMR(x, strcmp(linear, "none") == 0 ? PREC_NONE : PREC_LEFT,
                                 0, context);
    }
    CVodeSetLinearSolver(cvode, solver, matrix);
    if (klu || dense) {
        CVodeSetJacFn(cvode, klu ? sparse_jacobian : dense_jacobian);
    } else {
        CVodeSetJacTimes(cvode, NULL, times);
        if (strcmp(linear, "ilu") == 0) {
            CVodeSetPreconditioner(cvode, ilu_setup, ilu_solve);
        } else if (strcmp(linear, "diagonal") == 0) {
            CVodeSetPreconditioner(cvode, diagonal_setup, diagonal_solve);
        }
    }
    double t;
    int flag = CVode(cvode, end, x, &t, CV_NORMAL);
    if (flag < 0) {
        fprintf(stderr, "CVode: %d at %g\n", flag, t);
        exit(1);
    }
    memcpy(x_end, N_VGetArrayPointer(x), (size_t)s->n * sizeof *x_end);
    CVodeGetNumSteps(cvode, &counts->steps);
    CVodeGetNumRhsEvals(cvode, &counts->calls);
    CVodeGetNumLinSolvSetups(cvode, &counts->setups);
    if (klu || dense) {
        CVodeGetNumJacEvals(cvode, &counts->jacobians);
    } else {
        CVodeGetNumLinIters(cvode, &counts->jacobians);
    }
    CVodeFree(&cvode);
    SUNLinSolFree(solver);
    if (matrix) {
        SUNMatDestroy(matrix);
    }
    N_VDestroy(x);
    free(s->ptr);
    free(s->col);
    free(s->diagonal);
    free(s->place);
    free(s->values);
    free(s->saved);
    free(s->v);
    s->nnz = 0;
    SUNContext_Free(&context);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: direct dense|colamd|amd|none|diagonal|ilu END RTOL ATOL RUNS <LIST\n");
        return 2;
    }
    struct system s = {0};
    struct counts counts;
    read_system(&s);
    double *x = calloc((size_t)s.n, sizeof *x);
    int runs = atoi(argv[5]);
    clock_t from = clock();
    for (int i = 0; i < runs; i++) {
        solve(&s, argv[1], atof(argv[2]), atof(argv[3]), atof(argv[4]), x, &counts);
    }
    printf("%.6f %ld %ld %ld %ld\n", (double)(clock() - from) / CLOCKS_PER_SEC / runs, counts.steps,
           counts.calls, counts.setups, counts.jacobians);
    for (int i = 0; i < s.n; i++) {
        printf("%.17g\n", x[i]);
    }
    return 0;
}
