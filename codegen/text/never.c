/* Removes reactions that never happen, for uses in which every reaction counts: tools that ignore rates,
 * gates of DNA and their costs. */
#include <stdlib.h>

#include "codegen/text/text.h"
#include "ir/interp/interp.h"
#include "support/arena.h"
#include "support/mem.h"

/* The constant factor of a rate at the default parameters; 1 for a law that is not a number. */
static double factor_of(const struct net *n, const struct reaction *r, double k)
{
    double v;
    return r->rate_kind == RATE_MASS_ACTION ? k : expr_const_real(n->ex, r->rate, &v) ? v : 1;
}

static void warn(const struct net *n, size_t j, enum text_never why, const char *format, struct diag *diag)
{
    static const char *const reason[] = {
        " does not use rates", "a reaction that never happens has no gates",
        "a reaction that never happens costs nothing"}; /* ORDER text_never */
    double v;
    const struct reaction *r = &n->reaction.data[j];
    if (!expr_const_real(n->ex, r->rate, &v)) {
        struct arena *arena = arena_create();
        diag_report(diag, DIAG_W0821, r->span, "%s%s: %s is left out, for its constant is 0 here",
                    why == TEXT_NEVER_USED ? format : "", reason[why],
                    net_reaction_text(n, (reaction_id)j, arena));
        diag_help(diag, "its parameters could be set to other values, where it would happen");
        arena_destroy(arena);
    }
}

void text_take_out_never(struct net *n, enum text_never why, const char *format, struct diag *diag)
{
    struct interp *it = interp_create(n);
    double *p = mem_zalloc((size_t)n->n_slots + 1, sizeof *p), *k = mem_zalloc(n->reaction.n + 1, sizeof *k);
    int32_t slot;
    size_t kept = 0;
    bool has_values = interp_params(it, NULL, NULL, p, &slot) && interp_rates(it, p, k);
    interp_destroy(it);
    for (size_t j = 0; j < n->reaction.n && has_values; j++) {
        if (diag && factor_of(n, &n->reaction.data[j], k[j]) == 0) {
            warn(n, j, why, format, diag);
        }
    }
    for (size_t j = 0; j < n->reaction.n && has_values; j++) {
        if (factor_of(n, &n->reaction.data[j], k[j]) != 0) {
            n->reaction.data[kept++] = n->reaction.data[j];
        }
    }
    n->reaction.n = has_values ? kept : n->reaction.n;
    free(p);
    free(k);
}
