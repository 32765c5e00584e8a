/* Forward sensitivities by CVODES (all under error control), as an oracle for derivatives of runs:
 *
 *   sensitivities FILE
 *
 * reads "n m t", n amounts, and for each of m mass-action reactions its constant, then for each side the
 * number of molecules and which species they are. Prints the sum of (i + 1) x_i at time t, and its
 * derivatives by each constant and each initial amount, a line each. */
#include <cvodes/cvodes.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

enum { MOST = 64, MOLECULES = 4 };

struct reaction {
    double k;
    int n[2], species[2][MOLECULES];
};

struct network {
    int n, m;
    double t, x0[MOST];
    struct reaction r[MOST];
};

static double product_without(const struct reaction *r, const double *x, int left_out)
{
    double v = 1;
    for (int i = 0; i < r->n[0]; i++) {
        v *= i == left_out ? 1 : x[r->species[0][i]];
    }
    return v;
}

static void change(const struct reaction *r, double v, double *dx)
{
    for (int i = 0; i < r->n[0]; i++) {
        dx[r->species[0][i]] -= v;
    }
    for (int i = 0; i < r->n[1]; i++) {
        dx[r->species[1][i]] += v;
    }
}

static int rhs(realtype t, N_Vector x, N_Vector dx, void *user)
{
    const struct network *w = user;
    (void)t;
    N_VConst(0, dx);
    for (int j = 0; j < w->m; j++) {
        change(&w->r[j], w->r[j].k * product_without(&w->r[j], N_VGetArrayPointer(x), -1),
               N_VGetArrayPointer(dx));
    }
    return 0;
}

/* ds = J s, and by constant j its reaction beside it. */
static int sensitivity(int n_s, realtype t, N_Vector x, N_Vector dx, int i, N_Vector s, N_Vector ds,
                       void *user, N_Vector t1, N_Vector t2)
{
    const struct network *w = user;
    const double *at = N_VGetArrayPointer(x), *by = N_VGetArrayPointer(s);
    (void)n_s, (void)t, (void)dx, (void)t1, (void)t2;
    N_VConst(0, ds);
    for (int j = 0; j < w->m; j++) {
        double v = i == j ? product_without(&w->r[j], at, -1) : 0;
        for (int e = 0; e < w->r[j].n[0]; e++) {
            v += w->r[j].k * product_without(&w->r[j], at, e) * by[w->r[j].species[0][e]];
        }
        change(&w->r[j], v, N_VGetArrayPointer(ds));
    }
    return 0;
}

static int jacobian(realtype t, N_Vector x, N_Vector fx, SUNMatrix J, void *user, N_Vector a, N_Vector b,
                    N_Vector c)
{
    const struct network *w = user;
    (void)t, (void)fx, (void)a, (void)b, (void)c;
    SUNMatZero(J);
    for (int j = 0; j < w->m; j++) {
        for (int e = 0; e < w->r[j].n[0]; e++) {
            double v = w->r[j].k * product_without(&w->r[j], N_VGetArrayPointer(x), e);
            change(&w->r[j], v, SUNDenseMatrix_Column(J, w->r[j].species[0][e]));
        }
    }
    return 0;
}

static int read_network(const char *file, struct network *w)
{
    FILE *f = fopen(file, "r");
    int good = f && fscanf(f, "%d %d %lf", &w->n, &w->m, &w->t) == 3 && w->n <= MOST && w->m <= MOST;
    for (int i = 0; good && i < w->n; i++) {
        good = fscanf(f, "%lf", &w->x0[i]) == 1;
    }
    for (int j = 0; good && j < w->m; j++) {
        good = fscanf(f, "%lf", &w->r[j].k) == 1;
        for (int side = 0; good && side < 2; side++) {
            good = fscanf(f, "%d", &w->r[j].n[side]) == 1 && w->r[j].n[side] <= MOLECULES;
            for (int i = 0; good && i < w->r[j].n[side]; i++) {
                good = fscanf(f, "%d", &w->r[j].species[side][i]) == 1;
            }
        }
    }
    return good;
}

static double sum(const struct network *w, N_Vector x)
{
    double v = 0;
    for (int i = 0; i < w->n; i++) {
        v += (i + 1) * NV_Ith_S(x, i);
    }
    return v;
}

int main(int argc, char **argv)
{
    static struct network w;
    if (argc != 2 || !read_network(argv[1], &w)) {
        fprintf(stderr, "sensitivities FILE\n");
        return 2;
    }
    SUNContext context;
    SUNContext_Create(NULL, &context);
    int n_s = w.m + w.n;
    N_Vector x = N_VNew_Serial(w.n, context), *s = N_VCloneVectorArray(n_s, x);
    for (int i = 0; i < w.n; i++) {
        NV_Ith_S(x, i) = w.x0[i];
    }
    for (int i = 0; i < n_s; i++) {
        N_VConst(0, s[i]);
        if (i >= w.m) {
            NV_Ith_S(s[i], i - w.m) = 1;
        }
    }
    void *cv = CVodeCreate(CV_BDF, context);
    SUNMatrix J = SUNDenseMatrix(w.n, w.n, context);
    SUNLinearSolver solver = SUNLinSol_Dense(x, J, context);
    double *scale = calloc((size_t)n_s, sizeof *scale), *atol = calloc((size_t)n_s, sizeof *atol), t;
    for (int i = 0; i < n_s; i++) {
        scale[i] = i < w.m && w.r[i].k > 0 ? w.r[i].k : 1;
        atol[i] = 1e-13 / scale[i];
    }
    int bad = CVodeInit(cv, rhs, 0, x) || CVodeSStolerances(cv, 1e-11, 1e-13) || CVodeSetUserData(cv, &w) ||
              CVodeSetLinearSolver(cv, solver, J) || CVodeSetJacFn(cv, jacobian) ||
              CVodeSetMaxNumSteps(cv, 1000000) || CVodeSensInit1(cv, n_s, CV_STAGGERED, sensitivity, s) ||
              CVodeSensSStolerances(cv, 1e-11, atol) || CVodeSetSensErrCon(cv, 1) ||
              CVodeSetSensParams(cv, NULL, scale, NULL) || CVode(cv, w.t, x, &t, CV_NORMAL) ||
              CVodeGetSens(cv, &t, s);
    if (bad) {
        fprintf(stderr, "%s: CVODES gives up\n", argv[1]);
        return 1;
    }
    printf("%.15g\n", sum(&w, x));
    for (int i = 0; i < n_s; i++) {
        printf("%.15g\n", sum(&w, s[i]));
    }
    return 0;
}
