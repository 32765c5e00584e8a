/* The Rosenbrock method: its coefficients satisfy the conditions of their orders, its steps converge with
 * these orders, and decay what is infinitely stiff. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/ode/rt_rosenbrock.h"

enum { STAGES = ROSENBROCK_STAGES };
static const double ROUNDING = 1e-12;

/* The coefficients in the form with products with the Jacobian: alpha, beta = alpha + gamma, and the weights
 * of the result and of the embedded one. */
static double alpha[STAGES][STAGES], beta[STAGES][STAGES], gamma_sum[STAGES];
static double weight[2][STAGES];

static double of_row(int i, int j)
{
    return j < ROSENBROCK_FREE ? ROSENBROCK_A[ROSENBROCK_FREE][j] : j < i ? 1 : 0;
}

/* gamma is the inverse of I / G - L. */
static int find_coefficients(void **state)
{
    (void)state;
    double gamma[STAGES][STAGES] = {{0}};
    for (int c = 0; c < STAGES; c++) {
        for (int i = 0; i < STAGES; i++) {
            double sum = i == c ? 1 : 0;
            for (int j = 0; j < i; j++) {
                sum += ROSENBROCK_L[i][j] * gamma[j][c];
            }
            gamma[i][c] = ROSENBROCK_G * sum;
        }
    }
    for (int i = 0; i <= STAGES; i++) {
        for (int c = 0; c < STAGES; c++) {
            double sum = 0;
            for (int j = 0; j < i; j++) {
                sum += (i <= ROSENBROCK_FREE ? ROSENBROCK_A[i][j] : of_row(i, j)) * gamma[j][c];
            }
            if (i >= STAGES - 1) { /* of the last row, and of what follows it */
                weight[STAGES - i][c] = sum;
            }
            if (i < STAGES) {
                alpha[i][c] = sum;
                beta[i][c] = sum + gamma[i][c];
                gamma_sum[i] += gamma[i][c];
            }
        }
    }
    return 0;
}

static void apply(double m[STAGES][STAGES], const double *v, double *to)
{
    for (int i = 0; i < STAGES; i++) {
        to[i] = 0;
        for (int j = 0; j < STAGES; j++) {
            to[i] += m[i][j] * v[j];
        }
    }
}

/* The conditions of Hairer and Wanner II, table IV.7.1 and on: a tree is a vector over stages. */
static void conditions(const double *b, int order)
{
    double one[STAGES], a[STAGES], bt[STAGES], a2[STAGES], a3[STAGES], a4[STAGES], ab[STAGES], v[STAGES],
        w[STAGES];
    for (int i = 0; i < STAGES; i++) {
        one[i] = 1;
    }
    apply(alpha, one, a);
    apply(beta, one, bt);
    apply(alpha, bt, ab);
    for (int i = 0; i < STAGES; i++) {
        a2[i] = a[i] * a[i];
        a3[i] = a2[i] * a[i];
        a4[i] = a3[i] * a[i];
    }
    struct {
        double of[STAGES];
        double value;
        int order;
    } tree[17];
    int n = 0;
#define TREE(p, one_over, expression)      \
    do {                                   \
        for (int i = 0; i < STAGES; i++) { \
            tree[n].of[i] = (expression);  \
        }                                  \
        tree[n].value = 1.0 / (one_over);  \
        tree[n++].order = (p);             \
    } while (0)
    TREE(1, 1, 1);
    TREE(2, 2, bt[i]);
    TREE(3, 3, a2[i]);
    apply(beta, bt, v);
    TREE(3, 6, v[i]);
    TREE(4, 4, a3[i]);
    TREE(4, 8, a[i] * ab[i]);
    apply(beta, a2, w);
    TREE(4, 12, w[i]);
    apply(beta, v, w);
    TREE(4, 24, w[i]);
    TREE(5, 5, a4[i]);
    TREE(5, 10, a2[i] * ab[i]);
    TREE(5, 20, ab[i] * ab[i]);
    apply(alpha, a2, w);
    TREE(5, 15, a[i] * w[i]);
    apply(alpha, v, w);
    TREE(5, 30, a[i] * w[i]);
    apply(beta, a3, w);
    TREE(5, 20, w[i]);
    for (int i = 0; i < STAGES; i++) {
        v[i] = a[i] * ab[i];
    }
    apply(beta, v, w);
    TREE(5, 40, w[i]);
    apply(beta, a2, v);
    apply(beta, v, w);
    TREE(5, 60, w[i]);
    apply(beta, bt, v);
    apply(beta, v, w);
    apply(beta, w, v);
    TREE(5, 120, v[i]);
#undef TREE
    for (int k = 0; k < n && tree[k].order <= order; k++) {
        double sum = 0;
        for (int i = 0; i < STAGES; i++) {
            sum += b[i] * tree[k].of[i];
        }
        assert_true(fabs(sum - tree[k].value) < ROUNDING);
    }
}

static void orders(void **state)
{
    (void)state;
    conditions(weight[0], 5);
    conditions(weight[1], 4);
    for (int i = 0; i < STAGES; i++) {
        double sum = 0;
        for (int j = 0; j < STAGES; j++) {
            sum += alpha[i][j];
        }
        assert_true(fabs(sum - ROSENBROCK_C[i]) < ROUNDING);
        assert_true(fabs(gamma_sum[i] - ROSENBROCK_D[i]) < ROUNDING);
    }
}

/* ---- Steps ---- */

