/* What derivatives of runs need as tapes, which can be executed backwards: laws, and everything else that a
 * run computes from its state. */
#include "codegen/plan/plan_build.h"

#include <string.h>

/* The margin of a condition with a sign: it falls through 0 when the condition turns true. A constant 0 for a
 * condition whose margin is not known, such as `==`. */
static expr_id gap_with_sign(struct expr_pool *ex, expr_id condition)
{
    struct expr e = *expr_get(ex, condition);
    expr_id x = e.n_args > 0 ? e.args[0] : 0, y = e.n_args > 1 ? e.args[1] : 0;
    bool numbers = x && y && expr_get(ex, x)->type != TYPE_BOOL && expr_get(ex, x)->type != TYPE_TEXT;
    switch (e.op) {
    case EXPR_LT:
    case EXPR_LE: return numbers ? expr_to_real(ex, expr_binary(ex, EXPR_SUB, x, y)) : expr_real(ex, 0);
    case EXPR_NOT: return expr_unary(ex, EXPR_NEG, gap_with_sign(ex, x));
    case EXPR_AND:
    case EXPR_OR: {
        expr_id first = gap_with_sign(ex, x), second = gap_with_sign(ex, y);
        return expr_binary(ex, e.op == EXPR_AND ? EXPR_MAX : EXPR_MIN, first, second);
    }
    default: return expr_real(ex, 0);
    }
}

struct outputs {
    VEC(expr_id) expr;
};

static int32_t add(struct outputs *o, struct expr_pool *ex, expr_id e)
{
    vec_push(&o->expr, expr_to_real(ex, e));
    return (int32_t)o->expr.n - 1;
}

static struct crnl_tape tape_of(struct plan_builder *b, const struct outputs *o)
{
    size_t n = b->net->species.n;
    int32_t *place = plan_array(b, n, int32_t);
    for (size_t s = 0; s < n; s++) {
        place[s] = 1 + (int32_t)s;
    }
    return tape_build_timed(b->arena, b->net->ex, o->expr.data, o->expr.n, place, 1 + (int32_t)n);
}

static void plan_law_tape(struct plan_builder *b)
{
    struct crnl_model *m = &b->plan->model;
    struct outputs laws = {{0}};
    int32_t *slot = plan_array(b, m->n_reactions, int32_t);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        slot[j] = m->law && m->law[j] >= 0 ? add(&laws, b->net->ex, b->expr.data[m->law[j]]) : -1;
    }
    m->law_slot = slot;
    m->n_law_slots = (int32_t)laws.expr.n;
    m->law_tape = tape_of(b, &laws);
    vec_free(&laws.expr);
}

void plan_adjoint(struct plan_builder *b)
{
    struct crnl_model *m = &b->plan->model;
    struct expr_pool *ex = b->net->ex;
    if (!b->use->has_gradient) {
        return;
    }
    plan_law_tape(b);
    size_t n = b->expr.n;
    int32_t *value = plan_array(b, n, int32_t), *gap = plan_array(b, n, int32_t);
    bool *is_law = plan_array(b, n, bool);
    for (int32_t j = 0; m->law && j < m->n_reactions; j++) {
        if (m->law[j] >= 0) {
            is_law[m->law[j]] = true;
        }
    }
    for (int32_t i = 0; m->grad_ptr && i < m->grad_ptr[m->n_reactions]; i++) {
        is_law[m->grad_expr[i]] = true;
    }
    bool *wanted = plan_array(b, n, bool);
    for (int32_t i = 0; i < m->n_elems; i++) {
        if (m->elem[i].kind == CRNL_ELEM_EXPR) {
            wanted[m->elem[i].a] = true;
        }
    }
    for (size_t i = 0; i < b->net->observed.n; i++) {
        if (b->plan->observed_expr[i] >= 0) {
            wanted[b->plan->observed_expr[i]] = true;
        }
    }
    struct outputs values = {{0}};
    for (size_t i = 0; i < n; i++) {
        struct expr e = *expr_get(ex, b->expr.data[i]);
        bool number = e.type != TYPE_BOOL && (!is_law[i] || wanted[i]);
        value[i] = number ? add(&values, ex, b->expr.data[i]) : -1;
        gap[i] = e.type == TYPE_BOOL ? add(&values, ex, gap_with_sign(ex, b->expr.data[i])) : -1;
    }
    m->value_slot = value;
    m->gap_slot = gap;
    m->n_value_slots = (int32_t)values.expr.n;
    m->value_tape = tape_of(b, &values);
    vec_free(&values.expr);
}
