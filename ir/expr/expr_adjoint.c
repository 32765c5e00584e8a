/* Adjoints of expressions: what a small change of each element of a leaf adds to a scalar, all leaves in
 * one sweep from the scalar to the leaves (reverse mode). The adjoint of a node has the node's shape. A
 * node inside a loop has an adjoint for each turn of the loops that it depends on; what it hands to a
 * node outside of them is summed over their turns. 0 stands for no adjoint, so that absent terms leave
 * no trace. */
#include "ir/expr/expr_impl.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/mem.h"

enum { MOST_LOOPS = 64 };

struct loop { /* a binder, as the loop that binds it says */
    int32_t binder, extent;
    expr_id condition; /* turns where it does not hold count for nothing; 0 none */
    uint64_t around;   /* loops whose turns this one depends on */
};

struct sweep {
    struct expr_pool *p;
    struct reach r;
    bool *active;    /* depends on one of the leaves */
    uint64_t *inner; /* loops that the value depends on, as bits */
    expr_id *adjoint;
    struct loop loop[MOST_LOOPS];
    int n_loops;
    bool leaves_out; /* some loop has a condition */
};

static expr_id zero(struct expr_pool *p, struct shape s)
{
    return expr_fill(p, expr_real(p, 0), s);
}

static struct shape shape_of(const struct sweep *s, expr_id id)
{
    return expr_get(s->p, id)->shape;
}

/* Elementwise, 0 where the adjoint is: there the factor may be infinite, or not a number. */
static expr_id scaled_elements(struct expr_pool *p, enum expr_op op, expr_id adjoint, expr_id factor)
{
    struct shape shape = expr_get(p, adjoint)->shape, flat = shape_vector((int32_t)shape_size(shape));
    int32_t binder = expr_new_binder(p);
    expr_id i = expr_binder(p, binder), none = expr_real(p, 0);
    expr_id g = expr_take(p, expr_reshape(p, adjoint, flat), 0, i, 0);
    bool is_one = expr_get(p, factor)->shape.rank == 0;
    expr_id f = is_one ? factor : expr_take(p, expr_reshape(p, factor, flat), 0, i, 0);
    /* Not ==, of which programs are warned. */
    expr_id is_none =
        expr_binary(p, EXPR_AND, expr_binary(p, EXPR_LE, g, none), expr_binary(p, EXPR_LE, none, g));
    expr_id body = expr_select(p, is_none, none, expr_binary(p, op, g, f));
    return expr_reshape(p, expr_map(p, binder, flat.dim[0], body), shape);
}

/* A factor on an adjoint that is there under a condition goes under the condition too: elsewhere it may
 * be infinite. Turns of a loop that its condition leaves out are zeros where an array is made of them. */
static expr_id scaled(struct sweep *s, enum expr_op op, expr_id adjoint, expr_id factor)
{
    struct expr_pool *p = s->p;
    struct expr e = *expr_get(p, adjoint);
    double rest;
    if (e.op == EXPR_SELECT && expr_const_real(p, e.args[2], &rest) && rest == 0) {
        return expr_select(p, e.args[0], scaled(s, op, e.args[1], factor), e.args[2]);
    }
    return s->leaves_out && e.shape.rank > 0 && !expr_is_const(p, factor)
               ? scaled_elements(p, op, adjoint, factor)
               : expr_binary(p, op, adjoint, factor);
}

static expr_id times(struct sweep *s, expr_id adjoint, expr_id factor)
{
    return scaled(s, EXPR_MUL, adjoint, factor);
}

/* ---- Loops ---- */

static int loop_of(const struct sweep *s, int32_t binder)
{
    for (int i = 0; i < s->n_loops; i++) {
        if (s->loop[i].binder == binder) {
            return i;
        }
    }
    return -1;
}

/* A loop among `left` inside of which no other of them lies. */
static int innermost(const struct sweep *s, uint64_t left)
{
    for (int i = 0; i < s->n_loops; i++) {
        bool inside = (left >> i & 1) != 0;
        for (int j = 0; j < s->n_loops && inside; j++) {
            inside = !(left >> j & 1) || !(s->loop[j].around >> i & 1);
        }
        if (inside) {
            return i;
        }
    }
    assert(!"loops that contain each other");
    return 0;
}

