/* Generated code against the walking evaluator: random expressions over scalars and arrays must have the
 * same bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "codegen/object/jit.h"

enum { N_VARS = 12, N_EXPRS = 400, MAX_ELEMENTS = 64 };

struct value { /* a variable of the test: type, shape, elements */
    enum expr_type type;
    struct shape shape;
    union {
        double real[MAX_ELEMENTS];
        int64_t integer[MAX_ELEMENTS];
        uint8_t boolean[MAX_ELEMENTS];
    } v;
};

static uint64_t random_state = 88172645463325252u;

static uint32_t pick(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % n;
}

/* ---- Random expressions -------------------------------------------------------------------------------- */

struct maker {
    struct expr_pool *p;
    struct value var[N_VARS];
    int32_t binder[8], extent[8];
    int n_binders;
};

static expr_id make(struct maker *m, enum expr_type type, struct shape shape, int depth);

static double random_real(void)
{
    static const double odd[] = {0,        -0.0,      1,   -1, 0.5, 1e300, -1e-300,
                                 INFINITY, -INFINITY, NAN, 2,  3,   64,    1e18};
    return pick(4) ? ((double)pick(2000) - 1000) / 64 : odd[pick(sizeof odd / sizeof *odd)];
}

static int64_t random_int(void)
{
    static const int64_t odd[] = {0, 1, -1, INT64_MIN, INT64_MAX, 2, 7};
    return pick(4) ? (int64_t)pick(20) - 10 : odd[pick(sizeof odd / sizeof *odd)];
}

static expr_id leaf(struct maker *m, enum expr_type type, struct shape shape)
{
    for (int tries = 0; tries < 8; tries++) {
        int32_t i = (int32_t)pick(N_VARS);
        if (m->var[i].type == type && shape_equal(m->var[i].shape, shape)) {
            return expr_leaf(m->p, EXPR_VAR, type, shape, i, 0);
        }
    }
    if (shape.rank == 0 && type == TYPE_INT && m->n_binders > 0 && pick(2)) {
        return expr_binder(m->p, m->binder[pick((uint32_t)m->n_binders)]);
    }
    expr_id scalar = type == TYPE_REAL  ? expr_real(m->p, random_real())
                     : type == TYPE_INT ? expr_int(m->p, random_int())
                                        : expr_bool(m->p, pick(2));
    return expr_fill(m->p, scalar, shape);
}

/* An operand of an elementwise operator: the shape, or a scalar that is broadcast. */
static expr_id operand(struct maker *m, enum expr_type type, struct shape shape, int depth)
{
    return make(m, type, pick(4) ? shape : shape_scalar(), depth);
}

static expr_id make_elementwise(struct maker *m, enum expr_type type, struct shape shape, int depth)
{
    static const enum expr_op real1[] = {EXPR_NEG,  EXPR_ABS, EXPR_EXP, EXPR_LOG,
                                         EXPR_SQRT, EXPR_SIN, EXPR_COS, EXPR_TANH};
    static const enum expr_op real2[] = {EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_DIV,
                                         EXPR_MOD, EXPR_POW, EXPR_MIN, EXPR_MAX};
    static const enum expr_op int2[] = {EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_MOD, EXPR_MIN, EXPR_MAX};
    static const enum expr_op test[] = {EXPR_EQ, EXPR_NE, EXPR_LT, EXPR_LE};
    struct expr_pool *p = m->p;
    expr_id x, y;
    switch (type) {
    case TYPE_REAL:
        if (pick(3) == 0) {
            return expr_unary(p, real1[pick(8)], make(m, TYPE_REAL, shape, depth));
        }
        if (pick(6) == 0) {
            return expr_to_real(p, make(m, pick(2) ? TYPE_INT : TYPE_BOOL, shape, depth));
        }
        x = make(m, TYPE_REAL, shape, depth);
        y = pick(8) ? operand(m, TYPE_REAL, shape, depth) : expr_real(p, (double)pick(9) - 4);
        return pick(2) ? expr_binary(p, real2[pick(8)], x, y) : expr_binary(p, real2[pick(8)], y, x);
    case TYPE_INT:
        if (pick(4) == 0) {
            return expr_unary(p, EXPR_FLOOR, make(m, TYPE_REAL, shape, depth));
        }
        x = make(m, TYPE_INT, shape, depth);
        if (pick(4) == 0) {
            return expr_unary(p, pick(2) ? EXPR_NEG : EXPR_ABS, x);
        }
        if (pick(5) == 0) {
            return expr_binary(p, EXPR_POW, x, expr_int(p, pick(9)));
        }
        return expr_binary(p, int2[pick(6)], x, operand(m, TYPE_INT, shape, depth));
    default:
        if (pick(4) == 0) {
            return expr_unary(p, EXPR_NOT, make(m, TYPE_BOOL, shape, depth));
        }
        if (shape.rank == 0 && pick(2)) {
            x = make(m, TYPE_BOOL, shape, depth);
            return expr_binary(p, pick(2) ? EXPR_AND : EXPR_OR, x, make(m, TYPE_BOOL, shape, depth));
        }
        type = pick(2) ? TYPE_REAL : TYPE_INT;
        x = make(m, type, shape, depth);
        return expr_binary(p, test[pick(4)], x, operand(m, type, shape, depth));
    }
}

