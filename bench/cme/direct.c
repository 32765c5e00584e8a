/* What a program that calls SuiteSparse itself takes for a stationary law: the generator is written down by hand, one state has
 * the probability 1, the others follow from a sparse factorisation. Prints seconds of processor time and the mean of the first species.
 *
 *     direct schloegl klu|umfpack
 *     direct genes N K umfpack|metis
 */
#include <klu.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <umfpack.h>

struct matrix { /* -Q transposed, without the state `fixed`: column i lists the rates from state i */
    SuiteSparse_long n, *ptr, *row;
    double *value;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *get(size_t n, size_t size)
{
    void *p = calloc(n, size);
    if (!p) {
        exit(2);
    }
    return p;
}

/* A lattice of n[0] x n[1] states: births at birth(x, y) and birth(y, x), deaths at death * amount. */
struct lattice {
    int nx, ny;
    double k, scale, death;
    int schloegl;
};

static double birth(const struct lattice *l, int x, int y)
{
    if (l->schloegl) {
        return 200 + 0.015 * x * (x - 1);
    }
    return l->scale * l->k * l->k / (l->k * l->k + (double)y * y);
}

static double loss(const struct lattice *l, int x)
{
    return l->death * x + (l->schloegl ? 1e-4 / 6 * x * (x - 1.) * (x - 2.) : 0);
}

static struct matrix generate(const struct lattice *l, SuiteSparse_long fixed, double **b)
{
    SuiteSparse_long n = (SuiteSparse_long)l->nx * l->ny, m = 0;
    struct matrix a = {n - 1, get((size_t)n + 1, sizeof *a.ptr), get(5 * (size_t)n, sizeof *a.row),
                       get(5 * (size_t)n, sizeof *a.value)};
    *b = get((size_t)n, sizeof **b);
    for (SuiteSparse_long i = 0, column = 0; i < n; i++) {
        int x = (int)(i % l->nx), y = (int)(i / l->nx);
        double rate[4] = {y > 0 ? loss(l, y) : 0, x > 0 ? loss(l, x) : 0, x + 1 < l->nx ? birth(l, x, y) : 0,
                          y + 1 < l->ny ? birth(l, y, x) : 0}, all = 0;
        SuiteSparse_long to[4] = {i - l->nx, i - 1, i + 1, i + l->nx};
        for (int k = 0; k < 4; k++) {
            all += rate[k];
            if (i == fixed && rate[k] > 0) {
                (*b)[to[k] - (to[k] > fixed)] = rate[k];
            }
        }
        for (int k = 0; k < 5 && i != fixed; k++) { /* the diagonal in the middle */
            int other = k - (k > 2);
            if (k == 2 || (rate[other] > 0 && to[other] != fixed)) {
                a.row[m] = k == 2 ? column : to[other] - (to[other] > fixed);
                a.value[m++] = k == 2 ? all : -rate[other];
            }
        }
        if (i == fixed) {
            continue;
        }
        a.ptr[++column] = m;
    }
    return a;
}

static double *by_klu(const struct matrix *a, double *b)
{
    klu_l_common common;
    klu_l_defaults(&common);
    klu_l_symbolic *symbolic = klu_l_analyze(a->n, a->ptr, a->row, &common);
    klu_l_numeric *numeric = klu_l_factor(a->ptr, a->row, a->value, symbolic, &common);
    if (!numeric || !klu_l_solve(symbolic, numeric, a->n, 1, b, &common)) {
        exit(3);
    }
    klu_l_free_numeric(&numeric, &common);
    klu_l_free_symbolic(&symbolic, &common);
    return b;
}

static double *by_umfpack(const struct matrix *a, const double *b, int ordering)
{
    double control[UMFPACK_CONTROL], info[UMFPACK_INFO], *x = get((size_t)a->n, sizeof *x);
    void *symbolic = NULL, *numeric = NULL;
    umfpack_dl_defaults(control);
    control[UMFPACK_ORDERING] = ordering;
    control[UMFPACK_STRATEGY] = UMFPACK_STRATEGY_SYMMETRIC;
    /* Column i of the matrix lists row i of -Q: y (-Q) = b is the system with that matrix itself. */
    if (umfpack_dl_symbolic(a->n, a->n, a->ptr, a->row, a->value, &symbolic, control, info) ||
        umfpack_dl_numeric(a->ptr, a->row, a->value, symbolic, &numeric, control, info) ||
        umfpack_dl_solve(UMFPACK_A, a->ptr, a->row, a->value, x, b, numeric, control, info)) {
        exit(3);
    }
    umfpack_dl_free_symbolic(&symbolic);
    umfpack_dl_free_numeric(&numeric);
    return x;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        return 1;
    }
    struct lattice l = {2000, 1, 0, 0, 3.5, 1};
    if (!strcmp(argv[1], "genes")) {
        int n = atoi(argv[2]);
        l = (struct lattice){n + 1, n + 1, atof(argv[3]), n, 1, 0};
    }
    SuiteSparse_long n = (SuiteSparse_long)l.nx * l.ny, fixed = l.schloegl ? 100 : l.nx - 1 - l.nx / 20;
    double start = now(), *b, sum = 1, mean = (double)(fixed % l.nx), *x;
    int turns = l.schloegl ? 200 : 1;
    for (int turn = 0; turn < turns; turn++) {
        struct matrix a = generate(&l, fixed, &b);
        if (turn == 0) {
            start = now();
        }
        const char *solver = argv[argc - 1];
        x = !strcmp(solver, "klu") ? by_klu(&a, b)
                                   : by_umfpack(&a, b, !strcmp(solver, "metis") ? UMFPACK_ORDERING_METIS : UMFPACK_ORDERING_AMD);
    }
    double took = (now() - start) / turns;
    for (SuiteSparse_long i = 0; i < n - 1; i++) {
        SuiteSparse_long state = i + (i >= fixed);
        sum += x[i];
        mean += x[i] * (double)(state % l.nx);
    }
    printf("%.6f %.9g\n", took, mean / sum);
    return 0;
}
