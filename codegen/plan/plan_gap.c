/* The gap of a condition: how far it is from true; and the sides of its comparisons. A message shows them
 * when the condition never becomes true. */
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

static bool is_number(const struct expr_pool *ex, expr_id e)
{
    return e && expr_get(ex, e)->type != TYPE_BOOL && expr_get(ex, e)->type != TYPE_TEXT;
}

expr_id plan_gap(struct expr_pool *ex, expr_id condition)
{
    struct expr e = *expr_get(ex, condition);
    expr_id x = e.n_args > 0 ? e.args[0] : 0, y = e.n_args > 1 ? e.args[1] : 0;
    bool numbers = is_number(ex, x) && is_number(ex, y);
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

enum { MOST_SIDES = 4 }; /* comparisons; a message shows no more */

static void add_sides(struct plan_builder *b, expr_id condition, struct plan_sides *s)
{
    struct expr e = *expr_get(b->net->ex, condition);
    bool compares = e.op == EXPR_LT || e.op == EXPR_LE || e.op == EXPR_EQ || e.op == EXPR_NE;
    if (compares && is_number(b->net->ex, e.args[0]) && s->n < MOST_SIDES) {
        for (int i = 0; i < 2; i++) {
            const char *text = net_expr_text(b->net, e.args[i], b->arena);
            s->text = s->text ? arena_printf(b->arena, "%s\n%s", s->text, text) : text;
            s->side[2 * s->n + i] = plan_expr(b, e.args[i]);
        }
        s->n++;
    } else if (e.op == EXPR_AND || e.op == EXPR_OR || e.op == EXPR_NOT) {
        for (size_t i = 0; i < e.n_args; i++) {
            add_sides(b, e.args[i], s);
        }
    }
}

struct plan_sides plan_sides(struct plan_builder *b, expr_id condition)
{
    struct plan_sides s = {.side = plan_array(b, 2 * MOST_SIDES, int32_t)};
    add_sides(b, condition, &s);
    return s;
}
