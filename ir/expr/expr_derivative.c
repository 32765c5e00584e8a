/* Symbolic derivatives of expressions with respect to a scalar leaf, in forward mode, node by node. The
 * derivative of an array node is an array of the same shape. The id 0 stands for a derivative of zero, so
 * that absent terms add no nodes. */
#include "ir/expr/expr_impl.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/mem.h"

static expr_id mul(struct expr_pool *p, expr_id x, expr_id y)
{
    return x && y ? expr_binary(p, EXPR_MUL, x, y) : 0;
}

static expr_id add(struct expr_pool *p, expr_id x, expr_id y)
{
    return x && y ? expr_binary(p, EXPR_ADD, x, y) : x ? x : y;
}

static expr_id sub(struct expr_pool *p, expr_id x, expr_id y)
{
    if (x && y) {
        return expr_binary(p, EXPR_SUB, x, y);
    }
    return x ? x : y ? expr_unary(p, EXPR_NEG, y) : 0;
}

static expr_id divide(struct expr_pool *p, expr_id x, expr_id y)
{
    return x ? expr_binary(p, EXPR_DIV, x, y) : 0;
}

static expr_id zero(struct expr_pool *p, struct shape s)
{
    return expr_fill(p, expr_real(p, 0), s);
}

static expr_id or_zero(struct expr_pool *p, expr_id d, struct shape s)
{
    return d ? expr_fill(p, d, expr_get(p, d)->shape.rank > 0 ? expr_get(p, d)->shape : s) : zero(p, s);
}

static expr_id d_unary(struct expr_pool *p, const struct expr *e, expr_id id, expr_id x, expr_id dx)
{
    expr_id two = expr_real(p, 2), one = expr_real(p, 1);
    switch (e->op) {
    case EXPR_NEG: return expr_unary(p, EXPR_NEG, dx);
    case EXPR_EXP: return mul(p, dx, id);
    case EXPR_LOG: return divide(p, dx, x);
    case EXPR_SQRT: return divide(p, dx, mul(p, two, id));
    case EXPR_SIN: return mul(p, dx, expr_unary(p, EXPR_COS, x));
    case EXPR_COS: return expr_unary(p, EXPR_NEG, mul(p, dx, expr_unary(p, EXPR_SIN, x)));
    case EXPR_TANH: return mul(p, dx, sub(p, one, mul(p, id, id)));
    case EXPR_ATAN: return divide(p, dx, expr_binary(p, EXPR_ADD, one, mul(p, x, x)));
    case EXPR_ABS: {
        expr_id negative = expr_binary(p, EXPR_LT, x, expr_real(p, 0));
        if (is_scalar(e)) {
            return expr_select(p, negative, expr_unary(p, EXPR_NEG, dx), dx);
        }
        return mul(p, dx, sub(p, one, mul(p, two, expr_to_real(p, negative))));
    }
    default: return 0; /* TO_REAL has an integer operand, and FLOOR is piecewise constant */
    }
}

static expr_id d_pow(struct expr_pool *p, expr_id id, expr_id x, expr_id y, expr_id dx, expr_id dy)
{
    expr_id by_x = 0, by_y = 0;
    if (dx) {
        expr_id lower = expr_binary(p, EXPR_POW, x, expr_binary(p, EXPR_SUB, y, expr_real(p, 1)));
        by_x = mul(p, mul(p, y, lower), dx);
    }
    if (dy) {
        by_y = mul(p, mul(p, id, expr_unary(p, EXPR_LOG, x)), dy);
    }
    return add(p, by_x, by_y);
}

/* The derivative of the branch that MIN or MAX takes. */
static expr_id d_extreme(struct expr_pool *p, const struct expr *e, expr_id x, expr_id y, expr_id dx,
                         expr_id dy)
{
    expr_id second = e->op == EXPR_MIN ? expr_binary(p, EXPR_LT, y, x) : expr_binary(p, EXPR_LT, x, y);
    if (is_scalar(e)) {
        return expr_select(p, second, or_zero(p, dy, e->shape), or_zero(p, dx, e->shape));
    }
    return add(p, dx, mul(p, expr_to_real(p, second), sub(p, dy, dx)));
}

static expr_id d_binary(struct expr_pool *p, const struct expr *e, expr_id id, expr_id dx, expr_id dy)
{
    expr_id x = e->args[0], y = e->args[1];
    switch (e->op) {
    case EXPR_ADD: return add(p, dx, dy);
    case EXPR_SUB: return sub(p, dx, dy);
    case EXPR_MUL: return add(p, mul(p, dx, y), mul(p, x, dy));
    case EXPR_DIV: return divide(p, sub(p, dx, mul(p, id, dy)), y);
    case EXPR_MOD: {
        if (!dy) {
            return dx;
        }
        expr_id turns = expr_to_real(p, expr_unary(p, EXPR_FLOOR, expr_binary(p, EXPR_DIV, x, y)));
        return sub(p, dx, mul(p, turns, dy));
    }
    case EXPR_POW: return d_pow(p, id, x, y, dx, dy);
    case EXPR_MIN:
    case EXPR_MAX: return d_extreme(p, e, x, y, dx, dy);
    default: return 0;
    }
}

static expr_id pick(struct expr_pool *p, expr_id derivative, expr_id array, enum expr_op arg)
{
    int64_t n = shape_size(expr_get(p, array)->shape);
    expr_id flat = expr_reshape(p, derivative, shape_vector((int32_t)n));
    return expr_take(p, flat, 0, expr_reduce(p, arg, array), 0);
}

