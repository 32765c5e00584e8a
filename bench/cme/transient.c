/* What a program that calls PETSc itself takes for the law at a time of two genes that repress each other, from none of both, in
 * (N + 1)^2 states: uniformisation by MatMult, as `cme` does it, or a solver of ordinary differential equations at a relative tolerance
 * of 1e-6. Prints seconds of processor time without the assembly, steps, and the mean of the first species.
 *
 *     transient N K TIME uniform|rk|bdf
 */
#include <math.h>
#include <petscts.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* dp/dt = A p; column i has the rates from state i, and what leaves it on the diagonal. */
static Mat generate(int side, double k, double *fastest)
{
    Mat a;
    PetscInt n = (PetscInt)side * side;
    MatCreateSeqAIJ(PETSC_COMM_SELF, n, n, 5, NULL, &a);
    *fastest = 0;
    for (PetscInt i = 0; i < n; i++) {
        int x = (int)(i % side), y = (int)(i / side);
        double scale = side - 1, all = 0;
        double rate[4] = {x + 1 < side ? scale * k * k / (k * k + (double)y * y) : 0, x,
                          y + 1 < side ? scale * k * k / (k * k + (double)x * x) : 0, y};
        PetscInt to[4] = {i + 1, i - 1, i + side, i - side};
        for (int e = 0; e < 4; e++) {
            all += rate[e];
            if (rate[e] > 0) {
                MatSetValue(a, to[e], i, rate[e], INSERT_VALUES);
            }
        }
        MatSetValue(a, i, i, -all, INSERT_VALUES);
        *fastest = fmax(*fastest, all);
    }
    MatAssemblyBegin(a, MAT_FINAL_ASSEMBLY);
    MatAssemblyEnd(a, MAT_FINAL_ASSEMBLY);
    return a;
}

static int uniform(Mat a, Vec p, double rate, double time)
{
    double mean = rate * time, n = ceil(mean / 600), m = mean / n;
    int steps = 0;
    Vec v, w;
    VecDuplicate(p, &v);
    VecDuplicate(p, &w);
    for (double i = 0; i < n; i++) {
        double weight = exp(-m);
        VecCopy(p, v);
        VecSet(p, 0);
        for (int k = 0; k <= m || weight > 1e-18; k++, steps++) {
            VecAXPY(p, weight, v);
            MatMult(a, v, w);
            VecAXPY(v, 1 / rate, w);
            weight *= m / (k + 1);
        }
    }
    return steps;
}

static int solve(Mat a, Vec p, double time, const char *type)
{
    TS ts;
    PetscInt steps;
    TSCreate(PETSC_COMM_SELF, &ts);
    TSSetProblemType(ts, TS_LINEAR);
    TSSetRHSFunction(ts, NULL, TSComputeRHSFunctionLinear, NULL);
    TSSetRHSJacobian(ts, a, a, TSComputeRHSJacobianConstant, NULL);
    TSSetType(ts, type);
    if (!strcmp(type, TSRK)) {
        TSRKSetType(ts, TSRK5DP);
    } else {
        TSBDFSetOrder(ts, 5);
    }
    TSSetTimeStep(ts, 1e-4);
    TSSetMaxSteps(ts, 1000000000);
    TSSetMaxTime(ts, time);
    TSSetExactFinalTime(ts, TS_EXACTFINALTIME_MATCHSTEP);
    TSSetTolerances(ts, 1e-12, NULL, 1e-6, NULL);
    TSSetFromOptions(ts);
    TSSolve(ts, p);
    TSGetStepNumber(ts, &steps);
    return (int)steps;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        return 1;
    }
    int side = atoi(argv[1]) + 1;
    double time = atof(argv[3]), fastest, mean = 0, sum = 0;
    PetscInitializeNoArguments();
    PetscOptionsInsertString(NULL, "-ksp_type preonly -pc_type lu -pc_factor_mat_ordering_type nd");
    Mat a = generate(side, atof(argv[2]), &fastest);
    Vec p;
    MatCreateVecs(a, &p, NULL);
    VecSetValue(p, 0, 1, INSERT_VALUES);
    VecAssemblyBegin(p);
    VecAssemblyEnd(p);
    double start = now();
    int steps = !strcmp(argv[4], "uniform") ? uniform(a, p, fastest, time)
                : solve(a, p, time, !strcmp(argv[4], "rk") ? TSRK : TSBDF);
    double took = now() - start;
    const PetscScalar *v;
    VecGetArrayRead(p, &v);
    for (PetscInt i = 0; i < (PetscInt)side * side; i++) {
        sum += v[i];
        mean += v[i] * (double)(i % side);
    }
    printf("%.4f %d %.9g %.3g\n", took, steps, mean, fabs(sum - 1));
    return 0;
}
