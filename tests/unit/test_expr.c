/* Expressions: folding is evaluation, sharing, exact simplification, elements, derivatives, printing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir_random.h"
#include "runtime/crnl_num.h"

enum { N_LEAVES = 4 };

struct values {
    double species[N_LEAVES], param[N_LEAVES], time;
};

static bool leaf_value(void *env, const struct expr *e, const void *const *args, void *out)
{
    const struct values *v = env;
    (void)args;
    *(double *)out = e->op == EXPR_SPECIES ? v->species[e->a]
                     : e->op == EXPR_PARAM ? v->param[e->a]
                                           : v->time;
    return true;
}

static bool eval(const struct expr_pool *p, expr_id id, const struct values *v, void *out)
{
    struct values copy = *v;
    struct expr_env env = {&copy, leaf_value, NULL};
    return expr_eval(p, id, &env, out);
}

static size_t bytes_of(const struct expr *e)
{
    return (size_t)shape_size(e->shape) * (e->type == TYPE_BOOL ? 1 : 8);
}

/* Bitwise, but all NaNs are one. */
static bool same_values(const struct expr *e, const void *a, const void *b)
{
    if (e->type != TYPE_REAL) {
        return memcmp(a, b, bytes_of(e)) == 0;
    }
    for (int64_t i = 0; i < shape_size(e->shape); i++) {
        double x = ((const double *)a)[i], y = ((const double *)b)[i];
        if (!(isnan(x) && isnan(y)) && memcmp(&x, &y, sizeof x) != 0) {
            return false;
        }
    }
    return true;
}

static void const_value(const struct expr_pool *p, expr_id id, void *out)
{
    struct expr_env none = {0};
    assert_true(expr_eval(p, id, &none, out));
}

static expr_id to_constant(void *env, const struct expr *leaf, expr_id id)
{
    struct {
        struct expr_pool *p;
        const struct values *v;
    } *e = env;
    double x;
    (void)id;
    if (leaf->op != EXPR_SPECIES && leaf->op != EXPR_PARAM && leaf->op != EXPR_TIME) {
        return 0;
    }
    leaf_value((void *)e->v, leaf, NULL, &x);
    return expr_real(e->p, x);
}

/* Replacing every leaf by its value folds to what evaluation gives, bit for bit. */
static void folding_is_evaluation(void **state)
{
    (void)state;
    random_state = 1;
    struct random_leaves leaves = {N_LEAVES, N_LEAVES, true};
    size_t folded = 0;
    for (int i = 0; i < 20000; i++) {
        struct expr_pool *p = expr_pool_create(), *q = expr_pool_create();
        struct values v;
        for (int k = 0; k < N_LEAVES; k++) {
            v.species[k] = draw_real();
            v.param[k] = draw_real();
        }
        v.time = draw_real();
        enum expr_type type = (enum expr_type)draw(3);
        struct shape s = draw(2) ? shape_scalar() : random_shape();
        expr_id id = random_expr(p, &leaves, type, s, 5, NULL, 0);
        struct expr e = *expr_get(p, id);
        uint64_t by_walk[64], by_fold[64];
        bool ok = eval(p, id, &v, by_walk);
        struct {
            struct expr_pool *p;
            const struct values *v;
        } env = {q, &v};
        expr_id constant = expr_rewrite(q, p, id, to_constant, &env);
        assert_int_equal(expr_get(q, constant)->type, e.type);
        assert_true(shape_equal(expr_get(q, constant)->shape, e.shape));
        if (ok) {
            assert_true(expr_is_const(q, constant));
            const_value(q, constant, by_fold);
            assert_true(same_values(&e, by_walk, by_fold));
            folded++;
        }
        /* Element by element, pushed inwards, the same values. */
        for (int64_t k = 0; ok && k < shape_size(e.shape); k++) {
            uint64_t element = 0;
            expr_id one = expr_element(p, id, k);
            struct expr scalar = *expr_get(p, one);
            assert_int_equal(scalar.shape.rank, 0);
            assert_true(eval(p, one, &v, &element));
            assert_true(same_values(&scalar, &element,
                                    (const char *)by_walk + (size_t)k * (e.type == TYPE_BOOL ? 1 : 8)));
        }
        expr_pool_destroy(p);
        expr_pool_destroy(q);
    }
    assert_true(folded > 15000);
}

