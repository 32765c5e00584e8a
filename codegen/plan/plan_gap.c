/* The gap of a condition: how far it is from true. A message shows it when the condition never becomes
 * true. */
#include "codegen/plan/plan_build.h"

static expr_id zero_or(struct expr_pool *ex, expr_id e)
{
    return expr_binary(ex, EXPR_MAX, expr_real(ex, 0), expr_to_real(ex, e));
}

/* For a condition without comparison of numbers: 0 where it holds, 1 where it does not. */
static expr_id all_or_nothing(struct expr_pool *ex, expr_id condition)
{
    return expr_select(ex, condition, expr_real(ex, 0), expr_real(ex, 1));
}

expr_id plan_gap(struct expr_pool *ex, expr_id condition)
{
    struct expr e = *expr_get(ex, condition);
    expr_id x = e.n_args > 0 ? e.args[0] : 0, y = e.n_args > 1 ? e.args[1] : 0;
    bool numbers = x && y && expr_get(ex, x)->type != TYPE_BOOL && expr_get(ex, x)->type != TYPE_TEXT;
    switch (e.op) {
    case EXPR_LT:
    case EXPR_LE:
        return numbers ? zero_or(ex, expr_binary(ex, EXPR_SUB, x, y)) : all_or_nothing(ex, condition);
    case EXPR_EQ:
        return numbers ? expr_to_real(ex, expr_unary(ex, EXPR_ABS, expr_binary(ex, EXPR_SUB, x, y)))
                       : all_or_nothing(ex, condition);
    case EXPR_AND:
    case EXPR_OR: {
        expr_id first = plan_gap(ex, x), second = plan_gap(ex, y);
        return expr_binary(ex, e.op == EXPR_AND ? EXPR_MAX : EXPR_MIN, first, second);
    }
    default: return all_or_nothing(ex, condition);
    }
}
