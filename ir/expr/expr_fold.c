/* Folding and simplification of a node when it is built. Folding evaluates constant operands. A
 * simplification must keep the value bitwise the same for all operands, where all NaNs count as equal: 0*x
 * stays because x may be infinite, and x+0 because x may be -0. */
#include "ir/expr/expr_impl.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/mem.h"

enum { LOOP_BUDGET = 40000000 }; /* element steps that folding a closed loop may take */

struct operand expr_const_operand(const struct expr *e, void *scalar)
{
    struct operand o = {e->type, e->shape, scalar};
    if (e->shape.rank > 0) {
        o.data = e->v.data;
    } else if (e->type == TYPE_BOOL) {
        *(uint8_t *)scalar = (uint8_t)e->v.integer;
    } else {
        memcpy(scalar, &e->v, sizeof e->v);
    }
    return o;
}

static expr_id make_const(struct expr_pool *p, const struct expr *e, const void *value)
{
    if (e->shape.rank > 0) {
        return expr_const_array(p, e->type, e->shape, value);
    }
    switch (e->type) {
    case TYPE_REAL: return expr_real(p, *(const double *)value);
    case TYPE_INT: return expr_int(p, *(const int64_t *)value);
    case TYPE_BOOL: return expr_bool(p, *(const uint8_t *)value);
    default: return expr_text(p, *(const char *const *)value);
    }
}

static bool all_const(const struct expr_pool *p, const struct expr *e)
{
    for (uint32_t i = 0; i < e->n_args; i++) {
        if (expr_get(p, e->args[i])->op != EXPR_CONST) {
            return false;
        }
    }
    return e->n_args > 0;
}

/* Folds a strict operator. Operand values and result lie in one block, which is on the stack if all are
 * scalars and there are few. */
static expr_id fold_strict(struct expr_pool *p, const struct expr *e)
{
    uint64_t small_value[4], small_result;
    struct operand small_operand[4];
    bool small = e->n_args <= 4 && e->shape.rank == 0;
    uint64_t *value = small ? small_value : mem_alloc(e->n_args * sizeof *value);
    struct operand *operand = small ? small_operand : mem_alloc(e->n_args * sizeof *operand);
    size_t bytes = (size_t)shape_size(e->shape) * type_size(e->type);
    void *result = small ? &small_result : mem_alloc(bytes + 1);
    for (uint32_t i = 0; i < e->n_args; i++) {
        operand[i] = expr_const_operand(expr_get(p, e->args[i]), &value[i]);
    }
    struct expr_fault fault;
    expr_id id = expr_compute(e, operand, result, &fault) ? make_const(p, e, result) : 0;
    if (!small) {
        free(value);
        free(operand);
        free(result);
    }
    return id;
}

/* Whether the node contains the loop of every loop variable that it contains. */
static bool is_closed(const struct expr_pool *p, const struct expr *e)
{
    struct reach r;
    bool closed = true;
    for (uint32_t i = 0; i < e->n_args && closed; i++) {
        reach_collect(&r, p, e->args[i], false);
        for (size_t k = 0; k < r.n && closed; k++) {
            const struct expr *x = expr_get(p, r.id[k]);
            bool bound = x->op != EXPR_BINDER || x->a == e->a;
            for (size_t m = k + 1; m < r.n && !bound; m++) {
                const struct expr *y = expr_get(p, r.id[m]);
                bound = expr_is_loop(y->op) && y->a == x->a;
            }
            closed = bound;
        }
        reach_free(&r);
    }
    return closed;
}

static expr_id fold_loop(struct expr_pool *p, const struct expr *e)
{
    for (uint32_t i = 0; i < e->n_args; i++) {
        if (expr_get(p, e->args[i])->holds & HOLDS_LEAF) {
            return 0;
        }
    }
    if (!is_closed(p, e)) {
        return 0;
    }
    void *result = mem_alloc((size_t)shape_size(e->shape) * type_size(e->type) + 1);
    expr_id id = expr_eval_closed(p, e, LOOP_BUDGET, result) ? make_const(p, e, result) : 0;
    free(result);
    return id;
}

static expr_id fold_join(struct expr_pool *p, const struct expr *e)
{
    size_t length = 0;
    for (uint32_t i = 0; i < e->n_args; i++) {
        length += strlen(expr_get(p, e->args[i])->v.text);
    }
    char *text = mem_alloc(length + 1);
    text[0] = '\0';
    char *end = text;
    for (uint32_t i = 0; i < e->n_args; i++) {
        const char *part = expr_get(p, e->args[i])->v.text;
        size_t n = strlen(part);
        memcpy(end, part, n + 1);
        end += n;
    }
    expr_id id = expr_text(p, text);
    free(text);
    return id;
}