static void equal_expressions_are_one(void **state)
{
    (void)state;
    random_state = 2;
    struct random_leaves leaves = {N_LEAVES, N_LEAVES, true};
    struct expr_pool *p = expr_pool_create();
    for (int i = 0; i < 2000; i++) {
        uint64_t seed = random_state;
        expr_id a = random_expr(p, &leaves, TYPE_REAL, shape_scalar(), 1, NULL, 0);
        uint64_t end = random_state;
        random_state = seed;
        size_t count = expr_count(p);
        expr_id b = random_expr(p, &leaves, TYPE_REAL, shape_scalar(), 1, NULL, 0);
        assert_true(a == b || expr_count(p) > count); /* loops have new binders */
        assert_true(random_state == end);
        assert_int_equal(expr_rewrite(p, p, a, NULL, NULL), a);
    }
    expr_id x = expr_leaf(p, EXPR_SPECIES, TYPE_REAL, shape_scalar(), 0, 0);
    expr_id sum = expr_binary(p, EXPR_ADD, x, expr_real(p, 2));
    assert_int_equal(sum, expr_binary(p, EXPR_ADD, x, expr_int(p, 2)));
    assert_int_not_equal(expr_real(p, 0.0), expr_real(p, -0.0));
    expr_id lo = expr_real(p, 0), hi = expr_real(p, 1), arguments[] = {lo, hi};
    expr_id u = expr_call(p, EXPR_RANDOM, TYPE_REAL, shape_scalar(), 0, 0, 2, arguments);
    expr_id w = expr_call(p, EXPR_RANDOM, TYPE_REAL, shape_scalar(), 0, 0, 2, arguments);
    assert_int_not_equal(u, w);
    expr_pool_destroy(p);
}

static void simplification_is_exact(void **state)
{
    (void)state;
    struct expr_pool *p = expr_pool_create();
    expr_id x = expr_leaf(p, EXPR_SPECIES, TYPE_REAL, shape_scalar(), 0, 0);
    expr_id zero = expr_real(p, 0), one = expr_real(p, 1);
    assert_int_equal(expr_binary(p, EXPR_MUL, x, one), x);
    assert_int_equal(expr_binary(p, EXPR_POW, x, one), x);
    assert_int_equal(expr_binary(p, EXPR_DIV, x, one), x);
    assert_int_equal(expr_binary(p, EXPR_SUB, x, zero), x);
    assert_int_equal(expr_binary(p, EXPR_ADD, x, expr_real(p, -0.0)), x);
    assert_int_not_equal(expr_binary(p, EXPR_ADD, x, zero), x);        /* -0 + 0 is 0 */
    assert_false(expr_is_const(p, expr_binary(p, EXPR_MUL, x, zero))); /* inf * 0 is NaN */
    expr_id e = expr_unary(p, EXPR_EXP, x);
    assert_int_equal(expr_binary(p, EXPR_ADD, e, zero), e);
    expr_id rows[] = {x, e}, stack = expr_stack(p, 2, rows);
    assert_int_equal(expr_take(p, stack, 0, expr_int(p, 1), 0), e);
    assert_int_equal(expr_get(p, expr_take(p, stack, 0, expr_int(p, 2), 0))->op,
                     EXPR_TAKE); /* an error when run */
    expr_pool_destroy(p);
}

