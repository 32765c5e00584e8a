/* Tapes against expr_eval: random expressions over parameters and globals, arrays included, bit for bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "codegen/plan/plan.h"
#include "runtime/rt_turns.h"
#include "support/mem.h"

enum { N_PARAMS = 8, N_GLOBALS = 3, N_OUT = 40 };

struct values {
    const double *param, *global;
};

static bool leaf(void *env, const struct expr *e, const void *const *args, void *out)
{
    const struct values *v = env;
    (void)args;
    *(double *)out = e->op == EXPR_PARAM ? v->param[e->a] : v->global[e->a];
    return true;
}

static uint64_t state;

static uint32_t draw(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % n;
}

static double draw_real(void)
{
    return (double)draw(2000) / 500 - 2;
}

static expr_id param(struct expr_pool *ex, int32_t i)
{
    return expr_leaf(ex, EXPR_PARAM, TYPE_REAL, shape_scalar(), i, 0);
}

static expr_id random_real(struct expr_pool *ex, int depth);

static expr_id random_bool(struct expr_pool *ex, int depth)
{
    static const enum expr_op compare[] = {EXPR_LT, EXPR_LE, EXPR_EQ, EXPR_NE};
    if (depth > 0 && draw(3) == 0) {
        expr_id x = random_bool(ex, depth - 1), y = random_bool(ex, depth - 1);
        return draw(3) ? expr_binary(ex, draw(2) ? EXPR_AND : EXPR_OR, x, y) : expr_unary(ex, EXPR_NOT, x);
    }
    expr_id x = random_real(ex, depth - 1), y = random_real(ex, depth - 1);
    return expr_binary(ex, compare[draw(4)], x, y);
}

/* An integer 0 .. n that depends on a parameter. */
static expr_id random_index(struct expr_pool *ex, int32_t n)
{
    expr_id x = expr_unary(ex, EXPR_TANH, param(ex, (int32_t)draw(N_PARAMS)));
    x = expr_binary(ex, EXPR_ADD, x, expr_real(ex, 1));
    return expr_unary(ex, EXPR_FLOOR, expr_binary(ex, EXPR_MUL, x, expr_real(ex, (double)n * 0.499)));
}

static expr_id random_vector(struct expr_pool *ex, int depth, int32_t n)
{
    expr_id e[8];
    for (int32_t i = 0; i < n; i++) {
        e[i] = random_real(ex, depth - 1);
    }
    expr_id v = expr_stack(ex, (size_t)n, e);
    if (draw(2)) {
        int32_t binder = expr_new_binder(ex);
        expr_id at = expr_take(ex, v, 0, expr_binder(ex, binder), 1);
        v = expr_map(ex, binder, n, expr_binary(ex, EXPR_MUL, at, expr_to_real(ex, expr_binder(ex, binder))));
    }
    return draw(3) ? v : expr_unary(ex, EXPR_ABS, v);
}

static expr_id random_reduction(struct expr_pool *ex, int depth)
{
    static const enum expr_op reduce[] = {EXPR_SUM, EXPR_MIN_OF, EXPR_MAX_OF, EXPR_ARGMIN, EXPR_ARGMAX};
    static const enum expr_op fold[] = {EXPR_FOLD_SUM, EXPR_FOLD_MIN, EXPR_FOLD_MAX};
    int32_t n = 1 + (int32_t)draw(5);
    expr_id v = random_vector(ex, depth, n);
    switch (draw(4)) {
    case 0: return expr_to_real(ex, expr_reduce(ex, reduce[draw(5)], v));
    case 1: return expr_take(ex, v, 0, random_index(ex, n), 1);
    case 2: {
        expr_id m[] = {v, random_vector(ex, depth, n), v};
        expr_id product = expr_matmul(ex, expr_stack(ex, 3, m), random_vector(ex, depth, n));
        return expr_reduce(ex, EXPR_SUM, product);
    }
    default: {
        int32_t b = expr_new_binder(ex);
        expr_id body = expr_take(ex, v, 0, expr_binder(ex, b), 1);
        expr_id cond = draw(2) ? 0 : expr_binary(ex, EXPR_LT, body, random_real(ex, depth - 1));
        return expr_fold(ex, fold[draw(3)], b, n, body, cond);
    }
    }
}

