/* `loss e;` in the block of `minimize`: its value, the terms whose squares it adds up, and its derivatives
 * by what is varied. */
#include <math.h>

#include <string.h>

#include "frontend/data/data.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"

/* ---- Sums of squares ---- */

struct squares {
    struct where *w;
    VEC(expr_id) term;
    bool rest;  /* the loss has parts that are no squares, but these do not depend on runs */
    bool other; /* the loss has parts that are no squares and depend on runs */
};

static void find_result(void *env, expr_id id, const struct expr *e)
{
    (void)id;
    *(bool *)env |= e->op == EXPR_NET_GET || e->op == EXPR_STAT || e->op == EXPR_NET_TIME ||
                    e->op == EXPR_VAR || e->op == EXPR_GLOBAL || e->op == EXPR_LIMIT;
}

static bool may_change(struct where *w, expr_id id)
{
    bool found = false;
    expr_visit(w->ex, id, find_result, &found);
    return found;
}

/* The array whose squared elements are those of `id`; 0 if these are no squares. */
static expr_id root_of(struct where *w, expr_id id)
{
    struct expr e = value_info(w, id);
    expr_id x = e.n_args > 0 ? e.args[0] : 0, y = e.n_args > 1 ? e.args[1] : 0;
    double power;
    if (e.op == EXPR_TO_REAL) {
        return root_of(w, x);
    }
    if (e.op == EXPR_POW && expr_const_real(w->ex, y, &power) && power == 2) {
        return expr_to_real(w->ex, x);
    }
    if (e.op == EXPR_MUL && x == y) {
        return expr_to_real(w->ex, x);
    }
    if (e.op == EXPR_MUL || e.op == EXPR_DIV) {
        expr_id factor = e.op == EXPR_MUL && !may_change(w, x) ? x : !may_change(w, y) ? y : 0;
        expr_id root = factor ? root_of(w, factor == x ? y : x) : 0;
        return root ? expr_binary(w->ex, (enum expr_op)e.op, root,
                                  expr_unary(w->ex, EXPR_SQRT, expr_to_real(w->ex, factor)))
                    : 0;
    }
    if (e.op == EXPR_TAKE || e.op == EXPR_RESHAPE) { /* sums over present elements read arrays in this way */
        expr_id root = root_of(w, x);
        return !root               ? 0
               : e.op == EXPR_TAKE ? expr_take(w->ex, root, e.a, y, e.b)
                                   : expr_reshape(w->ex, root, e.shape);
    }
    return 0;
}

static void add_terms(struct squares *s, expr_id id, expr_id factor);

static void add_root(struct squares *s, expr_id root, expr_id factor)
{
    struct expr_pool *ex = s->w->ex;
    root = factor ? expr_binary(ex, EXPR_MUL, root, expr_unary(ex, EXPR_SQRT, factor)) : root;
    vec_push(&s->term, root);
}

/* Looks at a sum over elements: at each of its parts, of which it takes the root. */
static void add_sum(struct squares *s, const struct expr *of, expr_id array, expr_id factor)
{
    struct expr_pool *ex = s->w->ex;
    struct expr e = value_info(s->w, array);
    if (e.op == EXPR_ADD || e.op == EXPR_SUB) {
        if (e.op == EXPR_SUB && may_change(s->w, e.args[1])) {
            s->other = true;
            return;
        }
        add_sum(s, of, e.args[0], factor);
        add_sum(s, of, e.args[1], factor);
        return;
    }
    if (!may_change(s->w, array)) {
        s->rest = true;
        return;
    }
    expr_id root = root_of(s->w, array);
    if (!root) {
        s->other = true;
        return;
    }
    if (of->op == EXPR_FOLD_SUM) {
        expr_id cond = of->n_args > 1 ? of->args[1] : 0;
        root = cond ? expr_select(ex, cond, root, expr_real(ex, NAN)) : root;
        root = expr_map(ex, of->a, of->b, root);
    }
    add_root(s, root, factor);
}

static expr_id times(struct where *w, expr_id factor, enum expr_op op, expr_id by)
{
    by = expr_to_real(w->ex, by);
    factor = factor ? factor : expr_real(w->ex, 1);
    return expr_binary(w->ex, op, factor, by);
}

