#include "ir/pass/passing.h"

#include "support/mem.h"

reaction_id *passing_readers(const struct net *n)
{
    reaction_id *reader = mem_alloc((n->species.n + 1) * sizeof *reader);
    for (size_t s = 0; s < n->species.n; s++) {
        reader[s] = -1;
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            reaction_id *first = &reader[net_lhs(n, r)[i].species];
            *first = *first == -1 ? (reaction_id)j : -2;
        }
    }
    return reader;
}

/* A species given from outside may be clamped, and a clamp turns off the reactions that change the species.
 * The pass must not make other reactions change it. */
static const char *wrong_reaction(const struct net *n, const struct uses *uses, const struct reaction *r)
{
    double k;
    if (net_lhs(n, r)->count != 1) {
        return "more than one molecule of it reacts";
    }
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        if (net_rhs(n, r)[i].species == net_lhs(n, r)->species) {
            return "it is its own product";
        }
        if (uses->of[net_rhs(n, r)[i].species] & USE_INPUT) {
            return "it becomes what is an input, or set by the experiment";
        }
    }
    return r->guard != 0                                     ? "its reaction has a guard"
           : r->rate_kind != RATE_MASS_ACTION                ? "its reaction has a rate law"
           : expr_const_real(n->ex, r->rate, &k) && !(k > 0) ? "the rate of its reaction is not positive"
                                                             : NULL;
}

const char *passing_reason(const struct net *n, const struct uses *uses, const reaction_id *reader,
                           reaction_id j, struct span *at)
{
    const struct reaction *r = &n->reaction.data[j];
    species_id s = net_lhs(n, r)->species;
    const char *why = uses_reason(uses, s, USE_ANY);
    *at = uses_place(uses, s, USE_ANY);
    *at = at->file ? *at : r->span;
    return why                                           ? why
           : n->species.data[s].kind != SPECIES_DISCRETE ? "it is not discrete"
           : reader[s] != j                              ? "another reaction reads it"
                                                         : wrong_reaction(n, uses, r);
}

const int32_t *passing_order(const struct net *n, struct pass_context *c, bool *ok)
{
    const struct rate_independence *f = facts_rate_independence(c->facts, n);
    *ok = true;
    if (!f->holds) {
        struct span at = f->first >= 0    ? n->reaction.data[f->first].span
                         : n->event.n > 0 ? n->event.data[0].span
                                          : (struct span){0};
        *ok = pass_refuse(c, at, "the limit may depend on rates: %s", f->why);
        if (!*ok && f->second >= 0) {
            diag_note(c->diag, n->reaction.data[f->second].span, "and this reaction");
        }
    }
    return f->order;
}
