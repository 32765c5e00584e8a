/* Margins of conditions. Each comparison x < y or x <= y in the condition of an event or of `until` has the
 * margin x - y. A condition of several comparisons may become true and false again within one step; the signs
 * of its margins show where (runtime/ode/ode_find.c). */
#include "codegen/plan/plan_build.h"

struct margin_finder {
    struct plan_builder *b;
    int32_t until; /* index in plan->expr of the `until` condition that is visited; -1: that of an event */
    VEC(expr_id) todo;
    VEC(int32_t) margin, of;
};

static void look_at(struct margin_finder *f, expr_id id)
{
    struct expr_pool *ex = f->b->net->ex;
    struct expr e = *expr_get(ex, id);
    if (e.op == EXPR_LT || e.op == EXPR_LE) {
        expr_id x = tape_scalar(ex, e.args[0]), y = tape_scalar(ex, e.args[1]);
        expr_id left = expr_binary(ex, EXPR_SUB, x, y);
        vec_push(&f->margin, plan_expr(f->b, left));
        vec_push(&f->of, f->until);
    } else if (e.type == TYPE_BOOL) {
        for (uint32_t k = 0; k < e.n_args; k++) {
            expr_id operand = tape_scalar(ex, e.args[k]);
            vec_push(&f->todo, operand);
        }
    }
}

static void find(struct margin_finder *f, expr_id condition)
{
    expr_id root = tape_scalar(f->b->net->ex, condition);
    vec_push(&f->todo, root);
    while (f->todo.n) {
        expr_id id = f->todo.data[--f->todo.n];
        look_at(f, id);
    }
}

void plan_margins(struct plan_builder *b)
{
    const struct net *net = b->net;
    struct crnl_model *m = &b->plan->model;
    struct margin_finder f = {.b = b, .until = -1};
    for (size_t i = 0; i < net->event.n; i++) {
        if (net->event.data[i].kind == EVENT_WHEN) {
            find(&f, net->event.data[i].when);
        }
    }
    for (size_t i = 0; i < net->observed.n; i++) {
        if (expr_get(net->ex, net->observed.data[i])->type == TYPE_BOOL) {
            f.until = b->plan->observed_expr[i];
            find(&f, net->observed.data[i]);
        }
    }
    int32_t *margin = plan_array(b, f.margin.n, int32_t), *of = plan_array(b, f.margin.n, int32_t);
    for (size_t i = 0; i < f.margin.n; i++) {
        margin[i] = f.margin.data[i];
        of[i] = f.of.data[i];
    }
    m->n_margins = (int32_t)f.margin.n;
    m->margin = margin;
    m->margin_until = of;
    vec_free(&f.todo);
    vec_free(&f.margin);
    vec_free(&f.of);
}