static void integers_do_not_wrap(void **state)
{
    (void)state;
    struct expr_pool *p = expr_pool_create();
    int64_t v;
    expr_id least = expr_int(p, INT64_MIN), most = expr_int(p, INT64_MAX), one = expr_int(p, 1);
    expr_id nothing[] = {expr_binary(p, EXPR_ADD, most, one),
                         expr_binary(p, EXPR_SUB, least, one),
                         expr_binary(p, EXPR_MUL, most, expr_int(p, -2)),
                         expr_binary(p, EXPR_POW, expr_int(p, 10), expr_int(p, 20)),
                         expr_binary(p, EXPR_POW, expr_int(p, -2), expr_int(p, 64)),
                         expr_unary(p, EXPR_NEG, least),
                         expr_unary(p, EXPR_ABS, least),
                         expr_unary(p, EXPR_FLOOR, expr_real(p, 0x1p63)),
                         expr_reduce(p, EXPR_SUM, expr_stack(p, 2, (expr_id[]){most, one}))};
    double real[] = {0x1p63, -0x1p63, -0x1p64, 1e20, 0x1p64, 0x1p63, 0x1p63, 0x1p63, 0x1p63};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        double wide;
        int64_t out;
        assert_false(expr_is_const(p, nothing[i]));
        assert_false(expr_eval(p, nothing[i], NULL, &out));
        assert_true(expr_const_real(p, expr_widen(p, nothing[i]), &wide));
        assert_true(wide == real[i]);
    }
    expr_id remainder = expr_binary(p, EXPR_MOD, one, expr_int(p, 0));
    assert_false(expr_is_const(p, remainder));
    assert_int_equal(expr_widen(p, remainder), remainder);
    assert_true(expr_const_int(p, expr_binary(p, EXPR_POW, expr_int(p, -2), expr_int(p, 63)), &v) &&
                v == INT64_MIN);
    assert_true(expr_const_int(p, expr_binary(p, EXPR_POW, expr_int(p, 0), expr_int(p, 1000)), &v) && v == 0);
    assert_true(expr_const_int(p, expr_binary(p, EXPR_POW, expr_int(p, -1), most), &v) && v == -1);
    assert_true(expr_const_int(p, expr_binary(p, EXPR_MOD, expr_int(p, -7), expr_int(p, 3)), &v) && v == 2);
    assert_true(expr_const_int(p, expr_binary(p, EXPR_MOD, expr_int(p, 7), expr_int(p, -3)), &v) && v == -2);
    assert_true(expr_const_int(p, expr_binary(p, EXPR_MOD, expr_int(p, INT64_MIN), expr_int(p, -1)), &v) &&
                v == 0);
    assert_true(expr_const_int(p, expr_binary(p, EXPR_POW, expr_int(p, 3), expr_int(p, 5)), &v) && v == 243);
    assert_int_equal(expr_get(p, expr_binary(p, EXPR_POW, expr_int(p, 3), expr_int(p, -1)))->type, TYPE_REAL);
    assert_int_equal(expr_get(p, expr_binary(p, EXPR_DIV, expr_int(p, 6), expr_int(p, 3)))->type, TYPE_REAL);
    assert_false(expr_is_const(p, expr_unary(p, EXPR_FLOOR, expr_real(p, NAN))));
    expr_id x = expr_leaf(p, EXPR_SPECIES, TYPE_REAL, shape_scalar(), 0, 0);
    assert_int_equal(expr_get(p, expr_to_real(p, expr_unary(p, EXPR_FLOOR, x)))->op, EXPR_FLOOR_REAL);
    assert_int_equal(expr_to_real(p, expr_unary(p, EXPR_FLOOR, expr_real(p, -0.0))), expr_real(p, 0.0));
    assert_true(expr_const_int(p, expr_unary(p, EXPR_FLOOR, expr_real(p, -0.5)), &v) && v == -1);
    expr_pool_destroy(p);
}

static void branches_not_taken_are_not_evaluated(void **state)
{
    (void)state;
    struct expr_pool *p = expr_pool_create();
    struct values v = {.species = {5}};
    expr_id x = expr_leaf(p, EXPR_SPECIES, TYPE_REAL, shape_scalar(), 0, 0), rows[] = {x, x};
    expr_id bad = expr_take(p, expr_stack(p, 2, rows), 0, expr_unary(p, EXPR_FLOOR, x), 0);
    expr_id small = expr_binary(p, EXPR_LT, x, expr_real(p, 2));
    double out;
    uint8_t truth;
    assert_false(eval(p, bad, &v, &out));
    assert_true(eval(p, expr_select(p, small, bad, x), &v, &out) && out == 5);
    expr_id guarded = expr_binary(p, EXPR_AND, small, expr_binary(p, EXPR_EQ, bad, x));
    assert_true(eval(p, guarded, &v, &truth) && truth == 0);
    expr_pool_destroy(p);
}

/* Code for lanes of vectors has real numbers only. */
static void choices_of_whole_numbers_become_choices_of_real_ones(void **state)
{
    (void)state;
    struct expr_pool *p = expr_pool_create();
    expr_id x = expr_leaf(p, EXPR_SPECIES, TYPE_REAL, shape_scalar(), 0, 0);
    expr_id small = expr_binary(p, EXPR_LT, x, expr_real(p, 2)),
            few = expr_binary(p, EXPR_LT, x, expr_real(p, 1));
    expr_id inner = expr_select(p, few, expr_int(p, 5), expr_int(p, 3));
    expr_id real =
        expr_select(p, small, expr_select(p, few, expr_real(p, 5), expr_real(p, 3)), expr_real(p, 0));
    assert_true(expr_to_real(p, expr_select(p, small, inner, expr_int(p, 0))) == real);
    expr_id one = expr_to_real(p, expr_select(p, small, expr_int(p, 1), expr_int(p, 0)));
    assert_true(one == expr_to_real(p, small));
    expr_pool_destroy(p);
}

