/* More than two reactant molecules meet in pairs, by fast reversible intermediates. With n molecules, R =
 * k_fast and f = R^((n - 2)/(n - 1)):
 *
 *   A + B + C ->{k} D        A + B ->{f} I
 *                            I ->{R} A + B
 *                            I + C ->{k f} D
 *
 * In the limit R -> infinity the intermediates are in equilibrium and nearly empty, I = (f / R) A B, and D
 * is made at the rate k A B C. This holds for falling factorials too: 2 A + B gives k a (a - 1) b. Class A:
 * for n = 3 and amounts a, relative errors are of the order of max(a, k a) / sqrt(R). Laws stay as they are,
 * because a law does not say which molecules meet. */
#include "ir/pass/legalize.h"
#include "ir/pass/pass.h"

enum { MAX_REACTANTS = 64 }; /* more would need too many intermediates */

static bool is_wide(const struct rewrite *w, const struct reaction *r)
{
    int64_t n = rewrite_molecules(rewrite_lhs(w, r), r->n_lhs);
    return r->rate_kind == RATE_MASS_ACTION && n > 2 && n <= MAX_REACTANTS && net_change_is_known(r) &&
           !rewrite_mixes_kinds(w, r);
}

static void remark(const struct rewrite *w, const struct reaction *r, struct pass_context *c)
{
    int64_t n = rewrite_molecules(rewrite_lhs(w, r), r->n_lhs);
    if (n > 2 && !rewrite_leaves_alone(c, r)) {
        const char *why = r->rate_kind != RATE_MASS_ACTION ? "a rate law does not say which of them meet"
                          : rewrite_mixes_kinds(w, r)      ? "discrete species and bulk take part"
                                                           : "these are too many";
        pass_missed(c, r->span, "%lld reactant molecules stay: %s", (long long)n, why);
    }
}

static void split(struct rewrite *w, const struct reaction *r, expr_id fast)
{
    struct expr_pool *ex = w->net->ex;
    const struct term *lhs = rewrite_lhs(w, r);
    struct term molecule[MAX_REACTANTS] = {0};
    int n = 0;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        for (int64_t k = 0; k < lhs[i].count; k++) {
            molecule[n++] = (struct term){lhs[i].species, 1};
        }
    }
    expr_id f = expr_binary(ex, EXPR_POW, fast, expr_real(ex, (n - 2.0) / (n - 1.0)));
    struct term held = molecule[0];
    for (int i = 1; i < n - 1; i++) {
        struct term pair[2] = {held, molecule[i]};
        struct term complex = {rewrite_species(w, "I", rewrite_kind(w, r), 0, r->span), 1};
        rewrite_stands_for(w, complex.species, molecule, (size_t)i + 1);
        rewrite_add(w, r, pair, 2, &complex, 1, RATE_MASS_ACTION, f);
        rewrite_add_always(w, r, &complex, 1, pair, 2, fast);
        held = complex;
    }
    struct term last[2] = {held, molecule[n - 1]};
    rewrite_add(w, r, last, 2, rewrite_rhs(w, r), r->n_rhs, RATE_MASS_ACTION,
                expr_binary(ex, EXPR_MUL, r->rate, f));
}

bool pass_legalize_reactants(struct net *n, struct pass_context *c)
{
    rewrite_wide_sides(n, c,
                       &(struct rewrite_wide){is_wide, split, remark, "intermediates for its reactants"});
    return true;
}
