/* Names that come before all declared ones: those of a network that conditions and plots observe, and
 * variables of the experiment that are read there. */
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"

static expr_id observed_symbol(struct where *w, int32_t symbol)
{
    const struct symbol *s = &w->view->use->net->symbol.data[symbol];
    return value_elements(w, s->shape, &w->view->use->net->elem.data[s->first]);
}

/* A name of the experiment's blocks must not be also a name of a network whose own names may be written
 * alone. */
static bool names_both(struct where *w, const struct ast *a, const struct name *n)
{
    bool own = where_has_own(w);
    if (!own || !name_may(n, AT_LOCAL) || !experiment_starts_path(w->view->use->net, n->text)) {
        return false;
    }
    diag_report(w->f->diag, DIAG_E0205, a->span, "'%s' is a name of the network and of the experiment",
                n->text);
    diag_note(w->f->diag, n->span, "the experiment's");
    diag_help(w->f->diag, "write %s.%s for the network's, or rename the other", w->view->use->net->name,
              front_source_text(w->f, a->span));
    return true;
}

/* Reads a value of the experiment in the condition of a run: a variable, or an entry of an array. */
static expr_id captured(struct where *w, const struct ast *a, struct name *n)
{
    struct span at = a->span;
    if (!w->view->capture) {
        diag_report(
            w->f->diag, DIAG_E0204, at,
            "'%s' is a variable of the experiment; here only the network's names and constants are known",
            n->text);
        diag_help(
            w->f->diag,
            "this is measured while the network runs: give it a parameter, and set that: run %s with %s = "
            "%s ..., then %s.%s here",
            w->view->use->net->name, n->text, n->text, w->view->use->net->name, n->text);
        return 0;
    }
    struct where outside = where_outside(w);
    expr_id v = a->kind == AST_INDEX ? value_entry(&outside, a) : experiment_variable(&outside, n);
    if (!v) {
        return 0;
    }
    struct expr e = value_info(&outside, v);
    if (e.shape.rank != 0 || e.type == TYPE_TEXT) {
        return diag_report(w->f->diag, DIAG_E0302, at, "'%s' must be a single number here", n->text);
    }
    v = expr_to_real(outside.ex, v);
    vec_push(&w->view->capture->capture, v);
    return expr_leaf(w->ex, EXPR_CAPTURE, TYPE_REAL, shape_scalar(), (int32_t)w->view->capture->capture.n - 1,
                     0);
}

expr_id read_variable(struct where *w, const struct ast *a, struct name *n)
{
    return w->view ? captured(w, a, n) : experiment_variable(w, n);
}

static bool is_captured(const struct where *w, const struct ast *a, const struct name *n)
{
    bool outside =
        n && (n->kind == NAME_VARIABLE || (n->kind == NAME_VALUE && value_is_of_another_pool(w, n)));
    return w->view && w->view->capture && a->kind == AST_INDEX && outside;
}

expr_id experiment_own(struct where *w, const struct ast *a, struct name *n, bool *is_own)
{
    bool own = where_has_own(w);
    int32_t symbol = own && a->kind == AST_NAME ? net_find_symbol(w->view->use->net, a->name) : -1;
    *is_own = symbol >= 0;
    if ((symbol >= 0 || a->kind != AST_NAME) && names_both(w, a, n)) {
        *is_own = true;
        return 0;
    }
    if (a->kind == AST_NAME) {
        return symbol >= 0 ? observed_symbol(w, symbol) : 0;
    }
    expr_id v = own ? experiment_path(w, a, is_own) : 0;
    if (!*is_own && a->kind == AST_FIELD) {
        v = experiment_limit(w, a, is_own);
    }
    if (!*is_own && is_captured(w, a, n)) {
        *is_own = true;
        v = captured(w, a, n);
    }
    return v;
}