static double at(struct expr_pool *p, expr_id id, struct values *v)
{
    double out = NAN;
    assert_true(eval(p, id, v, &out));
    return out;
}

/* Relative 1e-4 or absolute 1e-5 against central differences, where both sides of the point agree. One in
 * 500 may differ: a NaN below min, which min passes over, or a remainder of a number past 2^53. */
static void derivatives_agree_with_differences(void **state)
{
    (void)state;
    random_state = 3;
    random_mild = true;
    struct random_leaves leaves = {N_LEAVES, N_LEAVES, false};
    int compared = 0, wrong = 0;
    for (int i = 0; i < 20000; i++) {
        struct expr_pool *p = expr_pool_create();
        struct values v;
        for (int k = 0; k < N_LEAVES; k++) {
            v.species[k] = 0.2 + draw(1000) / 300.0;
            v.param[k] = 0.2 + draw(1000) / 300.0;
        }
        expr_id id = random_expr(p, &leaves, TYPE_REAL, shape_scalar(), 5, NULL, 0);
        double h = 1e-5, x = v.species[0], probe;
        if (!eval(p, id, &v, &probe) || !expr_uses(p, id, EXPR_SPECIES, 0)) {
            expr_pool_destroy(p);
            continue;
        }
        double d = at(p, expr_derivative(p, id, EXPR_SPECIES, 0), &v), f[5];
        for (int k = 0; k < 5; k++) {
            v.species[0] = x + (k - 2) * h;
            f[k] = at(p, id, &v);
        }
        double left = (f[2] - f[0]) / (2 * h), right = (f[4] - f[2]) / (2 * h),
               middle = (f[3] - f[1]) / (2 * h);
        bool smooth = fabs(left - right) <= 1e-3 * (fabs(middle) + 1e-2) && fabs(f[2]) < 1e6;
        if (smooth && fabs(middle) < 1e6 && isfinite(d)) {
            wrong += !(fabs(d - middle) <= 1e-4 * fabs(middle) + 1e-5 * (1 + fabs(f[2])));
            compared++;
        }
        expr_pool_destroy(p);
    }
    random_mild = false;
    assert_true(compared > 2000);
    assert_true(wrong * 500 < compared);
}

static void known_derivatives(void **state)
{
    (void)state;
    static const struct {
        const char *derivative;
        enum expr_op op;
    } rows[] = {{"exp($s0)", EXPR_EXP}, {"1/$s0", EXPR_LOG}, {"cos($s0)", EXPR_SIN}};
    struct expr_pool *p = expr_pool_create();
    expr_id x = expr_leaf(p, EXPR_SPECIES, TYPE_REAL, shape_scalar(), 0, 0);
    expr_id k = expr_leaf(p, EXPR_PARAM, TYPE_REAL, shape_scalar(), 0, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[100];
        FILE *f = fmemopen(text, sizeof text, "w");
        expr_print(f, p, expr_derivative(p, expr_unary(p, rows[i].op, x), EXPR_SPECIES, 0), NULL, NULL);
        fclose(f);
        assert_string_equal(text, rows[i].derivative);
    }
    expr_id square = expr_binary(p, EXPR_POW, x, expr_real(p, 2));
    assert_int_equal(expr_derivative(p, expr_binary(p, EXPR_MUL, k, square), EXPR_SPECIES, 0),
                     expr_binary(p, EXPR_MUL, k, expr_binary(p, EXPR_MUL, expr_real(p, 2), x)));
    assert_int_equal(expr_derivative(p, expr_binary(p, EXPR_MUL, k, x), EXPR_SPECIES, 0), k);
    assert_int_equal(expr_derivative(p, expr_binary(p, EXPR_MUL, k, x), EXPR_SPECIES, 1), expr_real(p, 0));
    expr_pool_destroy(p);
}

