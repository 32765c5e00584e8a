/* An element of an array expression as a scalar expression: the index is pushed inwards as far as
 * possible. */
#include "ir/expr/expr_impl.h"

#include <assert.h>

/* The element with the row-major index i, by a chain of TAKEs with constant indices. */
static expr_id take_all(struct expr_pool *p, expr_id array, int64_t i)
{
    struct shape s = expr_get(p, array)->shape;
    while (s.rank > 0) {
        s = shape_drop(s, 0);
        int64_t inner = shape_size(s);
        array = expr_take(p, array, 0, expr_int(p, i / inner), 0);
        i %= inner;
    }
    return array;
}

/* The row-major index, in an array of shape s, of the element whose index along `axis` is `index`, and whose
 * other indices are those of element i of the array without that axis. */
static int64_t insert_axis(struct shape s, int32_t axis, int64_t i, int64_t index)
{
    int64_t inner = 1;
    for (int32_t k = axis + 1; k < s.rank; k++) {
        inner *= s.dim[k];
    }
    return (i / inner * s.dim[axis] + index) * inner + i % inner;
}

/* The vector along `axis` whose other indices are those of element i of the array without that axis. Taking
 * the element of this vector at an index known only at run time gives the wanted element. */
static expr_id line_along(struct expr_pool *p, expr_id array, int32_t axis, int64_t i)
{
    struct shape s = expr_get(p, array)->shape;
    int64_t coordinate[SHAPE_MAX_RANK] = {0};
    for (int32_t k = s.rank - 1; k >= 0; k--) {
        if (k != axis) {
            coordinate[k] = i % s.dim[k];
            i /= s.dim[k];
        }
    }
    for (int32_t k = s.rank - 1; k >= 0; k--) {
        if (k != axis) {
            array = expr_take(p, array, k, expr_int(p, coordinate[k]), 0);
        }
    }
    return array;
}

static expr_id element_of_take(struct expr_pool *p, const struct expr *e, int64_t i)
{
    struct shape s = expr_get(p, e->args[0])->shape;
    int64_t index;
    if (!expr_const_int(p, e->args[1], &index)) {
        return expr_take(p, line_along(p, e->args[0], e->a, i), 0, e->args[1], e->b);
    }
    if (index < 0 || index >= s.dim[e->a]) {
        return 0;
    }
    return expr_element(p, e->args[0], insert_axis(s, e->a, i, index));
}

static expr_id element_of_slice(struct expr_pool *p, const struct expr *e, int64_t i)
{
    struct shape s = expr_get(p, e->args[0])->shape;
    int64_t inner = 1, length = e->shape.dim[e->a];
    for (int32_t k = e->a + 1; k < s.rank; k++) {
        inner *= s.dim[k];
    }
    int64_t outer = i / (inner * length), along = i / inner % length;
    return expr_element(p, e->args[0], (outer * s.dim[e->a] + along + e->b) * inner + i % inner);
}

static expr_id element_of_gather(struct expr_pool *p, const struct expr *e, int64_t i)
{
    struct shape s = expr_get(p, e->args[0])->shape;
    int64_t inner = shape_size(shape_drop(s, 0)), row;
    expr_id index = expr_element(p, e->args[1], i / inner);
    if (!expr_const_int(p, index, &row)) {
        return expr_take(p, line_along(p, e->args[0], 0, i % inner), 0, index, e->b);
    }
    return row >= 0 && row < s.dim[0] ? expr_element(p, e->args[0], row * inner + i % inner) : 0;
}

/* The sum starts from 0 and runs left to right, as that of MATMUL does. */
static expr_id element_of_matmul(struct expr_pool *p, const struct expr *e, int64_t i)
{
    struct shape sx = expr_get(p, e->args[0])->shape, sy = expr_get(p, e->args[1])->shape;
    int64_t inner = sy.dim[0], columns = sy.rank == 2 ? sy.dim[1] : 1;
    int64_t row = sx.rank == 2 ? i / columns : 0, column = i % columns;
    expr_id sum = e->type == TYPE_REAL ? expr_real(p, 0) : expr_int(p, 0);
    for (int64_t k = 0; k < inner; k++) {
        expr_id x = expr_element(p, e->args[0], row * inner + k);
        expr_id y = expr_element(p, e->args[1], k * columns + column);
        sum = expr_binary(p, EXPR_ADD, sum, expr_binary(p, EXPR_MUL, x, y));
    }
    return sum;
}

struct fix_binder {
    struct expr_pool *p;
    int32_t binder;
    int64_t value;
};

static expr_id fix_leaf(void *env, const struct expr *leaf, expr_id id)
{
    const struct fix_binder *f = env;
    (void)id;
    return leaf->op == EXPR_BINDER && leaf->a == f->binder ? expr_int(f->p, f->value) : 0;
}

static expr_id element_of_map(struct expr_pool *p, const struct expr *e, int64_t i)
{
    int64_t inner = shape_size(shape_drop(e->shape, 0));
    struct fix_binder f = {p, e->a, i / inner};
    return expr_element(p, expr_rewrite(p, p, e->args[0], fix_leaf, &f), i % inner);
}

static expr_id element_of_fold(struct expr_pool *p, const struct expr *e, int64_t i)
{
    return expr_fold(p, e->op, e->a, e->b, expr_element(p, e->args[0], i), e->n_args > 1 ? e->args[1] : 0);
}

static expr_id push_inwards(struct expr_pool *p, const struct expr *e, int64_t i)
{
    switch (e->op) {
    case EXPR_TAKE: return element_of_take(p, e, i);
    case EXPR_SLICE: return element_of_slice(p, e, i);
    case EXPR_GATHER: return element_of_gather(p, e, i);
    case EXPR_FILL: return e->args[0];
    case EXPR_RESHAPE: return expr_element(p, e->args[0], i);
    case EXPR_MATMUL: return element_of_matmul(p, e, i);
    case EXPR_MAP: return element_of_map(p, e, i);
    case EXPR_SELECT:
        return expr_select(p, e->args[0], expr_element(p, e->args[1], i), expr_element(p, e->args[2], i));
    case EXPR_STACK: {
        int64_t inner = shape_size(shape_drop(e->shape, 0));
        return expr_element(p, e->args[i / inner], i % inner);
    }
    case EXPR_CONCAT: {
        int64_t first = shape_size(expr_get(p, e->args[0])->shape);
        return i < first ? expr_element(p, e->args[0], i) : expr_element(p, e->args[1], i - first);
    }
    default: break;
    }
    if (expr_has_class(e->op, EXPR_CLASS_FOLD)) {
        return element_of_fold(p, e, i);
    }
    if (expr_is_unary(e->op)) {
        return expr_unary(p, e->op, expr_element(p, e->args[0], i));
    }
    if (expr_is_binary(e->op)) {
        expr_id x = expr_element(p, e->args[0], expr_get(p, e->args[0])->shape.rank > 0 ? i : 0);
        expr_id y = expr_element(p, e->args[1], expr_get(p, e->args[1])->shape.rank > 0 ? i : 0);
        return expr_binary(p, e->op, x, y);
    }
    return 0;
}

expr_id expr_element(struct expr_pool *p, expr_id array, int64_t i)
{
    struct expr e = *expr_get(p, array);
    assert(i >= 0 && i < shape_size(e.shape));
    if (e.shape.rank == 0) {
        return array;
    }
    if (e.op == EXPR_CONST) {
        return expr_const_element(p, array, i);
    }
    expr_id element = e.n_args > 0 ? push_inwards(p, &e, i) : 0;
    return element ? element : take_all(p, array, i);
}
