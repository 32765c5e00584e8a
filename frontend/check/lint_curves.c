/* W0428 warns of a curve that stands twice in a panel. Mostly two runs of one network were to be compared, of
 * which the second has replaced the first. */
#include "frontend/check/lint.h"

/* `network` is that of the second curve, or NULL. */
static void report(struct front *f, const struct ast *first, const struct ast *second, const char *network)
{
    diag_report(f->diag, DIAG_W0428, second->span, "the same curve stands here twice");
    diag_note(f->diag, first->span, "here");
    if (network) {
        diag_help(f->diag,
                  "'%s' has the results of its last run only: `run %s as %s_2 ...` makes another run under a "
                  "name of its own, whose curve is `%s_2: %s`",
                  network, network, network, network, front_source_text(f, curve_y(second)->span));
    } else {
        diag_help(f->diag, "leave one of them out");
    }
}

static void check_panel(struct front *f, const struct ast *panel)
{
    enum { FAR = 64 };
    const struct ast *curves = panel_curves(panel);
    const char *network[FAR], *last = NULL;
    for (uint32_t i = 0; curves && i < curves->n && i < FAR; i++) {
        const struct ast *c = list_item(curves, i);
        network[i] = last = c->name ? c->name : last;
        for (uint32_t k = 0; k < i; k++) {
            const struct ast *before = list_item(curves, k);
            if (network[k] == network[i] && ast_same(curve_y(before), curve_y(c)) &&
                ast_same(curve_x(before), curve_x(c)) && ast_same(curve_form(before), curve_form(c))) {
                report(f, before, c, network[i]);
                break;
            }
        }
    }
}

void lint_curves(struct front *f, const struct ast *a)
{
    if (a && a->kind == AST_PANEL) {
        check_panel(f, a);
        return;
    }
    for (uint32_t i = 0; a && i < a->n; i++) {
        lint_curves(f, ast_child(a, i));
    }
}