static expr_id where_loop_runs(struct sweep *s, int i, expr_id v)
{
    expr_id c = s->loop[i].condition;
    return c ? expr_select(s->p, c, v, zero(s->p, shape_of(s, v))) : v;
}

/* `v` holds for each turn of the loops in `scope`: added to the adjoint of node `to`, which depends on
 * fewer. */
static void add(struct sweep *s, size_t to, expr_id v, uint64_t scope)
{
    for (uint64_t left = scope & ~s->inner[to]; left;) {
        int i = innermost(s, left);
        v = expr_fold(s->p, EXPR_FOLD_SUM, s->loop[i].binder, s->loop[i].extent, where_loop_runs(s, i, v), 0);
        left &= ~(UINT64_C(1) << i);
    }
    s->adjoint[to] = s->adjoint[to] ? expr_binary(s->p, EXPR_ADD, s->adjoint[to], v) : v;
}

/* To operand `arg` of a node whose loops are `scope`; a scalar that was spread over an array gets the sum. */
static void give(struct sweep *s, expr_id arg, expr_id v, uint64_t scope)
{
    size_t to = reach_find(&s->r, arg);
    if (!s->active[to]) {
        return;
    }
    if (shape_of(s, arg).rank == 0 && shape_of(s, v).rank > 0) {
        v = expr_reduce(s->p, EXPR_SUM, v);
    }
    add(s, to, expr_fill(s->p, v, shape_of(s, arg)), scope);
}

static bool is_active(const struct sweep *s, expr_id arg)
{
    return s->active[reach_find(&s->r, arg)];
}

/* ---- Elementwise ---- */

static void unary(struct sweep *s, const struct expr *e, expr_id id, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    expr_id x = e->args[0], one = expr_real(p, 1), two = expr_real(p, 2), v;
    switch (e->op) {
    case EXPR_NEG: v = expr_unary(p, EXPR_NEG, g); break;
    case EXPR_EXP: v = times(s, g, id); break;
    case EXPR_LOG: v = scaled(s, EXPR_DIV, g, x); break;
    case EXPR_SQRT: v = scaled(s, EXPR_DIV, g, expr_binary(p, EXPR_MUL, two, id)); break;
    case EXPR_SIN: v = times(s, g, expr_unary(p, EXPR_COS, x)); break;
    case EXPR_COS: v = times(s, g, expr_unary(p, EXPR_NEG, expr_unary(p, EXPR_SIN, x))); break;
    case EXPR_TANH: v = times(s, g, expr_binary(p, EXPR_SUB, one, expr_binary(p, EXPR_MUL, id, id))); break;
    case EXPR_ABS: {
        expr_id below = expr_to_real(p, expr_binary(p, EXPR_LT, x, expr_real(p, 0)));
        v = times(s, g, expr_binary(p, EXPR_SUB, one, expr_binary(p, EXPR_MUL, two, below)));
        break;
    }
    default: return; /* TO_REAL, FLOOR: of integers, or piecewise constant */
    }
    give(s, x, v, scope);
}

static void power(struct sweep *s, const struct expr *e, expr_id id, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    expr_id x = e->args[0], y = e->args[1];
    if (is_active(s, x)) {
        expr_id lower = expr_binary(p, EXPR_POW, x, expr_binary(p, EXPR_SUB, y, expr_real(p, 1)));
        give(s, x, times(s, times(s, g, y), lower), scope);
    }
    if (is_active(s, y)) {
        give(s, y, times(s, times(s, g, id), expr_unary(p, EXPR_LOG, x)), scope);
    }
}

static void extreme(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    expr_id x = e->args[0], y = e->args[1];
    expr_id second = e->op == EXPR_MIN ? expr_binary(p, EXPR_LT, y, x) : expr_binary(p, EXPR_LT, x, y);
    if (is_scalar(e)) {
        expr_id none = expr_real(p, 0);
        give(s, x, expr_select(p, second, none, g), scope);
        give(s, y, expr_select(p, second, g, none), scope);
        return;
    }
    expr_id is_second = expr_to_real(p, second);
    give(s, x, times(s, g, expr_binary(p, EXPR_SUB, expr_real(p, 1), is_second)), scope);
    give(s, y, times(s, g, is_second), scope);
}

