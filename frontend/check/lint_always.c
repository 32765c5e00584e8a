/* W0441, in a network after its elaboration: warns of an event whose condition holds at all times, so that it
 * happens once, at the start, or at no time: `when true`, `when A >= 0`, `when A < 0`. */
#include "frontend/check/lint.h"

enum holds { ALWAYS, NEVER, UNKNOWN };

/* Whether the expression is an amount, which is never below 0. */
static bool is_amount(const struct net *net, const struct expr *e)
{
    return e->op == EXPR_SPECIES && !species_may_be_negative(&net->species.data[e->a]);
}

static enum holds holds(const struct net *net, expr_id when)
{
    const struct expr *e = expr_get(net->ex, when);
    double v;
    if (expr_const_real(net->ex, when, &v)) {
        return v != 0 ? ALWAYS : NEVER;
    }
    if (e->op != EXPR_LT && e->op != EXPR_LE) {
        return UNKNOWN;
    }
    const struct expr *less = expr_get(net->ex, e->args[0]), *more = expr_get(net->ex, e->args[1]);
    if (is_amount(net, more) && expr_const_real(net->ex, e->args[0], &v)) {
        return v < 0 || (v == 0 && e->op == EXPR_LE) ? ALWAYS : UNKNOWN;
    }
    if (is_amount(net, less) && expr_const_real(net->ex, e->args[1], &v)) {
        return v < 0 || (v == 0 && e->op == EXPR_LT) ? NEVER : UNKNOWN;
    }
    return UNKNOWN;
}

void lint_always(const struct lint_network *l, const struct net *net)
{
    for (size_t i = 0; i < net->event.n; i++) {
        const struct event *e = &net->event.data[i];
        enum holds h = e->kind == EVENT_WHEN ? holds(net, e->when) : UNKNOWN;
        if (h == UNKNOWN) {
            continue;
        }
        diag_report(l->f->diag, DIAG_W0441, e->span,
                    h == ALWAYS ? "this condition always holds: the event happens once, at the start"
                                : "this condition never holds: the event does not happen");
        diag_help(l->f->diag, h == ALWAYS ? "`every 1 { ... }` happens again and again; what holds from the "
                                            "start on is an initial amount, `species A = 5;`"
                                          : "amounts are never below 0: compare with a number above it");
    }
}