static expr_id random_real(struct expr_pool *ex, int depth)
{
    static const enum expr_op one[] = {EXPR_NEG,  EXPR_ABS, EXPR_EXP, EXPR_LOG,
                                       EXPR_SQRT, EXPR_SIN, EXPR_COS, EXPR_TANH};
    static const enum expr_op two[] = {EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_DIV,
                                       EXPR_MOD, EXPR_POW, EXPR_MIN, EXPR_MAX};
    if (depth <= 0) {
        switch (draw(4)) {
        case 0: return expr_real(ex, draw_real());
        case 1: return expr_leaf(ex, EXPR_GLOBAL, TYPE_REAL, shape_scalar(), (int32_t)draw(N_GLOBALS), 0);
        default: return param(ex, (int32_t)draw(N_PARAMS));
        }
    }
    switch (draw(8)) {
    case 0: return expr_unary(ex, one[draw(8)], random_real(ex, depth - 1));
    case 1: {
        expr_id yes = random_real(ex, depth - 1), no = random_real(ex, depth - 1);
        return expr_select(ex, random_bool(ex, depth - 1), yes, no);
    }
    case 2: return expr_to_real(ex, random_bool(ex, depth - 1));
    case 3: return random_reduction(ex, depth - 1);
    default: {
        expr_id x = random_real(ex, depth - 1);
        return expr_binary(ex, two[draw(8)], x, draw(5) ? random_real(ex, depth - 1) : x);
    }
    }
}

static bool same(double x, double y)
{
    return (isnan(x) && isnan(y)) || memcmp(&x, &y, sizeof x) == 0;
}

static void run_tape(const struct crnl_tape *t, struct values *v, double *out)
{
    double *registers = mem_zalloc((size_t)t->n_registers + 1, sizeof *registers);
    double p[N_PARAMS];
    memcpy(p, v->param, sizeof p);
    crnl_tape_run(t, v->global, p, NULL, out, registers);
    free(registers);
}

static void test_random(void **unused)
{
    (void)unused;
    size_t finite = 0;
    for (uint64_t round = 0; round < 300; round++) {
        state = round;
        struct arena *arena = arena_create();
        struct expr_pool *ex = expr_pool_create();
        double p[N_PARAMS], g[N_GLOBALS], got[N_OUT];
        for (int i = 0; i < N_PARAMS; i++) {
            p[i] = draw_real();
        }
        for (int i = 0; i < N_GLOBALS; i++) {
            g[i] = draw_real();
        }
        expr_id e[N_OUT];
        for (int i = 0; i < N_OUT; i++) {
            e[i] = i > 0 && draw(6) == 0 ? e[draw((uint32_t)i)] : random_real(ex, 1 + (int)draw(5));
        }
        e[3] = 0;
        struct values v = {p, g};
        struct crnl_tape t = tape_build(arena, ex, e, N_OUT);
        run_tape(&t, &v, got);
        const struct expr_env env = {.env = &v, .leaf = leaf};
        for (int i = 0; i < N_OUT; i++) {
            double want = 0;
            if (e[i]) {
                assert_true(expr_eval(ex, e[i], &env, &want));
            }
            if (!same(want, got[i])) {
                expr_print(stderr, ex, e[i], NULL, NULL);
                fail_msg("round %d, output %d: expr_eval %.17g, tape %.17g", (int)round, i, want, got[i]);
            }
            finite += isfinite(want) && want != 0;
        }
        expr_pool_destroy(ex);
        arena_destroy(arena);
    }
    assert_true(finite > 4000); /* else the comparison would say little */
}

/* Whatever a tape computes is between its bounds, which are not all infinite, and are the value itself where
 * nothing moves. */
