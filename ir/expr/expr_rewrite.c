/* Walks over expressions: visiting nodes and replacing leaves. */
#include "ir/expr/expr_impl.h"

#include <assert.h>
#include <stdlib.h>

#include "support/mem.h"

void expr_visit(const struct expr_pool *p, expr_id id,
                void (*visit)(void *env, expr_id id, const struct expr *e), void *env)
{
    struct reach r;
    reach_collect(&r, p, id, false);
    for (size_t i = 0; i < r.n; i++) {
        visit(env, r.id[i], expr_get(p, r.id[i]));
    }
    reach_free(&r);
}

bool expr_reads_state(const struct expr_pool *p, expr_id id)
{
    struct reach r;
    bool found = false;
    reach_collect(&r, p, id, false);
    for (size_t i = 0; i < r.n && !found; i++) {
        int op = expr_get(p, r.id[i])->op;
        bool state = expr_has_class(op, EXPR_CLASS_STATE) && op != EXPR_PARAM && op != EXPR_CAPTURE;
        found = state || expr_has_class(op, EXPR_CLASS_DERIVED) || expr_has_class(op, EXPR_CLASS_PAST);
    }
    reach_free(&r);
    return found;
}

bool expr_uses(const struct expr_pool *p, expr_id id, enum expr_op op, int32_t a)
{
    if (!id || (expr_get(p, id)->holds == 0 && op != EXPR_CONST)) {
        return false;
    }
    struct reach r;
    bool found = false;
    reach_collect(&r, p, id, false);
    for (size_t i = 0; i < r.n && !found; i++) {
        const struct expr *e = expr_get(p, r.id[i]);
        found = e->op == op && (a < 0 || e->a == a);
    }
    reach_free(&r);
    return found;
}

/* In another pool, loop variables get new numbers, because theirs may already be in use there. */
struct binder_map {
    int32_t *from, *to;
    size_t n, cap;
};

static int32_t map_binder(struct binder_map *m, struct expr_pool *to, bool same_pool, int32_t binder)
{
    if (same_pool) {
        return binder;
    }
    for (size_t i = m->n; i > 0; i--) {
        if (m->from[i - 1] == binder) {
            return m->to[i - 1];
        }
    }
    if (m->n == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 8;
        m->from = mem_resize(m->from, m->cap, sizeof *m->from);
        m->to = mem_resize(m->to, m->cap, sizeof *m->to);
    }
    m->from[m->n] = binder;
    m->to[m->n] = expr_new_binder(to);
    return m->to[m->n++];
}

/* e->a: the delay is that of a reaction (net_late_flow). */
static expr_id copy_delay(struct expr_pool *to, const struct expr *e, const expr_id *x)
{
    expr_id d = expr_delay(to, x[0], x[1], x[2]);
    bool is_one = expr_get(to, d)->op == e->op;
    return e->a && is_one ? expr_call(to, e->op, e->type, e->shape, e->a, e->b, e->n_args, x) : d;
}

static expr_id copy_constant(struct expr_pool *to, const struct expr *e)
{
    if (!is_scalar(e)) {
        return expr_const_array(to, e->type, e->shape, e->v.data);
    }
    return e->type == TYPE_TEXT ? expr_text(to, e->v.text) : expr_intern(to, e);
}

