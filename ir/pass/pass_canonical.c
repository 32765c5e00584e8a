/* Canonical form: sides are sorted and merged, and reactions that change nothing or have the constant rate 0
 * are dropped. The order of reactions and their rates stay. Preserves (T) the law of every species over
 * time, but not the number of events of a run.
 *
 *   A + B + A ->{k} C        2 A + B ->{k} C
 *   A + C ->{k} A + C        (dropped)
 *   A ->{0} B                (dropped) */
#include <stdlib.h>
#include <string.h>

#include "ir/pass/pass.h"
#include "support/mem.h"

static bool has_effect(const struct net *n, const struct reaction *r, struct term *room)
{
    double k;
    if (expr_const_real(n->ex, r->rate, &k) && k == 0) {
        return false;
    }
    return net_change(n, r, room) > 0; /* a change that is not known counts as an effect */
}

bool pass_canonical(struct net *n, struct pass_context *c)
{
    struct reaction *old = n->reaction.data;
    struct term *terms = n->term.data;
    size_t n_old = n->reaction.n, widest = 0;
    bool ok = true;
    n->reaction.data = NULL;
    n->term.data = NULL;
    n->reaction.n = n->reaction.cap = n->term.n = n->term.cap = 0;
    for (size_t j = 0; j < n_old; j++) {
        size_t width = (size_t)old[j].n_lhs + old[j].n_rhs;
        widest = width > widest ? width : widest;
    }
    struct term *room = mem_alloc((widest + 1) * sizeof *room);
    for (size_t j = 0; j < n_old; j++) {
        const struct reaction *r = &old[j];
        size_t n_terms = n->term.n;
        reaction_id id = net_add_reaction(n, terms + r->lhs, r->n_lhs, terms + r->rhs, r->n_rhs, r->rate_kind,
                                          r->rate, r->span);
        if (id < 0) {
            ok = diag_report(c->diag, DIAG_E0702, r->span,
                             "the coefficients of a species add up to too large a number");
            continue;
        }
        struct reaction *to = &n->reaction.data[id];
        to->label = r->label;
        to->origin = r->origin;
        to->flags = r->flags;
        to->guard = r->guard;
        to->fraction = r->fraction;
        to->n_fractions = r->n_fractions;
        to->delay = r->delay;
        to->longest = r->longest;
        if (!has_effect(n, to, room)) {
            pass_done(c, r->span, "a reaction without effect is dropped");
            n->reaction.n--;
            n->term.n = n_terms;
        }
    }
    free(room);
    free(old);
    free(terms);
    return ok;
}