static void test_bounds(void **unused)
{
    (void)unused;
    size_t useful = 0;
    double known = 0, tried = 0;
    for (uint64_t round = 0; round < 300; round++) {
        state = round + 1000;
        struct arena *arena = arena_create();
        struct expr_pool *ex = expr_pool_create();
        double p[N_PARAMS], g[N_GLOBALS], got[N_OUT];
        struct rt_bounds global[N_GLOBALS], bounds[N_OUT];
        for (int i = 0; i < N_PARAMS; i++) {
            p[i] = draw_real();
        }
        bool points = round % 8 == 0;
        for (int i = 0; i < N_GLOBALS; i++) {
            double wide = ldexp(draw_real(), (int)draw(3) * -8);
            global[i].lo = draw_real();
            global[i].hi = global[i].lo + (draw(3) && !points ? fabs(wide) : 0);
        }
        expr_id e[N_OUT];
        for (int i = 0; i < N_OUT; i++) {
            e[i] = random_real(ex, 1 + (int)draw(4));
        }
        struct crnl_tape t = tape_build(arena, ex, e, N_OUT);
        struct rt_bounds *registers = mem_zalloc((size_t)t.n_registers + 1, sizeof *registers);
        rt_tape_bounds(&t, global, p, bounds, registers);
        for (int sample = 0; sample < 20; sample++) {
            struct values v = {p, g};
            for (int i = 0; i < N_GLOBALS; i++) {
                double part = sample < 2 ? sample : draw(1001) / 1000.0;
                g[i] = fmin(global[i].lo + part * (global[i].hi - global[i].lo), global[i].hi);
            }
            run_tape(&t, &v, got);
            for (int i = 0; i < N_OUT; i++) {
                bool inside = isnan(got[i]) ? bounds[i].lo == -INFINITY && bounds[i].hi == INFINITY
                                            : bounds[i].lo <= got[i] && got[i] <= bounds[i].hi;
                if (!inside) {
                    expr_print(stderr, ex, e[i], NULL, NULL);
                    fail_msg("round %d, output %d: %.17g is not in %.17g .. %.17g", (int)round, i, got[i],
                             bounds[i].lo, bounds[i].hi);
                }
                known += points && bounds[i].lo == got[i] && bounds[i].hi == got[i];
                tried += points && isfinite(got[i]);
                useful += isfinite(bounds[i].lo) && isfinite(bounds[i].hi) && bounds[i].lo < bounds[i].hi;
            }
        }
        free(registers);
        expr_pool_destroy(ex);
        arena_destroy(arena);
    }
    assert_true(useful > 20000);
    assert_true(tried > 10000 && known > 0.95 * tried); /* not where something on the way is NaN */
}

/* A later parameter reads earlier ones, also when those were set. */
static void test_defaults(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create();
    struct expr_pool *ex = expr_pool_create();
    expr_id twice = expr_binary(ex, EXPR_MUL, expr_real(ex, 2), param(ex, 0));
    expr_id e[] = {expr_leaf(ex, EXPR_GLOBAL, TYPE_REAL, shape_scalar(), 0, 0), twice, twice,
                   expr_binary(ex, EXPR_ADD, param(ex, 1), param(ex, 2))};
    struct crnl_tape t = tape_build(arena, ex, e, 4);
    double g = 5, p[4] = {0, 0, 7, 0}, registers[16];
    uint8_t fixed[4] = {0, 0, 1, 0};
    assert_in_range(t.n_registers, 1, 16);
    crnl_tape_run(&t, &g, p, fixed, p, registers);
    assert_true(p[0] == 5 && p[1] == 10 && p[2] == 7 && p[3] == 17);
    expr_pool_destroy(ex);
    arena_destroy(arena);
}

static void test_out_of_range(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create();
    struct expr_pool *ex = expr_pool_create();
    expr_id v[] = {param(ex, 0), param(ex, 1)};
    expr_id at = expr_unary(ex, EXPR_FLOOR, param(ex, 2));
    expr_id e = expr_take(ex, expr_stack(ex, 2, v), 0, at, 1);
    struct crnl_tape t = tape_build(arena, ex, &e, 1);
    double p[N_PARAMS] = {3, 4, 1.5}, out;
    struct values values = {p, p};
    run_tape(&t, &values, &out);
    assert_true(out == 4);
    p[2] = 2;
    run_tape(&t, &values, &out);
    assert_true(isnan(out));
    expr_pool_destroy(ex);
    arena_destroy(arena);
}

/* Registers do not grow with the number of expressions, nor with the length of a sum. */
static void test_registers(void **unused)
{
    (void)unused;
    enum { N = 20000 };
    struct arena *arena = arena_create();
    struct expr_pool *ex = expr_pool_create();
    expr_id *e = mem_alloc(N * sizeof *e);
    for (int32_t i = 0; i < N; i++) {
        expr_id shifted = expr_binary(ex, EXPR_ADD, param(ex, i / 2), expr_real(ex, i));
        e[i] = expr_binary(ex, EXPR_MUL, param(ex, i), shifted);
    }
    struct crnl_tape t = tape_build(arena, ex, e, N);
    assert_in_range(t.n_registers, 1, 4);
    for (int32_t i = 0; i < N; i++) {
        e[i] = param(ex, i);
    }
    expr_id sum = expr_reduce(ex, EXPR_SUM, expr_stack(ex, N, e));
    t = tape_build(arena, ex, &sum, 1);
    assert_in_range(t.n_registers, 1, 3);
    for (int32_t i = 0; i < N; i++) {
        e[i] = param(ex, 1);
    }
    t = tape_build(arena, ex, e, N);
    assert_int_equal(t.n_code, N + 1);
    free(e);
    expr_pool_destroy(ex);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_bounds),
                                       cmocka_unit_test(test_defaults), cmocka_unit_test(test_out_of_range),
                                       cmocka_unit_test(test_registers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