static void binary(struct sweep *s, const struct expr *e, expr_id id, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    expr_id x = e->args[0], y = e->args[1];
    switch (e->op) {
    case EXPR_ADD:
        give(s, x, g, scope);
        give(s, y, g, scope);
        return;
    case EXPR_SUB:
        give(s, x, g, scope);
        give(s, y, expr_unary(p, EXPR_NEG, g), scope);
        return;
    case EXPR_MUL:
        give(s, x, times(s, g, y), scope);
        give(s, y, times(s, g, x), scope);
        return;
    case EXPR_DIV: {
        expr_id by_x = scaled(s, EXPR_DIV, g, y);
        give(s, x, by_x, scope);
        give(s, y, times(s, expr_unary(p, EXPR_NEG, by_x), id), scope);
        return;
    }
    case EXPR_MOD: {
        expr_id turns = expr_unary(p, EXPR_FLOOR_REAL, expr_binary(p, EXPR_DIV, x, y));
        give(s, x, g, scope);
        give(s, y, times(s, expr_unary(p, EXPR_NEG, g), turns), scope);
        return;
    }
    case EXPR_POW: power(s, e, id, g, scope); return;
    case EXPR_MIN:
    case EXPR_MAX: extreme(s, e, g, scope); return;
    default: return;
    }
}

/* ---- Arrays ---- */

static expr_id at(struct sweep *s, expr_id array, expr_id index)
{
    return expr_take(s->p, array, 0, index, 0);
}

static expr_id element(struct sweep *s, expr_id array, const expr_id *index)
{
    for (int32_t i = 0, n = shape_of(s, array).rank; i < n; i++) {
        array = at(s, array, index[i]);
    }
    return array;
}

/* An array of shape `to`: where index `axis` lies in from .. from + length, the elements of `v` with
 * that index less `from` (or, if `v` has no such axis, without it); elsewhere 0. */
static expr_id placed(struct sweep *s, expr_id v, struct shape to, int32_t axis, expr_id from, int32_t length)
{
    struct expr_pool *p = s->p;
    bool has_axis = shape_of(s, v).rank == to.rank;
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

/* x[i + c] in a loop over i takes each row once: the rows of the adjoint side by side, and zeros around
 * them. */
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
    int i = index.op == EXPR_BINDER && e->a == 0 ? loop_of(s, index.a) : -1;
    size_t to = reach_find(&s->r, e->args[0]);
    struct shape whole = shape_of(s, e->args[0]), part = whole;
    if (i < 0 || (s->inner[to] >> i & 1) || first < 0 || first + s->loop[i].extent > whole.dim[0]) {
        return false;
    }
    for (int j = 0; j < s->n_loops; j++) { /* loops inside this one are summed over before */
        if ((scope >> j & 1) && (s->loop[j].around >> i & 1)) {
            return false;
        }
    }
    expr_id rows = expr_map(p, s->loop[i].binder, s->loop[i].extent, where_loop_runs(s, i, g));
    if (first > 0) {
        part.dim[0] = (int32_t)first;
        rows = expr_concat(p, zero(p, part), rows);
    }
    if (first + s->loop[i].extent < whole.dim[0]) {
        part.dim[0] = whole.dim[0] - (int32_t)first - s->loop[i].extent;
        rows = expr_concat(p, rows, zero(p, part));
    }
    add(s, to, rows, scope & ~(UINT64_C(1) << i));
    return true;
}

static void take(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    if (is_active(s, e->args[0]) && !rows_of_loop(s, e, g, scope)) {
        struct shape whole = shape_of(s, e->args[0]);
        give(s, e->args[0], placed(s, g, whole, e->a, e->args[1], 1), scope);
    }
}

static void gather(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    struct shape whole = shape_of(s, e->args[0]);
    int32_t row = expr_new_binder(p), of = expr_new_binder(p);
    expr_id taken = expr_binder(p, of);
    expr_id same = expr_binary(p, EXPR_EQ, at(s, e->args[1], taken), expr_binder(p, row));
    expr_id sum = expr_fold(p, EXPR_FOLD_SUM, of, shape_of(s, e->args[1]).dim[0], at(s, g, taken), same);
    give(s, e->args[0], expr_map(p, row, whole.dim[0], sum), scope);
}

/* [m, n] to [n, m]. */
static expr_id transposed(struct sweep *s, expr_id v)
{
    struct expr_pool *p = s->p;
    struct shape from = shape_of(s, v);
    int32_t i = expr_new_binder(p), j = expr_new_binder(p);
    expr_id body = at(s, at(s, v, expr_binder(p, j)), expr_binder(p, i));
    return expr_map(p, i, from.dim[1], expr_map(p, j, from.dim[0], body));
}

