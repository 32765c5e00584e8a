/* Adjoints of expressions: the derivatives of a scalar with respect to each element of all leaves, in a
 * single sweep from the scalar to the leaves (reverse mode). The adjoint of a node has the shape of the
 * node. A node inside loops has an adjoint for each turn of those loops on which it depends; what it passes
 * to a node outside of a loop is summed over the turns of that loop. The id 0 stands for an adjoint of zero,
 * so that absent terms add no nodes. */
#include "ir/expr/expr_adjoint.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/mem.h"

expr_id adjoint_zero(struct expr_pool *p, struct shape s)
{
    return expr_fill(p, expr_real(p, 0), s);
}

struct shape adjoint_shape(const struct sweep *s, expr_id id)
{
    return expr_get(s->p, id)->shape;
}

/* Applies `op` elementwise to an adjoint and a factor. The result is 0 where the adjoint is 0, because there
 * the factor may be infinite or NaN. */
static expr_id scaled_elements(struct expr_pool *p, enum expr_op op, expr_id adjoint, expr_id factor)
{
    struct shape shape = expr_get(p, adjoint)->shape, flat = shape_vector((int32_t)shape_size(shape));
    int32_t binder = expr_new_binder(p);
    expr_id i = expr_binder(p, binder), none = expr_real(p, 0);
    expr_id g = expr_take(p, expr_reshape(p, adjoint, flat), 0, i, 0);
    bool is_one = expr_get(p, factor)->shape.rank == 0;
    expr_id f = is_one ? factor : expr_take(p, expr_reshape(p, factor, flat), 0, i, 0);
    /* This does not use ==, because programs that compare reals by == get a warning. */
    expr_id is_none =
        expr_binary(p, EXPR_AND, expr_binary(p, EXPR_LE, g, none), expr_binary(p, EXPR_LE, none, g));
    expr_id body = expr_select(p, is_none, none, expr_binary(p, op, g, f));
    return expr_reshape(p, expr_map(p, binder, flat.dim[0], body), shape);
}

/* Applies `op` to an adjoint and a factor. If the adjoint is 0 unless a condition holds, the factor goes
 * under the condition too, because it may be infinite elsewhere. In an array over the turns of a loop, the
 * elements of those turns that the loop's condition skips are 0. */
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

expr_id adjoint_times(struct sweep *s, expr_id adjoint, expr_id factor)
{
    return scaled(s, EXPR_MUL, adjoint, factor);
}

/* ---- Loops ---- */

int adjoint_loop(const struct sweep *s, int32_t binder)
{
    for (int i = 0; i < s->n_loops; i++) {
        if (s->loop[i].binder == binder) {
            return i;
        }
    }
    return -1;
}

/* A loop of the set `left` that contains no other loop of the set. */
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

expr_id adjoint_where_loop_runs(struct sweep *s, int i, expr_id v)
{
    expr_id c = s->loop[i].condition;
    return c ? expr_select(s->p, c, v, adjoint_zero(s->p, adjoint_shape(s, v))) : v;
}

/* Adds `v`, which has a value for each turn of the loops in `scope`, to the adjoint of node number `to`,
 * which may depend on fewer loops. */
void adjoint_add(struct sweep *s, size_t to, expr_id v, uint64_t scope)
{
    for (uint64_t left = scope & ~s->inner[to]; left;) {
        int i = innermost(s, left);
        v = expr_fold(s->p, EXPR_FOLD_SUM, s->loop[i].binder, s->loop[i].extent,
                      adjoint_where_loop_runs(s, i, v), 0);
        left &= ~(UINT64_C(1) << i);
    }
    s->adjoint[to] = s->adjoint[to] ? expr_binary(s->p, EXPR_ADD, s->adjoint[to], v) : v;
}

/* Adds `v` to the adjoint of operand `arg` of a node that depends on the loops in `scope`. If the operand is
 * a scalar that was broadcast to an array, it gets the sum of the elements. */
void adjoint_give(struct sweep *s, expr_id arg, expr_id v, uint64_t scope)
{
    size_t to = reach_find(&s->r, arg);
    if (!s->active[to]) {
        return;
    }
    if (adjoint_shape(s, arg).rank == 0 && adjoint_shape(s, v).rank > 0) {
        v = expr_reduce(s->p, EXPR_SUM, v);
    }
    adjoint_add(s, to, expr_fill(s->p, v, adjoint_shape(s, arg)), scope);
}