/* FOLD_MIN, FOLD_MAX: for each element, the derivative in the turn that attains the minimum or maximum. */
static expr_id d_fold_extreme(struct expr_pool *p, const struct expr *e, expr_id dbody)
{
    int64_t n = shape_size(e->shape);
    if (e->b == 0 || n == 0) {
        return 0;
    }
    expr_id *element = mem_alloc((size_t)n * sizeof *element);
    for (int64_t i = 0; i < n; i++) {
        expr_id body = expr_element(p, e->args[0], i);
        if (e->n_args > 1) {
            body =
                expr_select(p, e->args[1], body, expr_real(p, e->op == EXPR_FOLD_MIN ? INFINITY : -INFINITY));
        }
        expr_id values = expr_map(p, e->a, e->b, body);
        expr_id derivatives = expr_map(p, e->a, e->b, expr_element(p, dbody, i));
        element[i] = pick(p, derivatives, values, e->op == EXPR_FOLD_MIN ? EXPR_ARGMIN : EXPR_ARGMAX);
    }
    expr_id id = is_scalar(e) ? element[0] : expr_reshape(p, expr_stack(p, (size_t)n, element), e->shape);
    free(element);
    return id;
}

static expr_id d_stack(struct expr_pool *p, const struct expr *e, const expr_id *d)
{
    struct shape row = shape_drop(e->shape, 0);
    expr_id *rows = mem_alloc(e->n_args * sizeof *rows);
    for (uint32_t i = 0; i < e->n_args; i++) {
        rows[i] = or_zero(p, d[i], row);
    }
    expr_id id = expr_stack(p, e->n_args, rows);
    free(rows);
    return id;
}

static expr_id d_array(struct expr_pool *p, const struct expr *e, const expr_id *d)
{
    const expr_id *x = e->args;
    switch (e->op) {
    case EXPR_SELECT: return expr_select(p, x[0], or_zero(p, d[1], e->shape), or_zero(p, d[2], e->shape));
    case EXPR_STACK: return d_stack(p, e, d);
    case EXPR_TAKE: return d[0] ? expr_take(p, d[0], e->a, x[1], e->b) : 0;
    case EXPR_SLICE: return expr_slice(p, d[0], e->a, e->b, e->shape.dim[e->a]);
    case EXPR_GATHER: return d[0] ? expr_gather(p, d[0], x[1], e->b) : 0;
    case EXPR_FILL: return expr_fill(p, d[0], e->shape);
    case EXPR_RESHAPE: return expr_reshape(p, d[0], e->shape);
    case EXPR_CONCAT:
        return expr_concat(p, or_zero(p, d[0], expr_get(p, x[0])->shape),
                           or_zero(p, d[1], expr_get(p, x[1])->shape));
    case EXPR_MATMUL:
        return add(p, d[0] ? expr_matmul(p, d[0], x[1]) : 0, d[1] ? expr_matmul(p, x[0], d[1]) : 0);
    case EXPR_SUM: return expr_reduce(p, EXPR_SUM, d[0]);
    case EXPR_MIN_OF: return pick(p, d[0], x[0], EXPR_ARGMIN);
    case EXPR_MAX_OF: return pick(p, d[0], x[0], EXPR_ARGMAX);
    case EXPR_MAP: return expr_map(p, e->a, e->b, d[0]);
    case EXPR_FOLD_SUM:
        return d[0] ? expr_fold(p, EXPR_FOLD_SUM, e->a, e->b, d[0], e->n_args > 1 ? x[1] : 0) : 0;
    case EXPR_FOLD_MIN:
    case EXPR_FOLD_MAX: return d[0] ? d_fold_extreme(p, e, d[0]) : 0;
    default: return 0;
    }
}

/* The derivative of a node. Below an array operator, broadcasting may have reduced a derivative to a scalar;
 * expr_fill restores the shape. */
static expr_id derive(struct expr_pool *p, const struct expr *e, expr_id id, const expr_id *d)
{
    bool any = false;
    for (uint32_t i = 0; i < e->n_args; i++) {
        any = any || d[i];
    }
    if (!any || e->type != TYPE_REAL) {
        return 0;
    }
    expr_id r;
    if (expr_is_unary(e->op)) {
        r = d_unary(p, e, id, e->args[0], d[0]);
    } else if (expr_is_binary(e->op)) {
        r = d_binary(p, e, id, d[0], d[1]);
    } else {
        r = d_array(p, e, d);
    }
    return r ? expr_fill(p, r, e->shape) : 0;
}

expr_id expr_derivative(struct expr_pool *p, expr_id id, enum expr_op op, int32_t a)
{
    assert(expr_get(p, id)->shape.rank == 0);
    struct reach r;
    reach_collect(&r, p, id, false);
    expr_id room[REACH_INLINE], arg_room[8];
    expr_id *image = r.n <= REACH_INLINE ? room : mem_alloc(r.n * sizeof *image);
    for (size_t i = 0; i < r.n; i++) {
        struct expr e = *expr_get(p, r.id[i]);
        if (e.n_args == 0) {
            image[i] = e.op == op && e.a == a ? expr_real(p, 1) : 0;
            continue;
        }
        expr_id *d = e.n_args <= 8 ? arg_room : mem_alloc(e.n_args * sizeof *d);
        for (uint32_t k = 0; k < e.n_args; k++) {
            d[k] = image[reach_find(&r, e.args[k])];
        }
        image[i] = derive(p, &e, r.id[i], d);
        if (d != arg_room) {
            free(d);
        }
    }
    expr_id result = image[r.n - 1];
    if (image != room) {
        free(image);
    }
    reach_free(&r);
    return result ? result : expr_real(p, 0);
}