/* An index that is nearly always in range. */
static expr_id make_index(struct maker *m, int32_t size, int depth)
{
    expr_id i = make(m, TYPE_INT, shape_scalar(), depth);
    return pick(60) ? expr_binary(m->p, EXPR_MOD, i, expr_int(m->p, size)) : i;
}

static struct shape wider(struct shape s, int32_t axis, int32_t n)
{
    struct shape w = {.rank = s.rank + 1};
    for (int32_t i = 0; i < w.rank; i++) {
        w.dim[i] = i < axis ? s.dim[i] : i == axis ? n : s.dim[i - 1];
    }
    return w;
}

static expr_id make_loop(struct maker *m, enum expr_type type, struct shape body, int32_t extent, bool map,
                         int depth)
{
    if (m->n_binders == 8) {
        return leaf(m, type, map ? shape_prefix(extent, body) : body);
    }
    int32_t binder = expr_new_binder(m->p);
    m->binder[m->n_binders] = binder;
    m->extent[m->n_binders++] = extent;
    expr_id x = make(m, type, body, depth), cond = pick(2) ? make(m, TYPE_BOOL, shape_scalar(), depth) : 0;
    m->n_binders--;
    if (map) {
        return expr_map(m->p, binder, extent, x);
    }
    return expr_fold(m->p, EXPR_FOLD_SUM + pick(3), binder, extent, x, cond);
}

static expr_id make_part(struct maker *m, enum expr_type type, struct shape shape, int depth)
{
    struct expr_pool *p = m->p;
    int32_t n = 1 + (int32_t)pick(4);
    if (shape.rank < 3 && pick(2)) {
        int32_t axis = (int32_t)pick((uint32_t)shape.rank + 1);
        expr_id array = make(m, type, wider(shape, axis, n), depth);
        return expr_take(p, array, axis, make_index(m, n, depth), 7);
    }
    if (shape.rank > 0 && pick(2)) {
        int32_t axis = (int32_t)pick((uint32_t)shape.rank);
        struct shape large = shape;
        large.dim[axis] += n;
        return expr_slice(p, make(m, type, large, depth), axis, (int32_t)pick((uint32_t)n + 1),
                          shape.dim[axis]);
    }
    if (shape.rank > 0) {
        int64_t size = shape_size(shape);
        return expr_reshape(p, make(m, type, shape_vector((int32_t)size), depth), shape);
    }
    return make_elementwise(m, type, shape, depth);
}

static expr_id make_array(struct maker *m, enum expr_type type, struct shape shape, int depth)
{
    struct expr_pool *p = m->p;
    struct shape row = shape_drop(shape, 0);
    int32_t n = shape.dim[0];
    switch (pick(5)) {
    case 0: {
        expr_id x[8];
        for (int32_t i = 0; i < n && n <= 8; i++) {
            x[i] = make(m, type, row, depth);
        }
        return n <= 8 && n > 0 ? expr_stack(p, (size_t)n, x) : leaf(m, type, shape);
    }
    case 1:
        if (n > 1) {
            int32_t first = 1 + (int32_t)pick((uint32_t)n - 1);
            expr_id x = make(m, type, shape_prefix(first, row), depth);
            return expr_concat(p, x, make(m, type, shape_prefix(n - first, row), depth));
        }
        return expr_fill(p, make(m, type, shape_scalar(), depth), shape);
    case 2: {
        int32_t rows = 1 + (int32_t)pick(4);
        expr_id array = make(m, type, shape_prefix(rows, row), depth);
        expr_id index = make(m, TYPE_INT, shape_vector(n), depth);
        return expr_gather(p, array, expr_binary(p, EXPR_MOD, index, expr_int(p, rows)), 9);
    }
    case 3:
        if (type != TYPE_BOOL && shape.rank <= 2) {
            int32_t inner = 1 + (int32_t)pick(4);
            bool both = shape.rank == 2;
            if (both || pick(2)) {
                expr_id x = make(m, type, shape_prefix(n, shape_vector(inner)), depth);
                return expr_matmul(
                    p, x, make(m, type, both ? shape_prefix(inner, row) : shape_vector(inner), depth));
            }
            expr_id x = make(m, type, shape_vector(inner), depth);
            return expr_matmul(p, x, make(m, type, shape_prefix(inner, shape), depth));
        }
        return make_loop(m, type, row, n, true, depth);
    default: return make_loop(m, type, row, n, true, depth);
    }
}