/* x' = y, y' = (1 - x^2) y - x + cos t: not linear, not autonomous. */
static int swings(void *env, const double *t, const double *x, double *dx)
{
    (void)env;
    dx[0] = x[1];
    dx[1] = (1 - x[0] * x[0]) * x[1] - x[0] + cos(*t);
    return 0;
}

static const double K1 = 0.31; /* where in a step the interpolant is looked at */

/* Steps to t = end from (1, 0.5): the state there, and in `between` that at K1 of the last step. `embedded`: by
 * the method of order 4. */
static void walk(double end, int n_steps, bool embedded, double *x, double *between)
{
    struct rosenbrock_factors f;
    struct rosenbrock_step s;
    rosenbrock_factors_create(&f, 2, NULL, NULL);
    double *memory = rosenbrock_step_create(&s, &f, 1);
    const struct rosenbrock_code code = {swings, NULL};
    *s.h = end / n_steps;
    s.reads_time = true;
    x[0] = 1;
    x[1] = 0.5;
    for (int i = 0; i < n_steps; i++) {
        *s.t = i * *s.h;
        memcpy(s.x, x, 2 * sizeof *x);
        swings(NULL, s.t, s.x, s.f);
        s.by_time[0] = 0;
        s.by_time[1] = -sin(*s.t) * *s.h;
        s.jacobian[0] = 0;
        s.jacobian[1] = -2 * x[0] * x[1] - 1;
        s.jacobian[2] = 1;
        s.jacobian[3] = 1 - x[0] * x[0];
        assert_int_equal(rosenbrock_one.step(&s, &code), 0);
        assert_int_equal(*s.unsolved, 0);
        for (int k = 0; k < 2; k++) {
            double dense[ROSENBROCK_DENSE] = {0};
            for (int d = 0; d < ROSENBROCK_DENSE; d++) {
                for (int j = 0; j < STAGES; j++) {
                    dense[d] += ROSENBROCK_K[d][j] * s.u[2 * j + k];
                }
            }
            double bend = dense[0] + K1 * (dense[1] + K1 * dense[2]);
            between[k] = s.x[k] + K1 * (s.y[k] - s.x[k] + (1 - K1) * bend);
            x[k] = s.y[k] - (embedded ? s.u[2 * (STAGES - 1) + k] : 0);
        }
    }
    free(memory);
    rosenbrock_factors_destroy(&f);
}

static double distance(const double *x, const double *y)
{
    return hypot(x[0] - y[0], x[1] - y[1]);
}

static void convergence(void **state)
{
    (void)state;
    double exact[2], room[2], x[2], y[2];
    walk(2, 4096, false, exact, room);
    for (int embedded = 0; embedded < 2; embedded++) {
        for (int n = 32; n <= 64; n *= 2) {
            walk(2, n, embedded, x, room);
            walk(2, 2 * n, embedded, y, room);
            double order = log2(distance(x, exact) / distance(y, exact));
            assert_true(fabs(order - (embedded ? 4 : 5)) < 0.2);
        }
    }
}

/* The error of the interpolant in one step of length h. */
static double error_between(double h)
{
    double x[2], between[2], exact[2], room[2];
    walk(h, 1, false, x, between);
    walk(K1 * h, 64, false, exact, room);
    return distance(between, exact);
}

static void interpolant(void **state)
{
    (void)state;
    for (double h = 0.125; h > 0.03; h /= 2) {
        double order = log2(error_between(h) / error_between(h / 2));
        assert_true(fabs(order - 5) < 0.2); /* within a step h^(p + 1) */
    }
}

static int decays(void *env, const double *t, const double *x, double *dx)
{
    (void)t;
    *dx = *(double *)env * *x;
    return 0;
}

/* One step of x' = lambda x with h = 1: R(lambda), and that of the embedded method. */
static void stability(double lambda, double *r, double *embedded)
{
    struct rosenbrock_factors f;
    struct rosenbrock_step s;
    rosenbrock_factors_create(&f, 1, NULL, NULL);
    double *memory = rosenbrock_step_create(&s, &f, 1);
    const struct rosenbrock_code code = {decays, &lambda};
    *s.h = 1;
    *s.x = 1;
    *s.f = *s.jacobian = lambda;
    assert_int_equal(rosenbrock_one.step(&s, &code), 0);
    *r = *s.y;
    *embedded = *s.y - s.u[STAGES - 1];
    free(memory);
    rosenbrock_factors_destroy(&f);
}

static void stiff_decay(void **state)
{
    (void)state;
    for (double lambda = -1e-2; lambda > -1e12; lambda *= 1.5) {
        double r, embedded;
        stability(lambda, &r, &embedded);
        assert_true(fabs(r) < 1 && fabs(embedded) < 1);
        assert_true(lambda > -1e8 || (fabs(r) < 1e-6 && fabs(embedded) < 1e-6));
    }
}

/* ---- Elimination ---- */

/* A matrix with a full first row and column, with which a bad order would fill everything. */
static void arrow(void **state)
{
    (void)state;
    enum { N = 12 };
    int32_t col[N + 1], row[3 * N], n = 0;
    for (int32_t c = 0; c < N; c++) {
        col[c] = n;
        for (int32_t r = 0; r < N; r++) {
            if (r == 0 || c == 0 || r == c) {
                row[n++] = r;
            }
        }
    }
    col[N] = n;
    struct rosenbrock_factors f;
    rosenbrock_factors_create(&f, N, col, row);
    assert_int_equal(f.n_entries, n);
    rosenbrock_factors_destroy(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(orders, find_coefficients),
        cmocka_unit_test(convergence),
        cmocka_unit_test(interpolant),
        cmocka_unit_test(stiff_decay),
        cmocka_unit_test(arrow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
