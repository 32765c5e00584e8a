/* Reactions whose products come later: A ->{k, delay = 5} B. They take their reactants at the start, when
 * they also read the catalysts behind `via`; everything on the right side comes at the end. */
#include <math.h>
#include <string.h>

#include "frontend/network/network.h"

bool network_is_drawn(const struct ast *delay)
{
    return delay->kind == AST_CALL && call_callee(delay)->kind == AST_NAME &&
           strcmp(call_callee(delay)->name, "uniform") == 0;
}

static bool has_bulk(struct where *w, const struct side *s)
{
    const struct net *n = w->build->whole->net;
    bool any = false;
    for (size_t i = 0; i < s->term.n; i++) {
        any |= n->species.data[s->term.data[i].species].kind == SPECIES_BULK;
    }
    for (size_t i = 0; i < s->part.n; i++) {
        any |= n->species.data[s->part.data[i].species].kind == SPECIES_BULK;
    }
    return any;
}

bool network_may_be_late(struct where *w, const struct ast *a, const struct side *left,
                         const struct side *late)
{
    const struct ast *delay = reaction_delay(a);
    struct diag *diag = w->f->diag;
    if (late->term.n + late->part.n == 0) {
        diag_report(diag, DIAG_E0414, delay->span, "nothing comes later: there are no products");
        return diag_help(diag, "leave the delay out"), false;
    }
    if (w->build->guard != 0) {
        diag_report(diag, DIAG_E0414, delay->span, "a reaction of a phase has no delay");
        return diag_help(diag, "give it a catalyst, `const species ON`, which an event sets to 1 and to 0"),
               false;
    }
    if (has_bulk(w, left) || has_bulk(w, late)) {
        return diag_report(diag, DIAG_E0414, delay->span, "a reaction of bulk has no delay");
    }
    return left->part.n == 0 ||
           diag_report(diag, DIAG_E0414, delay->span,
                       "what a reaction with a delay takes is a whole number of molecules");
}

static expr_id time_of(struct where *w, const struct ast *a)
{
    struct where inner = *w;
    inner.purpose = FOR_DELAY;
    struct dim time = {.kind = DIM_KNOWN, .time = 1};
    expr_id v = value_real_scalar(&inner, a);
    double known;
    if (v && expr_const_real(w->ex, v, &known) && !(known >= 0 && isfinite(known))) {
        diag_report(w->f->diag, DIAG_E0414, a->span,
                    "a delay is a finite number that is not negative, not %g", known);
        diag_help(w->f->diag, "products come after their reactants are taken: as in `delay = %g`",
                  known < 0 && isfinite(known) ? -known : 5);
        return false;
    }
    return v && units_check(w, a, time, "this number", purpose_text(FOR_DELAY)) ? v : 0;
}

/* Reads uniform(FIRST, LAST). */
static bool drawn(struct where *w, const struct ast *a, expr_id time[2])
{
    double first, last;
    bool fits = a->n == 3;
    for (uint32_t i = 1; i < a->n; i++) {
        fits = fits && !call_arg(a, i)->name;
    }
    if (!fits) {
        diag_report(w->f->diag, DIAG_E0414, a->span, "a delay that is drawn lies between two times");
        return diag_help(w->f->diag, "write delay = uniform(1, 2)"), false;
    }
    for (int i = 0; i < 2; i++) {
        if (!(time[i] = time_of(w, arg_value(call_arg(a, (uint32_t)i + 1))))) {
            return false;
        }
    }
    bool known = expr_const_real(w->ex, time[0], &first) && expr_const_real(w->ex, time[1], &last);
    return !known || first < last ||
           diag_report(w->f->diag, DIAG_E0414, a->span,
                       "the first of the two times is the shorter one, here they are %g and %g", first, last);
}

bool network_make_late(struct where *w, const struct ast *a, const struct side *late)
{
    struct net *n = w->build->whole->net;
    const struct ast *delay = reaction_delay(a);
    expr_id time[2] = {0, 0};
    if (!(network_is_drawn(delay) ? drawn(w, delay, time) : (time[0] = time_of(w, delay)))) {
        return false;
    }
    VEC(struct fraction) all = {0};
    for (size_t i = 0; i < late->term.n; i++) {
        struct term t = late->term.data[i];
        vec_push(&all, (struct fraction){t.species, expr_real(n->ex, (double)t.count)});
    }
    for (size_t i = 0; i < late->part.n; i++) {
        vec_push(&all, late->part.data[i]);
    }
    net_set_late(n, (reaction_id)(n->reaction.n - 1), all.data, all.n, time[0], time[1]);
    vec_free(&all);
    return true;
}
