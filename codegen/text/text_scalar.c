/* Makes expressions without arrays: takes elements and unrolls loops of known length. */
#include <math.h>
#include <stdlib.h>

#include "codegen/text/text_impl.h"
#include "support/mem.h"

struct scalar {
    struct expr_pool *ex;
    int64_t left;
};

static expr_id scalar(struct scalar *s, expr_id id);

struct binder {
    struct expr_pool *ex;
    int32_t number, value;
};

static expr_id replace_binder(void *env, const struct expr *leaf, expr_id id)
{
    const struct binder *b = env;
    (void)id;
    return leaf->op == EXPR_BINDER && leaf->a == b->number ? expr_int(b->ex, b->value) : 0;
}

static expr_id at_iteration(struct scalar *s, expr_id body, int32_t binder, int32_t i)
{
    struct binder b = {s->ex, binder, i};
    return scalar(s, expr_rewrite(s->ex, s->ex, body, replace_binder, &b));
}

static expr_id join(struct scalar *s, enum expr_op op, expr_id all, expr_id one)
{
    return all ? expr_binary(s->ex, op, all, one) : one;
}

static expr_id empty_value(struct scalar *s, enum expr_op op)
{
    return expr_real(s->ex, op == EXPR_ADD ? 0 : op == EXPR_MIN ? INFINITY : -INFINITY);
}

static enum expr_op step_of(uint8_t op)
{
    return op == EXPR_SUM || op == EXPR_FOLD_SUM      ? EXPR_ADD
           : op == EXPR_MIN_OF || op == EXPR_FOLD_MIN ? EXPR_MIN
                                                      : EXPR_MAX;
}

static expr_id unroll(struct scalar *s, const struct expr *fold)
{
    const struct expr e = *fold;
    expr_id body = e.args[0], cond = e.n_args > 1 ? e.args[1] : 0, all = 0;
    enum expr_op op = step_of(e.op);
    for (int32_t i = 0; i < e.b; i++) {
        expr_id one = at_iteration(s, body, e.a, i), holds = cond ? at_iteration(s, cond, e.a, i) : 0;
        if (!one || (cond && !holds)) {
            return 0;
        }
        double truth = 1;
        if (cond && !expr_const_real(s->ex, holds, &truth)) {
            one = expr_select(s->ex, holds, one, expr_to_real(s->ex, empty_value(s, op)));
        }
        if (truth != 0) {
            all = join(s, op, all, one);
        }
    }
    return all ? all : empty_value(s, op);
}

static expr_id reduce(struct scalar *s, const struct expr *e, enum expr_op op)
{
    expr_id array = e->args[0], all = 0;
    int64_t size = shape_size(expr_get(s->ex, array)->shape);
    for (int64_t i = 0; i < size; i++) {
        expr_id element = expr_element(s->ex, array, i);
        expr_id one = element ? scalar(s, element) : 0;
        if (!one) {
            return 0;
        }
        all = join(s, op, all, one);
    }
    return all ? all : empty_value(s, op);
}

/* Makes the same elementwise operator again over scalar operands. */
static expr_id rebuild(struct scalar *s, const struct expr *node)
{
    const struct expr e = *node;
    expr_id arg[3] = {0};
    for (uint32_t i = 0; i < e.n_args; i++) {
        arg[i] = scalar(s, e.args[i]);
        if (!arg[i]) {
            return 0;
        }
    }
    if (e.op == EXPR_SELECT) {
        return expr_select(s->ex, arg[0], arg[1], arg[2]);
    }
    if (e.op == EXPR_DELAY) {
        return expr_delay(s->ex, arg[0], arg[1], arg[2]);
    }
    if (e.op == EXPR_TO_REAL) {
        return expr_to_real(s->ex, arg[0]);
    }
    return e.n_args == 1 ? expr_unary(s->ex, (enum expr_op)e.op, arg[0])
                         : expr_binary(s->ex, (enum expr_op)e.op, arg[0], arg[1]);
}

/* Takes an entry of a vector at a known index. */
static expr_id take(struct scalar *s, expr_id id, const struct expr *e)
{
    int64_t i;
    expr_id vector = e->args[0], index = scalar(s, e->args[1]);
    if (!index || !expr_const_int(s->ex, index, &i) || i < 0 ||
        i >= shape_size(expr_get(s->ex, vector)->shape)) {
        return 0;
    }
    expr_id element = expr_element(s->ex, vector, i);
    return element != id ? scalar(s, element) : 0;
}

static expr_id scalar(struct scalar *s, expr_id id)
{
    const struct expr e = *expr_get(s->ex, id);
    if (e.shape.rank > 0 || --s->left < 0) {
        return 0;
    }
    switch (expr_op_class[e.op]) {
    case EXPR_CLASS_CONST:
    case EXPR_CLASS_STATE:
    case EXPR_CLASS_BINDER: return id;
    case EXPR_CLASS_REDUCTION: return reduce(s, &e, step_of(e.op));
    case EXPR_CLASS_FOLD: return unroll(s, &e);
    case EXPR_CLASS_PAST:
    case EXPR_CLASS_SELECT: return rebuild(s, &e);
    default: return e.op == EXPR_TAKE ? take(s, id, &e) : expr_is_elementwise(e.op) ? rebuild(s, &e) : 0;
    }
}

expr_id text_scalar(struct net *n, expr_id e)
{
    struct scalar s = {n->ex, TEXT_MAX_NODES};
    return scalar(&s, e);
}