static void add_terms(struct squares *s, expr_id id, expr_id factor)
{
    struct expr e = value_info(s->w, id);
    expr_id x = e.n_args > 0 ? e.args[0] : 0, y = e.n_args > 1 ? e.args[1] : 0;
    if (!may_change(s->w, id)) {
        double zero;
        s->rest = s->rest || !(expr_const_real(s->w->ex, id, &zero) && zero == 0);
    } else if (e.op == EXPR_TO_REAL) {
        add_terms(s, x, factor);
    } else if (e.op == EXPR_ADD) {
        add_terms(s, x, factor);
        add_terms(s, y, factor);
    } else if (e.op == EXPR_SUB && !may_change(s->w, y)) {
        s->rest = true;
        add_terms(s, x, factor);
    } else if ((e.op == EXPR_MUL || e.op == EXPR_DIV) && !may_change(s->w, y)) {
        add_terms(s, x, times(s->w, factor, (enum expr_op)e.op, y));
    } else if (e.op == EXPR_MUL && !may_change(s->w, x)) {
        add_terms(s, y, times(s->w, factor, EXPR_MUL, x));
    } else if (e.op == EXPR_SUM || (e.op == EXPR_FOLD_SUM && value_info(s->w, x).shape.rank == 0)) {
        add_sum(s, &e, x, factor);
    } else if (root_of(s->w, id)) {
        add_root(s, root_of(s->w, id), factor);
    } else {
        s->other = true;
    }
}

/* ---- What a trial computes of its loss ---- */

static bool is_zero(struct where *w, expr_id id)
{
    int64_t n = shape_size(value_info(w, id).shape);
    double v = 0;
    for (int64_t i = 0; i < n && v == 0; i++) {
        if (!expr_is_const(w->ex, id) || !expr_const_real(w->ex, expr_const_element(w->ex, id, i), &v)) {
            return false;
        }
    }
    return v == 0;
}

/* Computes the derivatives of a loss by all targets of the fit. If one of them cannot be computed, the fit
 * uses differences; this is an error only if the program asks for derivatives. */
static bool add_derivatives(struct where *w, struct stmt *loss)
{
    struct experiment *x = w->experiment;
    struct minimize *m = x->tried;
    size_t before = diag_count(w->f->diag);
    if (m->minimizer->by_residuals ||
        experiment_known_fit_option(w, m, CRNL_FIT_GRADIENT) == CRNL_FIT_DIFFERENCES) {
        m->has_gradient = false;
        x->tried_depends = x->tried_depends || may_change(w, loss->value);
        return true;
    }
    for (size_t i = 0; i < m->target.n; i++) {
        const struct ast *of = target_reference(list_item(minimize_over(x->tried_by), (uint32_t)i));
        expr_id g = experiment_gradient_of(w, loss->span, loss->value, of);
        if (!g) {
            loss->index.n = 0;
            m->has_gradient = false;
            if (m->gradient_given) {
                return false;
            }
            x->tried_depends = true; /* for all targets that are known */
            m->no_gradient = arena_strdup(w->f->program->arena, diag_take_back(w->f->diag, before));
            return true;
        }
        x->tried_depends = x->tried_depends || !is_zero(w, g);
        vec_push(&loss->index,
                 expr_reshape(w->ex, expr_to_real(w->ex, g), shape_vector(m->target.data[i].count)));
    }
    return true;
}

bool experiment_add_loss(struct where *w, const struct ast *a, struct block *out)
{
    struct minimize *m = w->experiment->tried;
    if (!m) {
        diag_report(w->f->diag, DIAG_E0525, a->span, "`loss` is what the block of `minimize` ends in");
        diag_help(w->f->diag, "minimize over net.k by lbfgs() { run net for 10; loss sum((net.A - 1)^2); }");
        return false;
    }
    expr_id v = value_real(w, loss_value(a));
    if (!v) {
        return false;
    }
    if (value_info(w, v).shape.rank > 0) {
        diag_report(w->f->diag, DIAG_E0302, loss_value(a)->span,
                    "a loss is one number, not an array of shape %s", where_shape(w, value_info(w, v).shape));
        const struct ast *of = loss_value(a), *power = of->op == OP_POW ? binary_right(of) : NULL;
        bool squared = power && power->kind == AST_INT && power->v.integer == 2;
        diag_help(w->f->diag,
                  squared ? "their sum is `loss sum(%s);`" : "the sum of its squares is `loss sum((%s)^2);`",
                  front_source_text(w->f, of->span));
        return false;
    }
    struct squares s = {.w = w};
    add_terms(&s, v, 0);
    if (s.other && m->minimizer->by_residuals) {
        diag_report(w->f->diag, DIAG_E0525, loss_value(a)->span,
                    "%s needs a sum of squares, and this is another loss", m->minimizer->name);
        diag_help(w->f->diag,
                  "write it as sum((...)^2), perhaps with factors that do not depend on runs, or use lbfgs");
    }
    bool good = !(s.other && m->minimizer->by_residuals);
    struct stmt *loss = experiment_add(w, out, STMT_LOSS, a->span);
    loss->value = v;
    for (size_t i = 0; i < s.term.n && !s.other; i++) {
        vec_push(&loss->term, s.term.data[i]);
    }
    m->sum_of_squares = m->sum_of_squares && !s.other && !s.rest;
    w->experiment->tried_losses++;
    vec_free(&s.term);
    return add_derivatives(w, loss) && good;
}
