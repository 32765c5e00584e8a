/* Builders: they determine the type and shape of a result and convert integers next to reals, and then fold,
 * simplify or intern the node. */
#include "ir/expr/expr_impl.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/mem.h"

static expr_id finish(struct expr_pool *p, const struct expr *e)
{
    expr_id id = expr_fold_node(p, e);
    if (!id) {
        id = expr_simplify(p, e);
    }
    return id ? id : expr_intern(p, e);
}

static enum expr_type type_of(const struct expr_pool *p, expr_id id)
{
    return expr_get(p, id)->type;
}

static struct shape shape_of(const struct expr_pool *p, expr_id id)
{
    return expr_get(p, id)->shape;
}

expr_id expr_to_real(struct expr_pool *p, expr_id x)
{
    if (type_of(p, x) == TYPE_REAL) {
        return x;
    }
    assert(type_of(p, x) != TYPE_TEXT);
    if (expr_get(p, x)->op == EXPR_FLOOR) {
        return expr_unary(p, EXPR_FLOOR_REAL, expr_get(p, x)->args[0]);
    }
    if (expr_get(p, x)->op == EXPR_SELECT) { /* constants in branches become real numbers */
        expr_id args[] = {expr_get(p, x)->args[0], expr_get(p, x)->args[1], expr_get(p, x)->args[2]};
        expr_id yes = expr_to_real(p, args[1]);
        return expr_select(p, args[0], yes, expr_to_real(p, args[2]));
    }
    struct expr e = {.op = EXPR_TO_REAL, .type = TYPE_REAL, .n_args = 1, .shape = shape_of(p, x), .args = &x};
    return finish(p, &e);
}

expr_id expr_unary(struct expr_pool *p, enum expr_op op, expr_id x)
{
    if (op == EXPR_TO_REAL) {
        return expr_to_real(p, x);
    }
    enum expr_type type = type_of(p, x);
    if (op == EXPR_NOT) {
        assert(type == TYPE_BOOL);
    } else if (op == EXPR_NEG || op == EXPR_ABS) {
        assert(type == TYPE_REAL || type == TYPE_INT);
    } else if (op == EXPR_FLOOR) {
        if (type == TYPE_INT) {
            return x;
        }
        assert(type == TYPE_REAL);
        type = TYPE_INT;
    } else {
        assert(expr_has_class(op, EXPR_CLASS_FUNCTION));
        x = expr_to_real(p, x);
        type = TYPE_REAL;
    }
    struct expr e = {
        .op = (uint8_t)op, .type = (uint8_t)type, .n_args = 1, .shape = shape_of(p, x), .args = &x};
    return finish(p, &e);
}

static bool nonnegative_const(const struct expr_pool *p, expr_id id)
{
    const struct expr *e = expr_get(p, id);
    if (e->op != EXPR_CONST || e->type != TYPE_INT) {
        return false;
    }
    if (is_scalar(e)) {
        return e->v.integer >= 0;
    }
    int64_t n = shape_size(e->shape);
    for (int64_t i = 0; i < n; i++) {
        if (((const int64_t *)e->v.data)[i] < 0) {
            return false;
        }
    }
    return true;
}

/* Converts the operands of an arithmetic operator or comparison to a common type. */
static enum expr_type unify(struct expr_pool *p, enum expr_op op, expr_id *x, expr_id *y)
{
    enum expr_type tx = type_of(p, *x), ty = type_of(p, *y);
    bool equality = op == EXPR_EQ || op == EXPR_NE;
    if (expr_has_class(op, EXPR_CLASS_LOGICAL)) {
        assert(tx == TYPE_BOOL && ty == TYPE_BOOL);
        return TYPE_BOOL;
    }
    if (tx == ty && equality) {
        return tx;
    }
    assert((tx == TYPE_REAL || tx == TYPE_INT) && (ty == TYPE_REAL || ty == TYPE_INT));
    bool real =
        op == EXPR_DIV || tx != ty || tx == TYPE_REAL || (op == EXPR_POW && !nonnegative_const(p, *y));
    if (real) {
        *x = expr_to_real(p, *x);
        *y = expr_to_real(p, *y);
    }
    return real ? TYPE_REAL : TYPE_INT;
}

static struct shape broadcast(struct shape x, struct shape y)
{
    assert(x.rank == 0 || y.rank == 0 || shape_equal(x, y));
    return x.rank > 0 ? x : y;
}

