/* Loops: the values over which they run, and the statement that has their turns. */
#include "frontend/data/data.h"
#include "frontend/experiment/experiment.h"

bool experiment_turns(struct where *w, const struct ast *binder, struct turns *t)
{
    const struct ast *over = binder_over(binder);
    *t = (struct turns){.binder = binder};
    enum data_found found = over->kind == AST_RANGE ? DATA_NO : data_find_rows(w, over, &t->data);
    if (found == DATA_ERROR || (over->kind == AST_RANGE && !value_range(w, over, &t->from, &t->to))) {
        return false;
    }
    t->is_data = found == DATA_YES;
    if (t->is_data) {
        data_warn_empty(w, over, &t->data);
        t->data.order = t->data.order ? experiment_keep(w, over->span, t->data.order) : 0;
        t->from = expr_int(w->ex, 0);
        t->to = expr_int(w->ex, t->data.rows);
    } else if (over->kind != AST_RANGE) {
        t->rows = value_or_series(w, over);
        if (!t->rows) {
            return false;
        }
        t->is_series = value_is_series(w, t->rows);
        if (t->is_series) {
            t->rows = experiment_keep_series(w, over->span, t->rows);
            t->from = expr_int(w->ex, 0);
            t->to = t->rows ? value_series_size(w, t->rows) : 0;
            return t->rows;
        }
        struct expr e = value_info(w, t->rows);
        if (e.shape.rank < 1) {
            return value_no_rows(w, over);
        }
        if (!expr_is_const(w->ex, t->rows)) {
            t->rows = experiment_keep(w, over->span, t->rows);
        }
        t->from = expr_int(w->ex, 0);
        t->to = expr_int(w->ex, e.shape.dim[0]);
    }
    return true;
}

/* A loop over an array is a loop over its indices, whose body begins by storing the row in a variable. A
 * row of a data set is read where its fields are. */
struct stmt *experiment_loop(struct where *w, const struct turns *t, struct span span, struct block *out,
                             struct where *inner, expr_id *key)
{
    const char *name = t->binder->name;
    struct stmt *s = experiment_add(w, out, STMT_FOR, span);
    s->from = t->from;
    s->to = t->to;
    s->depth = w->experiment->depth;
    s->loop = w->f->program->n_loops++;
    s->body = experiment_new_block(w);
    s->var = experiment_add_variable(w, t->rows || t->is_data ? "" : name, TYPE_INT, shape_scalar());
    expr_id i = *key = expr_leaf(w->ex, EXPR_VAR, TYPE_INT, shape_scalar(), s->var, 0);
    vec_push(&w->experiment->assigned, (struct assigned){.var = s->var});
    *inner = *w;
    inner->scope = scope_create(w->f->arena, w->scope);
    if (t->is_data) {
        *key = data_add_record(w, inner->scope, name, t->binder->span, &t->data, i)->value;
        return s;
    }
    struct name *n = scope_add(inner->scope, name, NAME_VARIABLE, t->binder->span);
    n->is_constant = n->is_turn = true;
    n->index = s->var;
    if (t->rows) {
        expr_id row =
            t->is_series ? value_series_at(w, t->rows, i, 0) : expr_take(w->ex, t->rows, 0, i, s->line);
        struct expr e = value_info(w, row);
        n->index = experiment_add_variable(w, name, (enum expr_type)e.type, e.shape);
        experiment_assign(w, s->body, t->binder->span, n->index, row);
        *key = e.shape.rank == 0 && e.type != TYPE_TEXT ? experiment_variable(w, n) : i;
    }
    return s;
}