expr_id expr_fold_node(struct expr_pool *p, const struct expr *e)
{
    if (shape_size(e->shape) > FOLD_LIMIT) {
        return 0;
    }
    if (expr_is_loop(e->op)) {
        return fold_loop(p, e);
    }
    if (e->op == EXPR_SELECT || !all_const(p, e)) {
        return 0;
    }
    return e->op == EXPR_JOIN ? fold_join(p, e) : fold_strict(p, e);
}

/* Whether the value is never -0. A sum rounded to nearest is -0 only if both terms are. */
static bool never_negative_zero(const struct expr_pool *p, expr_id id, int depth)
{
    const struct expr *e = expr_get(p, id);
    switch (e->op) {
    case EXPR_CONST: return is_scalar(e) && !(e->v.real == 0 && signbit(e->v.real));
    case EXPR_ABS:
    case EXPR_EXP:
    case EXPR_TO_REAL:
    case EXPR_FLOOR_REAL:
    case EXPR_SUM:
    case EXPR_MATMUL:
    case EXPR_FOLD_SUM: return true;
    case EXPR_ADD:
        return depth > 0 && (never_negative_zero(p, e->args[0], depth - 1) ||
                             never_negative_zero(p, e->args[1], depth - 1));
    default: return false;
    }
}

static bool is_real_const(const struct expr_pool *p, expr_id id, double v)
{
    const struct expr *e = expr_get(p, id);
    return e->op == EXPR_CONST && is_scalar(e) && e->type == TYPE_REAL && e->v.real == v &&
           signbit(e->v.real) == signbit(v);
}

static bool is_int_const(const struct expr_pool *p, expr_id id, int64_t v)
{
    const struct expr *e = expr_get(p, id);
    return e->op == EXPR_CONST && is_scalar(e) && e->type == TYPE_INT && e->v.integer == v;
}

static expr_id simplify_int(struct expr_pool *p, const struct expr *e, expr_id x, expr_id y)
{
    switch (e->op) {
    case EXPR_ADD: return is_int_const(p, y, 0) ? x : is_int_const(p, x, 0) ? y : 0;
    case EXPR_SUB: return is_int_const(p, y, 0) ? x : 0;
    case EXPR_MUL: return is_int_const(p, y, 1) ? x : is_int_const(p, x, 1) ? y : 0;
    case EXPR_POW: return is_int_const(p, y, 1) ? x : 0;
    default: return 0;
    }
}

static expr_id simplify_real(struct expr_pool *p, const struct expr *e, expr_id x, expr_id y)
{
    switch (e->op) {
    case EXPR_ADD:
        if (is_real_const(p, y, -0.0) || (is_real_const(p, y, 0) && never_negative_zero(p, x, 3))) {
            return x;
        }
        if (is_real_const(p, x, -0.0) || (is_real_const(p, x, 0) && never_negative_zero(p, y, 3))) {
            return y;
        }
        return expr_get(p, y)->op == EXPR_NEG ? expr_binary(p, EXPR_SUB, x, expr_get(p, y)->args[0]) : 0;
    case EXPR_SUB:
        if (is_real_const(p, y, 0)) {
            return x;
        }
        return expr_get(p, y)->op == EXPR_NEG ? expr_binary(p, EXPR_ADD, x, expr_get(p, y)->args[0]) : 0;
    case EXPR_MUL: return is_real_const(p, y, 1) ? x : is_real_const(p, x, 1) ? y : 0;
    case EXPR_DIV: return is_real_const(p, y, 1) ? x : 0;
    case EXPR_POW:
        if (is_real_const(p, y, 0)) {
            return expr_real(p, 1);
        }
        return is_real_const(p, y, 1) ? x : 0;
    default: return 0;
    }
}

