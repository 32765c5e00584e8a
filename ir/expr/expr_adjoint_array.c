/* Adjoints of array operators, and of loops, whose results or operands are arrays. */
#include "ir/expr/expr_adjoint.h"

#include <math.h>

static expr_id at(struct sweep *s, expr_id array, expr_id index)
{
    return expr_take(s->p, array, 0, index, 0);
}

static expr_id element(struct sweep *s, expr_id array, const expr_id *index)
{
    for (int32_t i = 0, n = adjoint_shape(s, array).rank; i < n; i++) {
        array = at(s, array, index[i]);
    }
    return array;
}

/* An array of shape `to` that holds `v` at from .. from + length along `axis`, and 0 elsewhere: zeros are put
 * before and after `v`. If an element asked whether it is one of `v`, this condition in a loop would keep
 * what elements read, such as the whole course of a run, from being evaluated once before the loop. */
static expr_id padded(struct sweep *s, expr_id v, struct shape to, int32_t axis, int32_t from, int32_t length)
{
    struct expr_pool *p = s->p;
    int32_t binder[SHAPE_MAX_RANK];
    struct shape part = to;
    expr_id row = v;
    for (int32_t i = 0; i < axis; i++) {
        binder[i] = expr_new_binder(p);
        part = shape_drop(part, 0);
        row = at(s, row, expr_binder(p, binder[i]));
    }
    int32_t after = part.dim[0] - from - length;
    part.dim[0] = length;
    row = adjoint_shape(s, row).rank == part.rank ? row : expr_reshape(p, row, part);
    if (from > 0) {
        part.dim[0] = from;
        row = expr_concat(p, adjoint_zero(p, part), row);
    }
    if (after > 0) {
        part.dim[0] = after;
        row = expr_concat(p, row, adjoint_zero(p, part));
    }
    for (int32_t i = axis - 1; i >= 0; i--) {
        row = expr_map(p, binder[i], to.dim[i], row);
    }
    return row;
}

/* The same where `from` may be computed. The index into `v` along `axis` is the index less `from`; if `v` has
 * no such axis, that index is left out. */
static expr_id placed(struct sweep *s, expr_id v, struct shape to, int32_t axis, expr_id from, int32_t length)
{
    struct expr_pool *p = s->p;
    bool has_axis = adjoint_shape(s, v).rank == to.rank;
    int64_t known = 0;
    if (expr_const_int(p, from, &known) && known >= 0 && known + length <= to.dim[axis]) {
        return padded(s, v, to, axis, (int32_t)known, length);
    }
    int32_t binder[SHAPE_MAX_RANK], n = 0;
    expr_id own[SHAPE_MAX_RANK], inside = 0;
    for (int32_t i = 0; i < to.rank; i++) {
        binder[i] = expr_new_binder(p);
        expr_id index = expr_binder(p, binder[i]);
        if (i == axis) {
            expr_id offset = expr_binary(p, EXPR_SUB, index, from);
            inside = expr_binary(p, EXPR_AND, expr_binary(p, EXPR_LE, expr_int(p, 0), offset),
                                 expr_binary(p, EXPR_LT, offset, expr_int(p, length)));
            index = offset;
        }
        if (i != axis || has_axis) {
            own[n++] = index;
        }
    }
    expr_id body = expr_select(p, inside, element(s, v, own), expr_real(p, 0));
    for (int32_t i = to.rank - 1; i >= 0; i--) {
        body = expr_map(p, binder[i], to.dim[i], body);
    }
    return body;
}

/* In a loop over i, x[i + c] takes each row of x at most once. The adjoint of x is then the rows of the
 * adjoint one after the other, with zeros before and after them. Returns false if the node is not of this
 * form. */
