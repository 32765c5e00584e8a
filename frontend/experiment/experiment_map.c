/* Heat maps: of an array with two indices, or of decision(x in ..., y in ... : f(x, y)), which is a
 * function over a grid of places. */
#include <string.h>

#include "frontend/experiment/experiment.h"

void experiment_say_quantity(struct where *w, int32_t net, expr_id v, struct crnl_curve_spec *c)
{
    struct quantity q = experiment_quantity(w, net, v);
    c->quantity = experiment_quantity_name(w, q);
    c->unit = experiment_quantity_unit(w, q);
    c->is_amount = q.is_amount;
    c->is_count = experiment_is_count(q);
    c->is_stepped = q.is_stepped && !q.is_number && q.net >= 0;
    c->net = net >= 0 ? net : q.net;
}

void experiment_sort(struct where *w, expr_id v, struct crnl_curve_spec *c)
{
    enum expr_type type = (enum expr_type)value_info(w, v).type;
    c->sort = type == TYPE_BOOL ? CRNL_SORT_TRUTH : type == TYPE_INT ? CRNL_SORT_CLASS : CRNL_SORT_NUMBER;
    if (c->sort == CRNL_SORT_NUMBER) {
        experiment_say_quantity(w, -1, v, c);
    }
}

bool experiment_is_decision(const struct ast *a)
{
    return a->kind == AST_CALL_OVER && call_over_callee(a)->kind == AST_NAME &&
           strcmp(call_over_callee(a)->name, "decision") == 0;
}

/* The places along one axis, over which its loop variable runs. */
static expr_id places(struct where *w, const struct ast *over)
{
    if (over->kind != AST_RANGE) {
        expr_id v = value_real(w, over);
        return v && value_info(w, v).shape.rank != 1
                   ? (expr_id)diag_report(w->f->diag, DIAG_E0302, over->span,
                                          "an axis is a vector of places, or a range")
                   : v;
    }
    expr_id from, to;
    int64_t a, b;
    if (!value_range(w, over, &from, &to)) {
        return 0;
    }
    if (!expr_const_int(w->ex, from, &a) || !expr_const_int(w->ex, to, &b)) {
        return diag_report(w->f->diag, DIAG_E0304, over->span,
                           "the ends of this range must be known when compiling");
    }
    int32_t size;
    if (!value_range_size(w, over->span, a, b, &size)) {
        return 0;
    }
    int32_t binder = expr_new_binder(w->ex);
    expr_id at = expr_binary(w->ex, EXPR_ADD, expr_binder(w->ex, binder), from);
    return expr_map(w->ex, binder, size, expr_to_real(w->ex, at));
}

bool experiment_add_decision(struct where *w, const struct ast *a, struct stmt *s)
{
    const struct ast *binders = call_over_binders(a);
    if (binders->n != 3 || binders_condition(binders)) {
        diag_report(w->f->diag, DIAG_E0306, binders->span,
                    "decision runs over two variables, without a condition");
        diag_help(
            w->f->diag,
            "plot decision(x in linspace(-3, 3, 100), y in linspace(-3, 3, 100) : f(x, y)) -> \"map.svg\";");
        return false;
    }
    struct ast array = *a; /* read as [x in ..., y in ... : f(x, y)] */
    struct ast *kid[2] = {call_over_binders(a), call_over_body(a)};
    array.kind = AST_ARRAY_OVER;
    array.kid = kid;
    array.n = 2;
    struct drawn d = {.kind = DRAWN_CURVE, .curve = {.kind = CRNL_CURVE_MAP, .net = -1}};
    d.x = places(w, binder_over(binders_binder(binders, 1)));
    d.y = d.x ? places(w, binder_over(binders_binder(binders, 2))) : 0;
    expr_id v = d.y ? value_of(w, &array) : 0;
    if (!v) {
        return false;
    }
    experiment_sort(w, v, &d.curve);
    d.value = expr_to_real(w->ex, v);
    if (value_info(w, d.value).shape.rank != 2) {
        return diag_report(w->f->diag, DIAG_E0302, call_over_body(a)->span,
                           "one number for each place is needed here");
    }
    struct shape shape = value_info(w, d.value).shape;
    d.curve.dim[0] = shape.dim[0];
    d.curve.dim[1] = shape.dim[1];
    d.curve.label = experiment_label(w, call_over_body(a));
    d.curve.x_label = arena_strdup(w->f->program->arena, binders_binder(binders, 1)->name);
    d.curve.y_label = arena_strdup(w->f->program->arena, binders_binder(binders, 2)->name);
    vec_push(&s->drawn, d);
    return true;
}