/* Rebuilds `e` with other operands. The builders fold the result. */
static expr_id rebuild(struct expr_pool *to, const struct expr *e, const expr_id *x, int32_t binder)
{
    switch (e->op) {
    case EXPR_FORMAT: return expr_format(to, x[0], e->v.text);
    case EXPR_STACK: return expr_stack(to, e->n_args, x);
    case EXPR_TAKE: return expr_take(to, x[0], e->a, x[1], e->b);
    case EXPR_SLICE: return expr_slice(to, x[0], e->a, e->b, e->shape.dim[e->a]);
    case EXPR_GATHER: return expr_gather(to, x[0], x[1], e->b);
    case EXPR_FILL: return expr_fill(to, x[0], e->shape);
    case EXPR_RESHAPE: return expr_reshape(to, x[0], e->shape);
    case EXPR_CONCAT: return expr_concat(to, x[0], x[1]);
    case EXPR_MATMUL: return expr_matmul(to, x[0], x[1]);
    default: break;
    }
    switch ((enum expr_class)expr_op_class[e->op]) {
    case EXPR_CLASS_CONST: return copy_constant(to, e);
    case EXPR_CLASS_BINDER: return expr_binder(to, binder);
    case EXPR_CLASS_PAST: return copy_delay(to, e, x);
    case EXPR_CLASS_STATE:
    case EXPR_CLASS_DERIVED:
    case EXPR_CLASS_RUN:
    case EXPR_CLASS_DRAW:
    case EXPR_CLASS_TEXT: return expr_call(to, e->op, e->type, e->shape, e->a, e->b, e->n_args, x);
    case EXPR_CLASS_UNARY:
    case EXPR_CLASS_FUNCTION: return expr_unary(to, e->op, x[0]);
    case EXPR_CLASS_ARITHMETIC:
    case EXPR_CLASS_COMPARISON:
    case EXPR_CLASS_LOGICAL: return expr_binary(to, e->op, x[0], x[1]);
    case EXPR_CLASS_SELECT: return expr_select(to, x[0], x[1], x[2]);
    case EXPR_CLASS_REDUCTION:
    case EXPR_CLASS_PLACE: return expr_reduce(to, e->op, x[0]);
    case EXPR_CLASS_MAP: return expr_map(to, binder, e->b, x[0]);
    case EXPR_CLASS_FOLD: return expr_fold(to, e->op, binder, e->b, x[0], e->n_args > 1 ? x[1] : 0);
    case EXPR_CLASS_ARRAY:
    case EXPR_CLASS_NONE: break;
    }
    assert(!"an operator of arrays without a case above");
    return 0;
}

static expr_id rewrite(struct expr_pool *to, const struct expr_pool *from, expr_id id, bool nodes,
                       expr_map_leaf map, void *env)
{
    if (!id) {
        return 0;
    }
    struct reach r;
    reach_collect(&r, from, id, false);
    expr_id room[REACH_INLINE], arg_room[8];
    expr_id *image = r.n <= REACH_INLINE ? room : mem_alloc(r.n * sizeof *image);
    struct binder_map binders = {0};
    bool same_pool = to == from;
    for (size_t i = 0; i < r.n; i++) {
        struct expr e = *expr_get(from, r.id[i]); /* a copy, because `to` may be `from`, and its nodes may
                                                     move */
        image[i] = 0;
        if ((nodes || e.n_args == 0) && e.op != EXPR_CONST && map) {
            struct expr leaf = e;
            image[i] = map(env, &leaf, r.id[i]);
        }
        if (image[i]) {
            continue;
        }
        expr_id *args = e.n_args <= 8 ? arg_room : mem_alloc(e.n_args * sizeof *args);
        bool changed = !same_pool;
        for (uint32_t k = 0; k < e.n_args; k++) {
            args[k] = image[reach_find(&r, e.args[k])];
            changed = changed || args[k] != e.args[k];
        }
        bool binds = e.op == EXPR_BINDER || expr_is_loop(e.op);
        int32_t binder = binds ? map_binder(&binders, to, same_pool, e.a) : 0;
        image[i] = changed ? rebuild(to, &e, args, binder) : r.id[i];
        if (args != arg_room) {
            free(args);
        }
    }
    expr_id result = image[r.n - 1];
    if (image != room) {
        free(image);
    }
    free(binders.from);
    free(binders.to);
    reach_free(&r);
    return result;
}

expr_id expr_rewrite(struct expr_pool *to, const struct expr_pool *from, expr_id id, expr_map_leaf map,
                     void *env)
{
    return rewrite(to, from, id, false, map, env);
}

expr_id expr_rewrite_nodes(struct expr_pool *p, expr_id id, expr_map_leaf map, void *env)
{
    return rewrite(p, p, id, true, map, env);
}