static void check_print(struct expr_pool *p, expr_id id, const char *expected)
{
    char text[200];
    FILE *f = fmemopen(text, sizeof text, "w");
    expr_print(f, p, id, NULL, NULL);
    fclose(f);
    assert_string_equal(text, expected);
}

static void printing_is_short_and_exact(void **state)
{
    (void)state;
    struct expr_pool *p = expr_pool_create();
    expr_id x = expr_leaf(p, EXPR_SPECIES, TYPE_REAL, shape_scalar(), 0, 0);
    expr_id y = expr_leaf(p, EXPR_SPECIES, TYPE_REAL, shape_scalar(), 1, 0);
    expr_id sum = expr_binary(p, EXPR_ADD, x, y), difference = expr_binary(p, EXPR_SUB, x, y);
    check_print(p, expr_real(p, 1), "1.0");
    check_print(p, expr_int(p, 1), "1");
    check_print(p, expr_real(p, 0.1), "0.1");
    check_print(p, expr_real(p, -0.0), "-0.0");
    check_print(p, expr_real(p, 1e22), "1e22");
    check_print(p, expr_real(p, 0.1 + 0.2), "0.30000000000000004");
    check_print(p, expr_binary(p, EXPR_MUL, sum, x), "($s0 + $s1)*$s0");
    check_print(p, expr_binary(p, EXPR_SUB, x, difference), "$s0 - ($s0 - $s1)");
    check_print(p, expr_binary(p, EXPR_SUB, difference, x), "$s0 - $s1 - $s0");
    check_print(p, expr_unary(p, EXPR_NEG, expr_binary(p, EXPR_POW, x, expr_real(p, 2))), "-$s0^2");
    check_print(p, expr_binary(p, EXPR_POW, expr_unary(p, EXPR_NEG, x), expr_real(p, 2)), "(-$s0)^2");
    check_print(p, expr_binary(p, EXPR_POW, x, expr_binary(p, EXPR_POW, y, x)), "$s0^$s1^$s0");
    check_print(p, expr_binary(p, EXPR_POW, expr_binary(p, EXPR_POW, x, y), x), "($s0^$s1)^$s0");
    check_print(p, expr_binary(p, EXPR_LT, expr_real(p, 2), x), "$s0 > 2");
    check_print(p, expr_binary(p, EXPR_DIV, x, expr_binary(p, EXPR_MUL, y, x)), "$s0/($s1*$s0)");
    expr_pool_destroy(p);
}

/* A sum of 200,000 terms: no walk over it may recurse into it. */
static void long_sums(void **state)
{
    (void)state;
    struct expr_pool *p = expr_pool_create();
    struct values v = {.species = {1, 2, 3, 4}};
    expr_id sum = expr_leaf(p, EXPR_SPECIES, TYPE_REAL, shape_scalar(), 0, 0);
    for (int i = 0; i < 200000; i++) {
        sum = expr_binary(p, EXPR_ADD, sum,
                          expr_binary(p, EXPR_MUL,
                                      expr_leaf(p, EXPR_SPECIES, TYPE_REAL, shape_scalar(), i % 4, 0),
                                      expr_real(p, i)));
    }
    double expected = 1;
    for (int i = 0; i < 200000; i++) {
        expected += v.species[i % 4] * i;
    }
    assert_true(at(p, sum, &v) == expected);
    assert_true(at(p, expr_derivative(p, sum, EXPR_SPECIES, 1), &v) > 0);
    FILE *f = fopen("/dev/null", "w");
    expr_print(f, p, sum, NULL, NULL);
    fclose(f);
    struct expr_pool *q = expr_pool_clone(p);
    assert_int_equal(expr_count(q), expr_count(p));
    expr_pool_destroy(p);
    expr_pool_destroy(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folding_is_evaluation),
        cmocka_unit_test(equal_expressions_are_one),
        cmocka_unit_test(simplification_is_exact),
        cmocka_unit_test(integers_do_not_wrap),
        cmocka_unit_test(branches_not_taken_are_not_evaluated),
        cmocka_unit_test(choices_of_whole_numbers_become_choices_of_real_ones),
        cmocka_unit_test(derivatives_agree_with_differences),
        cmocka_unit_test(known_derivatives),
        cmocka_unit_test(printing_is_short_and_exact),
        cmocka_unit_test(long_sums),
    };
    return cmocka_run_group_tests_name("expr", tests, NULL, NULL);
}