bool adjoint_is_active(const struct sweep *s, expr_id arg)
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
    case EXPR_EXP: v = adjoint_times(s, g, id); break;
    case EXPR_LOG: v = scaled(s, EXPR_DIV, g, x); break;
    case EXPR_SQRT: v = scaled(s, EXPR_DIV, g, expr_binary(p, EXPR_MUL, two, id)); break;
    case EXPR_SIN: v = adjoint_times(s, g, expr_unary(p, EXPR_COS, x)); break;
    case EXPR_COS: v = adjoint_times(s, g, expr_unary(p, EXPR_NEG, expr_unary(p, EXPR_SIN, x))); break;
    case EXPR_TANH:
        v = adjoint_times(s, g, expr_binary(p, EXPR_SUB, one, expr_binary(p, EXPR_MUL, id, id)));
        break;
    case EXPR_ATAN:
        v = scaled(s, EXPR_DIV, g, expr_binary(p, EXPR_ADD, one, expr_binary(p, EXPR_MUL, x, x)));
        break;
    case EXPR_ABS: {
        expr_id below = expr_to_real(p, expr_binary(p, EXPR_LT, x, expr_real(p, 0)));
        v = adjoint_times(s, g, expr_binary(p, EXPR_SUB, one, expr_binary(p, EXPR_MUL, two, below)));
        break;
    }
    default: return; /* TO_REAL has an integer operand, and FLOOR is piecewise constant */
    }
    adjoint_give(s, x, v, scope);
}

static void power(struct sweep *s, const struct expr *e, expr_id id, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    expr_id x = e->args[0], y = e->args[1];
    if (adjoint_is_active(s, x)) {
        expr_id lower = expr_binary(p, EXPR_POW, x, expr_binary(p, EXPR_SUB, y, expr_real(p, 1)));
        adjoint_give(s, x, adjoint_times(s, adjoint_times(s, g, y), lower), scope);
    }
    if (adjoint_is_active(s, y)) {
        adjoint_give(s, y, adjoint_times(s, adjoint_times(s, g, id), expr_unary(p, EXPR_LOG, x)), scope);
    }
}

static void extreme(struct sweep *s, const struct expr *e, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    expr_id x = e->args[0], y = e->args[1];
    expr_id second = e->op == EXPR_MIN ? expr_binary(p, EXPR_LT, y, x) : expr_binary(p, EXPR_LT, x, y);
    if (is_scalar(e)) {
        expr_id none = expr_real(p, 0);
        adjoint_give(s, x, expr_select(p, second, none, g), scope);
        adjoint_give(s, y, expr_select(p, second, g, none), scope);
        return;
    }
    expr_id is_second = expr_to_real(p, second);
    adjoint_give(s, x, adjoint_times(s, g, expr_binary(p, EXPR_SUB, expr_real(p, 1), is_second)), scope);
    adjoint_give(s, y, adjoint_times(s, g, is_second), scope);
}

static void binary(struct sweep *s, const struct expr *e, expr_id id, expr_id g, uint64_t scope)
{
    struct expr_pool *p = s->p;
    expr_id x = e->args[0], y = e->args[1];
    switch (e->op) {
    case EXPR_ADD:
        adjoint_give(s, x, g, scope);
        adjoint_give(s, y, g, scope);
        return;
    case EXPR_SUB:
        adjoint_give(s, x, g, scope);
        adjoint_give(s, y, expr_unary(p, EXPR_NEG, g), scope);
        return;
    case EXPR_MUL:
        adjoint_give(s, x, adjoint_times(s, g, y), scope);
        adjoint_give(s, y, adjoint_times(s, g, x), scope);
        return;
    case EXPR_DIV: {
        expr_id by_x = scaled(s, EXPR_DIV, g, y);
        adjoint_give(s, x, by_x, scope);
        adjoint_give(s, y, adjoint_times(s, expr_unary(p, EXPR_NEG, by_x), id), scope);
        return;
    }
    case EXPR_MOD: {
        expr_id turns = expr_unary(p, EXPR_FLOOR_REAL, expr_binary(p, EXPR_DIV, x, y));
        adjoint_give(s, x, g, scope);
        adjoint_give(s, y, adjoint_times(s, expr_unary(p, EXPR_NEG, g), turns), scope);
        return;
    }
    case EXPR_POW: power(s, e, id, g, scope); return;
    case EXPR_MIN:
    case EXPR_MAX: extreme(s, e, g, scope); return;
    default: return;
    }
}

/* ---- The sweep ---- */

/* Finds out which nodes depend on a leaf of the list, and on the turns of which loops. */
static bool look(struct sweep *s, size_t n, const expr_id *leaf)
{
    for (size_t i = 0; i < s->r.n; i++) {
        const struct expr *e = expr_get(s->p, s->r.id[i]);
        if (e->op == EXPR_BINDER && adjoint_loop(s, e->a) < 0) {
            if (s->n_loops == MOST_LOOPS) {
                return false;
            }
            s->inner[i] = UINT64_C(1) << s->n_loops;
            s->loop[s->n_loops++] = (struct loop){.binder = e->a};
        } else if (expr_is_loop(e->op) &&
                   adjoint_loop(s, e->a) < 0) { /* the body of this loop does not depend on the turn */
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
            struct loop *l = &s->loop[adjoint_loop(s, e->a)];
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
        adjoint_of_loop(s, &e, id, g, s->inner[i]);
    } else {
        adjoint_of_array(s, &e, g, s->inner[i]);
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