expr_id expr_binary(struct expr_pool *p, enum expr_op op, expr_id x, expr_id y)
{
    assert(expr_is_binary(op));
    enum expr_type type = unify(p, op, &x, &y);
    struct shape shape = broadcast(shape_of(p, x), shape_of(p, y));
    assert((!expr_has_class(op, EXPR_CLASS_LOGICAL) && type != TYPE_TEXT) || shape.rank == 0);
    if (!expr_has_class(op, EXPR_CLASS_ARITHMETIC)) {
        type = TYPE_BOOL;
    }
    expr_id args[] = {x, y};
    struct expr e = {.op = (uint8_t)op, .type = (uint8_t)type, .n_args = 2, .shape = shape, .args = args};
    return finish(p, &e);
}

/* Whether the integer result of an operator may not fit in 64 bits although the operands do. */
static bool may_overflow(enum expr_op op)
{
    switch (op) {
    case EXPR_NEG:
    case EXPR_ABS:
    case EXPR_FLOOR:
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_POW:
    case EXPR_SUM:
    case EXPR_MATMUL: return true;
    default: return false;
    }
}

expr_id expr_widen(struct expr_pool *p, expr_id built)
{
    const struct expr *e = expr_get(p, built);
    enum expr_op op = e->op;
    if (e->type != TYPE_INT || !may_overflow(op) || shape_size(e->shape) > FOLD_LIMIT) {
        return built;
    }
    expr_id x[2] = {e->args[0], e->n_args > 1 ? e->args[1] : 0};
    if (!expr_is_const(p, x[0]) || (x[1] && !expr_is_const(p, x[1]))) {
        return built;
    }
    x[0] = expr_to_real(p, x[0]);
    x[1] = x[1] ? expr_to_real(p, x[1]) : 0;
    switch (op) {
    case EXPR_FLOOR: return expr_to_real(p, built);
    case EXPR_SUM: return expr_reduce(p, op, x[0]);
    case EXPR_MATMUL: return expr_matmul(p, x[0], x[1]);
    default: return x[1] ? expr_binary(p, op, x[0], x[1]) : expr_unary(p, op, x[0]);
    }
}

expr_id expr_select(struct expr_pool *p, expr_id cond, expr_id yes, expr_id no)
{
    assert(type_of(p, cond) == TYPE_BOOL && shape_of(p, cond).rank == 0);
    if (type_of(p, yes) != type_of(p, no)) {
        yes = expr_to_real(p, yes);
        no = expr_to_real(p, no);
    }
    struct shape shape = broadcast(shape_of(p, yes), shape_of(p, no));
    double one, zero;
    if (shape.rank == 0 && type_of(p, yes) == TYPE_REAL && expr_const_real(p, yes, &one) && one == 1 &&
        expr_const_real(p, no, &zero) && zero == 0 && !signbit(zero)) {
        return expr_to_real(p, cond);
    }
    if (shape.rank > 0) {
        yes = expr_fill(p, yes, shape);
        no = expr_fill(p, no, shape);
    }
    expr_id args[] = {cond, yes, no};
    struct expr e = {
        .op = EXPR_SELECT, .type = (uint8_t)type_of(p, yes), .n_args = 3, .shape = shape, .args = args};
    return finish(p, &e);
}

/* A constant has always had the same value, and a delay of 0 is the current value. */
expr_id expr_delay(struct expr_pool *p, expr_id x, expr_id lag, expr_id before)
{
    double v;
    x = expr_to_real(p, x);
    lag = expr_to_real(p, lag);
    before = before ? expr_to_real(p, before) : x;
    assert(shape_of(p, x).rank == 0 && shape_of(p, lag).rank == 0 && shape_of(p, before).rank == 0);
    bool is_now = expr_const_real(p, lag, &v) && v == 0;
    if (is_now || (x == before && expr_get(p, x)->op == EXPR_CONST)) {
        return x;
    }
    return expr_call(p, EXPR_DELAY, TYPE_REAL, shape_scalar(), 0, 0, 3, (expr_id[]){x, lag, before});
}

/* Converts all expressions to reals if their types differ. Sets *copy to a new array if anything was
 * converted, and otherwise to NULL. */
static const expr_id *unify_all(struct expr_pool *p, size_t n, const expr_id *x, expr_id **copy)
{
    bool mixed = false, equal = true;
    for (size_t i = 1; i < n; i++) {
        equal = equal && shape_equal(shape_of(p, x[i]), shape_of(p, x[0]));
        mixed = mixed || type_of(p, x[i]) != type_of(p, x[0]);
    }
    assert(equal);
    (void)equal;
    *copy = NULL;
    if (!mixed) {
        return x;
    }
    *copy = mem_alloc(n * sizeof **copy);
    for (size_t i = 0; i < n; i++) {
        (*copy)[i] = expr_to_real(p, x[i]);
    }
    return *copy;
}