static expr_id make_scalar_of_array(struct maker *m, enum expr_type type, int depth)
{
    struct shape s = shape_vector(1 + (int32_t)pick(5));
    if (pick(2)) {
        s = shape_prefix(1 + (int32_t)pick(3), s);
    }
    if (type == TYPE_INT && pick(2)) {
        return expr_reduce(m->p, pick(2) ? EXPR_ARGMIN : EXPR_ARGMAX,
                           make(m, pick(2) ? TYPE_REAL : TYPE_INT, s, depth));
    }
    static const enum expr_op op[] = {EXPR_SUM, EXPR_MIN_OF, EXPR_MAX_OF};
    return expr_reduce(m->p, op[pick(3)], make(m, type, s, depth));
}

static expr_id make(struct maker *m, enum expr_type type, struct shape shape, int depth)
{
    if (depth <= 0 || pick(8) == 0) {
        return leaf(m, type, shape);
    }
    depth--;
    switch (pick(7)) {
    case 0: {
        expr_id c = make(m, TYPE_BOOL, shape_scalar(), depth), x = make(m, type, shape, depth);
        return expr_select(m->p, c, x, make(m, type, shape, depth));
    }
    case 1: return make_part(m, type, shape, depth);
    case 2:
        if (shape.rank > 0) {
            return make_array(m, type, shape, depth);
        }
        return type == TYPE_BOOL ? make_elementwise(m, type, shape, depth)
                                 : make_scalar_of_array(m, type, depth);
    case 3:
        if (type != TYPE_BOOL) {
            return make_loop(m, type, shape, (int32_t)pick(4), false, depth);
        }
        return make_elementwise(m, type, shape, depth);
    default: return make_elementwise(m, type, shape, depth);
    }
}

static struct shape random_shape(void)
{
    switch (pick(4)) {
    case 0: return shape_scalar();
    case 1: return shape_vector(1 + (int32_t)pick(5));
    case 2: return shape_prefix(1 + (int32_t)pick(3), shape_vector(1 + (int32_t)pick(4)));
    default: return shape_prefix(2, shape_prefix(1 + (int32_t)pick(3), shape_vector(1 + (int32_t)pick(3))));
    }
}

static void fill_variables(struct maker *m)
{
    for (int i = 0; i < N_VARS; i++) {
        struct value *v = &m->var[i];
        v->type = (enum expr_type)pick(3);
        v->shape = random_shape();
        for (int64_t k = 0; k < shape_size(v->shape); k++) {
            switch (v->type) {
            case TYPE_REAL: v->v.real[k] = random_real(); break;
            case TYPE_INT: v->v.integer[k] = random_int(); break;
            default: v->v.boolean[k] = (uint8_t)pick(2); break;
            }
        }
    }
}

/* ---- Both ways ----------------------------------------------------------------------------------------- */

static bool walk_leaf(void *env, const struct expr *e, const void *const *args, void *out)
{
    (void)args;
    const struct value *v = &((const struct maker *)env)->var[e->a];
    memcpy(out, &v->v, (size_t)shape_size(v->shape) * (size_t)emit_size_of(v->type));
    return true;
}

static LLVMValueRef emit_variable(struct emit_body *b, const struct expr *x)
{
    const struct maker *m = b->env;
    struct emit *e = b->e;
    LLVMValueRef at = LLVMConstIntToPtr(emit_i64(e, (int64_t)(uintptr_t)&m->var[x->a].v), e->ptr);
    return x->shape.rank == 0 ? emit_get(b, x->type, at, NULL) : at;
}