static expr_id simplify_binary(struct expr_pool *p, const struct expr *e)
{
    expr_id x = e->args[0], y = e->args[1];
    if (expr_has_class(e->op, EXPR_CLASS_LOGICAL)) {
        bool neutral = e->op == EXPR_AND; /* true && y is y; false && y does not evaluate y */
        if (expr_is_const(p, x)) {
            return (expr_get(p, x)->v.integer != 0) == neutral ? y : x;
        }
        return expr_is_const(p, y) && (expr_get(p, y)->v.integer != 0) == neutral ? x : 0;
    }
    expr_id r = 0;
    if (e->type == TYPE_INT) {
        r = simplify_int(p, e, x, y);
    } else if (e->type == TYPE_REAL) {
        r = simplify_real(p, e, x, y);
    }
    /* If a scalar was broadcast to the shape of an array operand, the scalar itself is not the result. */
    return r && shape_equal(expr_get(p, r)->shape, e->shape) ? r : 0;
}

static expr_id simplify_not(struct expr_pool *p, expr_id x)
{
    const struct expr *e = expr_get(p, x);
    switch (e->op) {
    case EXPR_NOT: return e->args[0];
    case EXPR_EQ: return expr_binary(p, EXPR_NE, e->args[0], e->args[1]);
    case EXPR_NE: return expr_binary(p, EXPR_EQ, e->args[0], e->args[1]);
    default: return 0;
    }
}

/* Entry i along the first axis of a reshaped array, as a part of the flat array. A known element of a
 * reshaped STACK of scalars thus becomes the scalar itself. */
static expr_id take_of_reshape(struct expr_pool *p, const struct expr *e, expr_id from, int64_t i)
{
    struct shape row = e->shape, all = expr_get(p, from)->shape;
    int64_t size = shape_size(row);
    expr_id flat = all.rank == 1 ? from : expr_reshape(p, from, shape_vector((int32_t)shape_size(all)));
    if (row.rank == 0) {
        return expr_take(p, flat, 0, expr_int(p, i), e->b);
    }
    return expr_reshape(p, expr_slice(p, flat, 0, (int32_t)(i * size), (int32_t)size), row);
}

static expr_id simplify_take(struct expr_pool *p, const struct expr *e)
{
    const struct expr *array = expr_get(p, e->args[0]);
    int64_t i;
    if (!expr_const_int(p, e->args[1], &i) || i < 0 || i >= array->shape.dim[e->a]) {
        return 0;
    }
    switch (array->op) {
    case EXPR_STACK: return e->a == 0 ? array->args[i] : 0;
    case EXPR_FILL: return expr_fill(p, array->args[0], e->shape);
    case EXPR_SLICE: {
        int64_t from = array->a == e->a ? array->b : 0;
        return array->a == e->a ? expr_take(p, array->args[0], e->a, expr_int(p, i + from), e->b) : 0;
    }
    case EXPR_RESHAPE: return e->a == 0 ? take_of_reshape(p, e, array->args[0], i) : 0;
    default: return 0;
    }
}

/* A slice of a STACK is a STACK of fewer entries. The entries are copied first, because building a node may
 * move the pool. */
static expr_id simplify_slice(struct expr_pool *p, const struct expr *e)
{
    const struct expr *array = expr_get(p, e->args[0]);
    size_t n = (size_t)e->shape.dim[0];
    if (array->op != EXPR_STACK || e->a != 0 || n == 0) {
        return 0;
    }
    expr_id *part = mem_alloc(n * sizeof *part);
    memcpy(part, array->args + e->b, n * sizeof *part);
    expr_id id = expr_stack(p, n, part);
    free(part);
    return id;
}

expr_id expr_simplify(struct expr_pool *p, const struct expr *e)
{
    if (expr_is_binary(e->op)) {
        return simplify_binary(p, e);
    }
    const struct expr *x = expr_get(p, e->args[0]);
    switch (e->op) {
    case EXPR_NEG: return x->op == EXPR_NEG ? x->args[0] : 0;
    case EXPR_ABS: return x->op == EXPR_ABS ? e->args[0] : 0;
    case EXPR_NOT: return simplify_not(p, e->args[0]);
    case EXPR_SELECT:
        if (x->op == EXPR_CONST) {
            return e->args[x->v.integer ? 1 : 2];
        }
        return e->args[1] == e->args[2] && !(x->holds & HOLDS_EFFECT) ? e->args[1] : 0;
    case EXPR_TAKE: return simplify_take(p, e);
    case EXPR_SLICE: return simplify_slice(p, e);
    case EXPR_RESHAPE: return x->op == EXPR_RESHAPE ? expr_reshape(p, x->args[0], e->shape) : 0;
    case EXPR_JOIN: return e->n_args == 1 ? e->args[0] : 0;
    default: return 0;
    }
}