expr_id expr_stack(struct expr_pool *p, size_t n, const expr_id *elements)
{
    assert(n >= 1 && n <= INT32_MAX);
    expr_id *copy;
    const expr_id *args = unify_all(p, n, elements, &copy);
    struct expr e = {.op = EXPR_STACK,
                     .type = (uint8_t)type_of(p, args[0]),
                     .n_args = (uint32_t)n,
                     .shape = shape_prefix((int32_t)n, shape_of(p, args[0])),
                     .args = args};
    expr_id id = finish(p, &e);
    free(copy);
    return id;
}

expr_id expr_take(struct expr_pool *p, expr_id array, int32_t axis, expr_id index, int32_t line)
{
    assert(type_of(p, index) == TYPE_INT && shape_of(p, index).rank == 0);
    expr_id args[] = {array, index};
    struct expr e = {.op = EXPR_TAKE,
                     .type = (uint8_t)type_of(p, array),
                     .n_args = 2,
                     .shape = shape_drop(shape_of(p, array), axis),
                     .a = axis,
                     .b = line,
                     .args = args};
    return finish(p, &e);
}

expr_id expr_slice(struct expr_pool *p, expr_id array, int32_t axis, int32_t from, int32_t length)
{
    struct shape shape = shape_of(p, array);
    assert(axis >= 0 && axis < shape.rank && from >= 0 && length >= 0 && length <= shape.dim[axis] - from);
    if (from == 0 && length == shape.dim[axis]) {
        return array;
    }
    shape.dim[axis] = length;
    struct expr e = {.op = EXPR_SLICE,
                     .type = (uint8_t)type_of(p, array),
                     .n_args = 1,
                     .shape = shape,
                     .a = axis,
                     .b = from,
                     .args = &array};
    return finish(p, &e);
}

expr_id expr_gather(struct expr_pool *p, expr_id array, expr_id indices, int32_t line)
{
    struct shape rows = shape_of(p, indices), shape = shape_of(p, array);
    assert(type_of(p, indices) == TYPE_INT && shape.rank >= 1);
    shape = shape_drop(shape, 0);
    for (int32_t i = rows.rank; i > 0; i--) {
        shape = shape_prefix(rows.dim[i - 1], shape);
    }
    expr_id args[] = {array, indices};
    struct expr e = {.op = EXPR_GATHER,
                     .type = (uint8_t)type_of(p, array),
                     .n_args = 2,
                     .shape = shape,
                     .b = line,
                     .args = args};
    return finish(p, &e);
}

expr_id expr_fill(struct expr_pool *p, expr_id scalar, struct shape shape)
{
    if (shape_equal(shape_of(p, scalar), shape)) {
        return scalar;
    }
    assert(shape_of(p, scalar).rank == 0);
    struct expr e = {
        .op = EXPR_FILL, .type = (uint8_t)type_of(p, scalar), .n_args = 1, .shape = shape, .args = &scalar};
    return finish(p, &e);
}

expr_id expr_reshape(struct expr_pool *p, expr_id array, struct shape shape)
{
    if (shape_equal(shape_of(p, array), shape)) {
        return array;
    }
    assert(shape_size(shape_of(p, array)) == shape_size(shape));
    struct expr e = {
        .op = EXPR_RESHAPE, .type = (uint8_t)type_of(p, array), .n_args = 1, .shape = shape, .args = &array};
    return finish(p, &e);
}

expr_id expr_concat(struct expr_pool *p, expr_id x, expr_id y)
{
    struct shape shape = shape_of(p, x), other = shape_of(p, y);
    assert(shape.rank >= 1 && other.rank >= 1 && shape_equal(shape_drop(shape, 0), shape_drop(other, 0)));
    assert(shape.dim[0] <= INT32_MAX - other.dim[0]);
    expr_id args[] = {x, y};
    if (type_of(p, x) != type_of(p, y)) {
        args[0] = expr_to_real(p, x);
        args[1] = expr_to_real(p, y);
    }
    shape.dim[0] += other.dim[0];
    struct expr e = {
        .op = EXPR_CONCAT, .type = (uint8_t)type_of(p, args[0]), .n_args = 2, .shape = shape, .args = args};
    return finish(p, &e);
}