/* x y^T of two vectors. */
static expr_id outer(struct sweep *s, expr_id x, expr_id y)
{
    struct expr_pool *p = s->p;
    int32_t i = expr_new_binder(p);
    expr_id row = expr_binary(p, EXPR_MUL, at(s, x, expr_binder(p, i)), y);
    return expr_map(p, i, shape_of(s, x).dim[0], row);
}

static void matmul(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    expr_id x = e->args[0], y = e->args[1];
    int32_t rows = shape_of(s, x).rank, columns = shape_of(s, y).rank;
    if (is_active(s, x)) {
        give(s, x, columns == 1 ? outer(s, g, y) : expr_matmul(p, g, transposed(s, y)), scope);
    }
    if (is_active(s, y)) {
        give(s, y, rows == 1 ? outer(s, x, g) : expr_matmul(p, transposed(s, x), g), scope);
    }
}

/* MIN_OF, MAX_OF: to the first element that is the value. */
static void to_one(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    struct shape whole = shape_of(s, e->args[0]);
    int32_t i = expr_new_binder(p);
    expr_id best = expr_reduce(p, e->op == EXPR_MIN_OF ? EXPR_ARGMIN : EXPR_ARGMAX, e->args[0]);
    expr_id is = expr_binary(p, EXPR_EQ, expr_binder(p, i), best);
    expr_id flat = expr_map(p, i, (int32_t)shape_size(whole), expr_select(p, is, g, expr_real(p, 0)));
    give(s, e->args[0], expr_reshape(p, flat, whole), scope);
}

static void select_one(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    expr_id none = zero(s->p, e->shape);
    give(s, e->args[1], expr_select(s->p, e->args[0], g, none), scope);
    give(s, e->args[2], expr_select(s->p, e->args[0], none, g), scope);
}

static void concat(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    int32_t first = shape_of(s, e->args[0]).dim[0], second = shape_of(s, e->args[1]).dim[0];
    give(s, e->args[0], expr_slice(s->p, g, 0, 0, first), scope);
    give(s, e->args[1], expr_slice(s->p, g, 0, first, second), scope);
}

static void stack(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    for (uint32_t i = 0; i < e->n_args; i++) {
        give(s, e->args[i], at(s, g, expr_int(s->p, i)), scope);
    }
}

/* FOLD_MIN, FOLD_MAX: to the turns whose body is the value; of a scalar to the first of them. */
static expr_id of_winner(struct sweep *s, const struct expr *e, expr_id id, expr_id g)
{
    struct expr_pool *p = s->p;
    if (!is_scalar(e)) {
        return times(s, g, expr_to_real(p, expr_binary(p, EXPR_EQ, e->args[0], id)));
    }
    double never = e->op == EXPR_FOLD_MIN ? INFINITY : -INFINITY;
    expr_id body = e->n_args > 1 && e->args[1] ? expr_select(p, e->args[1], e->args[0], expr_real(p, never))
                                               : e->args[0];
    expr_id best =
        expr_reduce(p, e->op == EXPR_FOLD_MIN ? EXPR_ARGMIN : EXPR_ARGMAX, expr_map(p, e->a, e->b, body));
    return expr_select(p, expr_binary(p, EXPR_EQ, expr_binder(p, e->a), best), g, expr_real(p, 0));
}

static void loop(struct sweep *s, const struct expr *e, expr_id id, expr_id g, uint64_t scope)
{
    scope |= UINT64_C(1) << loop_of(s, e->a);
    if (e->b == 0) {
        return;
    }
    switch (e->op) {
    case EXPR_MAP: give(s, e->args[0], at(s, g, expr_binder(s->p, e->a)), scope); return;
    case EXPR_FOLD_SUM: give(s, e->args[0], g, scope); return;
    default: give(s, e->args[0], of_winner(s, e, id, g), scope); return;
    }
}