static bool rows_of_loop(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    struct expr index = *expr_get(p, e->args[1]);
    int64_t first = 0;
    if (index.op == EXPR_ADD && expr_const_int(p, index.args[1], &first)) {
        index = *expr_get(p, index.args[0]);
    } else if (index.op == EXPR_ADD && expr_const_int(p, index.args[0], &first)) {
        index = *expr_get(p, index.args[1]);
    }
    int i = index.op == EXPR_BINDER && e->a == 0 ? adjoint_loop(s, index.a) : -1;
    size_t to = reach_find(&s->r, e->args[0]);
    struct shape whole = adjoint_shape(s, e->args[0]), part = whole;
    if (i < 0 || (s->inner[to] >> i & 1) || first < 0 || first + s->loop[i].extent > whole.dim[0]) {
        return false;
    }
    for (int j = 0; j < s->n_loops; j++) { /* loops inside this one would have to be summed first */
        if ((scope >> j & 1) && (s->loop[j].around >> i & 1)) {
            return false;
        }
    }
    expr_id rows = expr_map(p, s->loop[i].binder, s->loop[i].extent, adjoint_where_loop_runs(s, i, g));
    if (first > 0) {
        part.dim[0] = (int32_t)first;
        rows = expr_concat(p, adjoint_zero(p, part), rows);
    }
    if (first + s->loop[i].extent < whole.dim[0]) {
        part.dim[0] = whole.dim[0] - (int32_t)first - s->loop[i].extent;
        rows = expr_concat(p, rows, adjoint_zero(p, part));
    }
    adjoint_add(s, to, rows, scope & ~(UINT64_C(1) << i));
    return true;
}

static void take(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    if (adjoint_is_active(s, e->args[0]) && !rows_of_loop(s, e, g, scope)) {
        struct shape whole = adjoint_shape(s, e->args[0]);
        adjoint_give(s, e->args[0], placed(s, g, whole, e->a, e->args[1], 1), scope);
    }
}

static void gather(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    struct shape whole = adjoint_shape(s, e->args[0]);
    int32_t row = expr_new_binder(p), of = expr_new_binder(p);
    expr_id taken = expr_binder(p, of);
    expr_id same = expr_binary(p, EXPR_EQ, at(s, e->args[1], taken), expr_binder(p, row));
    expr_id sum = expr_fold(p, EXPR_FOLD_SUM, of, adjoint_shape(s, e->args[1]).dim[0], at(s, g, taken), same);
    adjoint_give(s, e->args[0], expr_map(p, row, whole.dim[0], sum), scope);
}

/* The transpose of a matrix. */
static expr_id transposed(struct sweep *s, expr_id v)
{
    struct expr_pool *p = s->p;
    struct shape from = adjoint_shape(s, v);
    int32_t i = expr_new_binder(p), j = expr_new_binder(p);
    expr_id body = at(s, at(s, v, expr_binder(p, j)), expr_binder(p, i));
    return expr_map(p, i, from.dim[1], expr_map(p, j, from.dim[0], body));
}

/* The outer product x y^T of two vectors. */
static expr_id outer(struct sweep *s, expr_id x, expr_id y)
{
    struct expr_pool *p = s->p;
    int32_t i = expr_new_binder(p);
    expr_id row = expr_binary(p, EXPR_MUL, at(s, x, expr_binder(p, i)), y);
    return expr_map(p, i, adjoint_shape(s, x).dim[0], row);
}

static void matmul(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    expr_id x = e->args[0], y = e->args[1];
    int32_t rows = adjoint_shape(s, x).rank, columns = adjoint_shape(s, y).rank;
    if (adjoint_is_active(s, x)) {
        adjoint_give(s, x, columns == 1 ? outer(s, g, y) : expr_matmul(p, g, transposed(s, y)), scope);
    }
    if (adjoint_is_active(s, y)) {
        adjoint_give(s, y, rows == 1 ? outer(s, x, g) : expr_matmul(p, transposed(s, x), g), scope);
    }
}

/* MIN_OF and MAX_OF pass the adjoint to the first element that attains the minimum or maximum. */
static void to_one(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    struct shape whole = adjoint_shape(s, e->args[0]);
    int32_t i = expr_new_binder(p);
    expr_id best = expr_reduce(p, e->op == EXPR_MIN_OF ? EXPR_ARGMIN : EXPR_ARGMAX, e->args[0]);
    expr_id is = expr_binary(p, EXPR_EQ, expr_binder(p, i), best);
    expr_id flat = expr_map(p, i, (int32_t)shape_size(whole), expr_select(p, is, g, expr_real(p, 0)));
    adjoint_give(s, e->args[0], expr_reshape(p, flat, whole), scope);
}