expr_id expr_matmul(struct expr_pool *p, expr_id x, expr_id y)
{
    enum expr_type type = unify(p, EXPR_MUL, &x, &y);
    struct shape sx = shape_of(p, x), sy = shape_of(p, y);
    assert(sx.rank >= 1 && sx.rank <= 2 && sy.rank >= 1 && sy.rank <= 2 && sx.rank + sy.rank >= 3);
    assert(sx.dim[sx.rank - 1] == sy.dim[0]);
    struct shape shape = sx.rank == 1 ? shape_vector(sy.dim[1]) : shape_vector(sx.dim[0]);
    if (sx.rank == 2 && sy.rank == 2) {
        shape = shape_prefix(sx.dim[0], shape_vector(sy.dim[1]));
    }
    expr_id args[] = {x, y};
    struct expr e = {.op = EXPR_MATMUL, .type = (uint8_t)type, .n_args = 2, .shape = shape, .args = args};
    return finish(p, &e);
}

expr_id expr_reduce(struct expr_pool *p, enum expr_op op, expr_id array)
{
    enum expr_type type = type_of(p, array);
    assert(expr_is_reduction(op) && (type == TYPE_REAL || type == TYPE_INT));
    if (expr_has_class(op, EXPR_CLASS_PLACE)) {
        assert(shape_size(shape_of(p, array)) > 0);
        type = TYPE_INT;
    }
    struct expr e = {.op = (uint8_t)op, .type = (uint8_t)type, .n_args = 1, .args = &array};
    return finish(p, &e);
}

int32_t expr_new_binder(struct expr_pool *p)
{
    return p->n_binders++;
}

expr_id expr_binder(struct expr_pool *p, int32_t binder)
{
    if (binder >= p->n_binders) {
        p->n_binders = binder + 1;
    }
    return expr_leaf(p, EXPR_BINDER, TYPE_INT, shape_scalar(), binder, 0);
}

expr_id expr_map(struct expr_pool *p, int32_t binder, int32_t extent, expr_id body)
{
    assert(extent >= 0);
    struct expr e = {.op = EXPR_MAP,
                     .type = (uint8_t)type_of(p, body),
                     .n_args = 1,
                     .shape = shape_prefix(extent, shape_of(p, body)),
                     .a = binder,
                     .b = extent,
                     .args = &body};
    return finish(p, &e);
}

expr_id expr_fold(struct expr_pool *p, enum expr_op op, int32_t binder, int32_t extent, expr_id body,
                  expr_id cond)
{
    enum expr_type type = type_of(p, body);
    assert(expr_has_class(op, EXPR_CLASS_FOLD) && (type == TYPE_REAL || type == TYPE_INT) && extent >= 0);
    assert(!cond || (type_of(p, cond) == TYPE_BOOL && shape_of(p, cond).rank == 0));
    bool always = !cond || (expr_is_const(p, cond) && expr_get(p, cond)->v.integer);
    expr_id args[] = {body, cond};
    struct expr e = {.op = (uint8_t)op,
                     .type = (uint8_t)type,
                     .n_args = always ? 1 : 2,
                     .shape = shape_of(p, body),
                     .a = binder,
                     .b = extent,
                     .args = args};
    return finish(p, &e);
}

expr_id expr_call(struct expr_pool *p, enum expr_op op, enum expr_type type, struct shape shape, int32_t a,
                  int32_t b, size_t n, const expr_id *args)
{
    expr_id real[2];
    if (op == EXPR_RANDOM) {
        assert(n == 2);
        real[0] = expr_to_real(p, args[0]);
        real[1] = expr_to_real(p, args[1]);
        args = real;
    }
    if (op == EXPR_JOIN && n == 0) {
        return expr_text(p, "");
    }
    struct expr e = {.op = (uint8_t)op,
                     .type = (uint8_t)type,
                     .n_args = (uint32_t)n,
                     .shape = shape,
                     .a = a,
                     .b = b,
                     .args = args};
    return op == EXPR_JOIN ? finish(p, &e) : expr_intern(p, &e);
}

expr_id expr_format(struct expr_pool *p, expr_id value, const char *format)
{
    if (type_of(p, value) == TYPE_TEXT) {
        return value;
    }
    struct expr e = {.op = EXPR_FORMAT, .type = TYPE_TEXT, .n_args = 1, .args = &value};
    e.v.text = intern_text(p->texts, format ? format : "");
    return expr_intern(p, &e);
}