static void array(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    switch (e->op) {
    case EXPR_SELECT: select_one(s, e, g, scope); return;
    case EXPR_STACK: stack(s, e, g, scope); return;
    case EXPR_TAKE: take(s, e, g, scope); return;
    case EXPR_SLICE:
        if (is_active(s, e->args[0])) {
            give(s, e->args[0],
                 placed(s, g, shape_of(s, e->args[0]), e->a, expr_int(s->p, e->b), e->shape.dim[e->a]),
                 scope);
        }
        return;
    case EXPR_GATHER:
        if (is_active(s, e->args[0])) {
            gather(s, e, g, scope);
        }
        return;
    case EXPR_RESHAPE: give(s, e->args[0], expr_reshape(s->p, g, shape_of(s, e->args[0])), scope); return;
    case EXPR_CONCAT: concat(s, e, g, scope); return;
    case EXPR_MATMUL: matmul(s, e, g, scope); return;
    case EXPR_MIN_OF:
    case EXPR_MAX_OF: to_one(s, e, g, scope); return;
    default: give(s, e->args[0], g, scope); return; /* FILL, SUM */
    }
}

/* ---- The sweep ---- */

/* Which nodes depend on a leaf of the list, and on the turns of which loops. */
static bool look(struct sweep *s, size_t n, const expr_id *leaf)
{
    for (size_t i = 0; i < s->r.n; i++) {
        const struct expr *e = expr_get(s->p, s->r.id[i]);
        if (e->op == EXPR_BINDER && loop_of(s, e->a) < 0) {
            if (s->n_loops == MOST_LOOPS) {
                return false;
            }
            s->inner[i] = UINT64_C(1) << s->n_loops;
            s->loop[s->n_loops++] = (struct loop){.binder = e->a};
        } else if (expr_is_loop(e->op) && loop_of(s, e->a) < 0) { /* its body does not depend on the turn */
            if (s->n_loops == MOST_LOOPS) {
                return false;
            }
            s->loop[s->n_loops++] = (struct loop){.binder = e->a};
        }
        for (uint32_t k = 0; k < e->n_args; k++) {
            size_t of = e->args[k] ? reach_find(&s->r, e->args[k]) : i;
            s->active[i] |= s->active[of] && e->type == TYPE_REAL;
            s->inner[i] |= s->inner[of];
        }
        for (size_t k = 0; k < n; k++) {
            s->active[i] |= leaf[k] == s->r.id[i];
        }
        if (expr_is_loop(e->op)) {
            struct loop *l = &s->loop[loop_of(s, e->a)];
            s->inner[i] &= ~(UINT64_C(1) << (l - s->loop));
            *l = (struct loop){e->a, e->b,
                               expr_has_class(e->op, EXPR_CLASS_FOLD) && e->n_args > 1 ? e->args[1] : 0,
                               s->inner[i]};
            s->leaves_out |= l->condition != 0;
        }
    }
    return true;
}

static void hand_down(struct sweep *s, size_t i)
{
    struct expr e = *expr_get(s->p, s->r.id[i]);
    expr_id id = s->r.id[i], g = s->adjoint[i];
    if (!g || !s->active[i] || e.n_args == 0 || expr_is_asked(e.op)) {
        return;
    }
    if (expr_is_unary(e.op)) {
        unary(s, &e, id, g, s->inner[i]);
    } else if (expr_is_binary(e.op)) {
        binary(s, &e, id, g, s->inner[i]);
    } else if (expr_is_loop(e.op)) {
        loop(s, &e, id, g, s->inner[i]);
    } else {
        array(s, &e, g, s->inner[i]);
    }
}

bool expr_adjoint(struct expr_pool *p, expr_id id, size_t n, const expr_id *leaf, expr_id *adjoint)
{
    assert(expr_get(p, id)->shape.rank == 0);
    struct sweep s = {.p = p};
    reach_collect(&s.r, p, id, false);
    s.active = mem_zalloc(s.r.n, sizeof *s.active);
    s.inner = mem_zalloc(s.r.n, sizeof *s.inner);
    s.adjoint = mem_zalloc(s.r.n, sizeof *s.adjoint);
    bool possible = look(&s, n, leaf);
    memset(adjoint, 0, n * sizeof *adjoint);
    s.adjoint[s.r.n - 1] = expr_real(p, 1);
    for (size_t i = s.r.n; possible && i-- > 0;) {
        hand_down(&s, i);
    }
    for (size_t i = 0; possible && i < s.r.n; i++) {
        for (size_t k = 0; k < n; k++) {
            adjoint[k] = leaf[k] == s.r.id[i] ? s.adjoint[i] : adjoint[k];
        }
    }
    free(s.active);
    free(s.inner);
    free(s.adjoint);
    reach_free(&s.r);
    return possible;
}