static void select_one(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    expr_id none = adjoint_zero(s->p, e->shape);
    adjoint_give(s, e->args[1], expr_select(s->p, e->args[0], g, none), scope);
    adjoint_give(s, e->args[2], expr_select(s->p, e->args[0], none, g), scope);
}

static void concat(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    int32_t first = adjoint_shape(s, e->args[0]).dim[0], second = adjoint_shape(s, e->args[1]).dim[0];
    adjoint_give(s, e->args[0], expr_slice(s->p, g, 0, 0, first), scope);
    adjoint_give(s, e->args[1], expr_slice(s->p, g, 0, first, second), scope);
}

static void stack(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    for (uint32_t i = 0; i < e->n_args; i++) {
        adjoint_give(s, e->args[i], at(s, g, expr_int(s->p, i)), scope);
    }
}

/* FOLD_MIN and FOLD_MAX pass the adjoint to those turns whose body attains the minimum or maximum; a scalar
 * fold passes it only to the first of them. */
static expr_id of_winner(struct sweep *s, const struct expr *e, expr_id id, expr_id g)
{
    struct expr_pool *p = s->p;
    if (!is_scalar(e)) {
        return adjoint_times(s, g, expr_to_real(p, expr_binary(p, EXPR_EQ, e->args[0], id)));
    }
    double never = e->op == EXPR_FOLD_MIN ? INFINITY : -INFINITY;
    expr_id body = e->n_args > 1 && e->args[1] ? expr_select(p, e->args[1], e->args[0], expr_real(p, never))
                                               : e->args[0];
    expr_id best =
        expr_reduce(p, e->op == EXPR_FOLD_MIN ? EXPR_ARGMIN : EXPR_ARGMAX, expr_map(p, e->a, e->b, body));
    return expr_select(p, expr_binary(p, EXPR_EQ, expr_binder(p, e->a), best), g, expr_real(p, 0));
}

void adjoint_of_loop(struct sweep *s, const struct expr *e, expr_id id, expr_id g, uint64_t scope)
{
    scope |= UINT64_C(1) << adjoint_loop(s, e->a);
    if (e->b == 0) {
        return;
    }
    switch (e->op) {
    case EXPR_MAP: adjoint_give(s, e->args[0], at(s, g, expr_binder(s->p, e->a)), scope); return;
    case EXPR_FOLD_SUM: adjoint_give(s, e->args[0], g, scope); return;
    default: adjoint_give(s, e->args[0], of_winner(s, e, id, g), scope); return;
    }
}

void adjoint_of_array(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    switch (e->op) {
    case EXPR_SELECT: select_one(s, e, g, scope); return;
    case EXPR_STACK: stack(s, e, g, scope); return;
    case EXPR_TAKE: take(s, e, g, scope); return;
    case EXPR_SLICE:
        if (adjoint_is_active(s, e->args[0])) {
            adjoint_give(
                s, e->args[0],
                placed(s, g, adjoint_shape(s, e->args[0]), e->a, expr_int(s->p, e->b), e->shape.dim[e->a]),
                scope);
        }
        return;
    case EXPR_GATHER:
        if (adjoint_is_active(s, e->args[0])) {
            gather(s, e, g, scope);
        }
        return;
    case EXPR_RESHAPE:
        adjoint_give(s, e->args[0], expr_reshape(s->p, g, adjoint_shape(s, e->args[0])), scope);
        return;
    case EXPR_CONCAT: concat(s, e, g, scope); return;
    case EXPR_MATMUL: matmul(s, e, g, scope); return;
    case EXPR_MIN_OF:
    case EXPR_MAX_OF: to_one(s, e, g, scope); return;
    default: adjoint_give(s, e->args[0], g, scope); return; /* FILL, SUM */
    }
}
