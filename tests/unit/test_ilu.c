/* Incomplete factors: exact where nothing is left out, refused where a pivot is 0, and good again after that. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "runtime/ode/rt_ilu.h"

enum { N = 12, MOST = 3 * N + RT_ILU_BEYOND };

/* A tridiagonal pattern by columns, as that of a chain; entry i of the Jacobian is entry i of the pattern. */
struct chain {
    int32_t col[N + 1], row[MOST], at[MOST], place[MOST];
    struct rt_ilu ilu;
    double jacobian[MOST]; /* by rows */
};

static void make(struct chain *c, int32_t n)
{
    int32_t nnz = 0;
    for (int32_t s = 0; s < n; s++) {
        c->col[s] = nnz;
        for (int32_t r = s > 0 ? s - 1 : 0; r <= s + 1 && r < n; r++) {
            c->row[nnz] = r;
            c->at[nnz] = nnz;
            nnz++;
        }
    }
    c->col[n] = nnz;
    struct rt_pattern pattern = {.n = n, .nnz = nnz, .col = c->col, .row = c->row, .place = c->at};
    struct rt_jacobian jacobian = {.nnz = nnz};
    rt_ilu_create(&c->ilu, &pattern, &jacobian, c->place);
}

static void set(struct chain *c, double below, double at, double above)
{
    for (int32_t i = 0; i < c->ilu.n; i++) {
        for (int32_t e = c->ilu.ptr[i]; e < c->ilu.ptr[i + 1]; e++) {
            int32_t s = c->ilu.col[e];
            c->jacobian[e] = s < i ? below : s > i ? above : at;
        }
    }
}

/* (I - gamma J) x = b. */
static void solves(const struct chain *c, double gamma)
{
    double b[N], x[N], product[N];
    for (int32_t i = 0; i < c->ilu.n; i++) {
        b[i] = 1 + i * i;
    }
    rt_ilu_solve(&c->ilu, false, b, x);
    rt_rows_times(&c->ilu, c->jacobian, gamma, x, product);
    for (int32_t i = 0; i < c->ilu.n; i++) {
        assert_true(fabs(product[i] - b[i]) < 1e-9 * b[i]);
    }
}

/* What takes the place of factors is finite, and the diagonal where that is not 0. */
static void diagonal_is_used(const struct chain *c, double gamma)
{
    double b[N], x[N];
    for (int32_t i = 0; i < c->ilu.n; i++) {
        b[i] = 1;
    }
    rt_ilu_solve(&c->ilu, true, b, x);
    for (int32_t i = 0; i < c->ilu.n; i++) {
        double d = 1 - gamma * c->jacobian[c->ilu.diagonal[i]];
        assert_true(x[i] == (d != 0 && d - d == 0 ? 1 / d : 1));
    }
}

static void factors_of_a_chain_are_exact(void **state)
{
    (void)state;
    static const double gamma[] = {1e-6, 0.1, 1, 1000};
    struct chain c;
    make(&c, N);
    set(&c, 2, -5, 3);
    for (size_t i = 0; i < sizeof gamma / sizeof *gamma; i++) {
        assert_true(rt_ilu_factorise(&c.ilu, c.jacobian, gamma[i]));
        solves(&c, gamma[i]);
    }
    rt_ilu_destroy(&c.ilu);
}

static void pivots_of_0_are_refused(void **state)
{
    (void)state;
    struct chain c;
    make(&c, N);
    set(&c, 2, -5, 3);
    c.jacobian[c.ilu.diagonal[0]] = 4; /* 1 - 4 / 4 */
    assert_false(rt_ilu_factorise(&c.ilu, c.jacobian, 0.25));
    diagonal_is_used(&c, 0.25);
    set(&c, 2, -5, 3);
    c.jacobian[c.ilu.diagonal[N - 1]] = NAN;
    assert_false(rt_ilu_factorise(&c.ilu, c.jacobian, 0.25));
    set(&c, 2, -5, 3);
    c.jacobian[c.ilu.ptr[3]] = INFINITY;
    assert_false(rt_ilu_factorise(&c.ilu, c.jacobian, 0.25));
    diagonal_is_used(&c, 0.25);
    set(&c, 2, -5, 3); /* nothing of that is left */
    assert_true(rt_ilu_factorise(&c.ilu, c.jacobian, 0.25));
    solves(&c, 0.25);
    rt_ilu_destroy(&c.ilu);
}

static void pivots_that_become_0_are_refused(void **state)
{
    (void)state;
    struct chain c;
    make(&c, 2);
    set(&c, -1, 0, -1); /* I - J = [1 1; 1 1] */
    assert_false(rt_ilu_factorise(&c.ilu, c.jacobian, 1));
    diagonal_is_used(&c, 1);
    assert_true(rt_ilu_factorise(&c.ilu, c.jacobian, 0.5));
    solves(&c, 0.5);
    rt_ilu_destroy(&c.ilu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors_of_a_chain_are_exact),
        cmocka_unit_test(pivots_of_0_are_refused),
        cmocka_unit_test(pivots_that_become_0_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