/* int f(struct crnl_ctx *ctx, void *out) */
static void emit_one(struct emit *e, struct emit_cache *cache, const struct maker *m, expr_id id, int number)
{
    char name[32];
    snprintf(name, sizeof name, "f%d", number);
    LLVMTypeRef types[] = {e->ptr, e->ptr};
    LLVMValueRef f = emit_function(e, name, LLVMFunctionType(e->i32, types, 2, false), LLVMExternalLinkage);
    struct emit_body b;
    emit_body_init(&b, e, cache, f);
    b.ctx = LLVMGetParam(f, 0);
    b.leaf = emit_variable;
    b.env = m;
    emit_count_uses(&b, &id, 1);
    const struct expr *x = expr_get(m->p, id);
    if (x->shape.rank == 0) {
        emit_put(&b, x->type, LLVMGetParam(f, 1), NULL, emit_scalar(&b, id));
    } else {
        emit_array_into(&b, id, LLVMGetParam(f, 1));
    }
    LLVMBuildRet(e->builder, emit_i32(e, 0));
    emit_body_finish(&b);
}

static bool same(enum expr_type type, const void *a, const void *b, int64_t n)
{
    for (int64_t i = 0; i < n && type == TYPE_REAL; i++) {
        double x = ((const double *)a)[i], y = ((const double *)b)[i];
        if (!(isnan(x) && isnan(y)) && memcmp(&x, &y, sizeof x) != 0) {
            print_message("element %d: %a, not %a\n", (int)i, y, x);
            return false;
        }
    }
    return type == TYPE_REAL || memcmp(a, b, (size_t)(n * emit_size_of(type))) == 0;
}

static void compare(struct maker *m, const expr_id *id, int n, struct jit *jit, struct diag *diag)
{
    static const struct crnl_program program = {.abi = CRNL_ABI, .file = "test.crnl"};
    static const struct crnl_options options = {.quiet = 1};
    const struct expr_env env = {m, walk_leaf, NULL};
    int compared = 0;
    for (int i = 0; i < n; i++) {
        const struct expr *x = expr_get(m->p, id[i]);
        double expected[MAX_ELEMENTS], got[MAX_ELEMENTS];
        char name[32];
        snprintf(name, sizeof name, "f%d", i);
        uintptr_t at = jit_symbol(jit, name, diag);
        int (*f)(struct crnl_ctx *, void *);
        memcpy(&f, &at, sizeof at);
        struct crnl_ctx *ctx = crnl_create(&program, &options);
        bool good = expr_eval(m->p, id[i], &env, expected);
        int status = f(ctx, got);
        crnl_destroy(ctx);
        if (good != (status == 0) || (good && !same(x->type, expected, got, shape_size(x->shape)))) {
            char *text = NULL;
            size_t size;
            FILE *out = open_memstream(&text, &size);
            expr_print(out, m->p, id[i], NULL, NULL);
            fclose(out);
            print_message("%s\n", text);
            free(text);
            fail_msg("expression %d: walking %s, code %s", i, good ? "has a value" : "fails",
                     status ? "fails" : "differs");
        }
        compared += good;
    }
    assert_true(compared > n / 2);
}

static void check_round(int opt_level)
{
    static struct maker m;
    expr_id id[N_EXPRS];
    m.p = expr_pool_create();
    m.n_binders = 0;
    fill_variables(&m);
    for (int i = 0; i < N_EXPRS; i++) {
        id[i] = make(&m, (enum expr_type)pick(3), random_shape(), 6);
    }
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct emit *e = emit_create("test", target_machine(true, opt_level, diag));
    struct emit_cache cache;
    emit_cache_init(&cache, m.p);
    for (int i = 0; i < N_EXPRS; i++) {
        emit_one(e, &cache, &m, id[i], i);
    }
    emit_cache_free(&cache);
    LLVMMemoryBufferRef object =
        target_optimise(e, opt_level, diag) ? target_generate(e, LLVMObjectFile, diag) : NULL;
    diag_print(diag, stderr, false);
    assert_non_null(object);
    struct jit *jit = jit_create(object, diag);
    assert_non_null(jit);
    compare(&m, id, N_EXPRS, jit, diag);
    jit_destroy(jit);
    emit_destroy(e);
    diag_destroy(diag);
    sources_destroy(sources);
    expr_pool_destroy(m.p);
}

static void test_unoptimised(void **state)
{
    (void)state;
    check_round(0);
}

static void test_optimised(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        check_round(2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unoptimised),
        cmocka_unit_test(test_optimised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
