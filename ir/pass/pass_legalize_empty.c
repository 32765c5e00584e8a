/* No side stays empty: a species that decays becomes a waste species, and a species made from nothing comes
 * from a source of constant amount 1.
 *
 *   A ->{k} 0          A ->{k} Waste
 *   0 ->{k} A          Source ->{k} Source + A         (constant Source = 1)
 *
 * The waste of a bulk species is a bulk species. Class T: the law of all other species over time. */
#include "ir/pass/legalize.h"
#include "ir/pass/pass.h"
#include "support/mem.h"

bool pass_legalize_empty(struct net *n, struct pass_context *c)
{
    struct rewrite w;
    struct term waste[2] = {{-1, 1}, {-1, 1}}, source = {-1, 1}; /* waste: a discrete and a bulk species */
    rewrite_begin(&w, n, c->witness);
    for (size_t j = 0; j < w.n_old; j++) {
        const struct reaction *r = &w.old[j];
        if ((r->n_lhs > 0 && r->n_rhs > 0) || rewrite_leaves_alone(c, r)) {
            rewrite_keep(&w, r);
            continue;
        }
        pass_done(c, r->span, r->n_lhs ? "a waste product" : "a constant source");
        VEC(struct term) rhs = {0};
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            vec_push(&rhs, rewrite_rhs(&w, r)[i]);
        }
        if (r->n_lhs == 0 && source.species < 0) {
            source.species = rewrite_species(&w, "Source", SPECIES_CONSTANT, expr_real(n->ex, 1), r->span);
        }
        if (r->n_lhs == 0) {
            vec_push(&rhs, source);
        } else {
            enum species_kind kind = rewrite_kind(&w, r);
            struct term *to = &waste[kind == SPECIES_BULK];
            to->species = to->species < 0 ? rewrite_species(&w, "Waste", kind, 0, r->span) : to->species;
            vec_push(&rhs, *to);
        }
        rewrite_add(&w, r, r->n_lhs ? rewrite_lhs(&w, r) : &source, r->n_lhs ? r->n_lhs : 1, rhs.data, rhs.n,
                    (enum rate_kind)r->rate_kind, r->rate);
        vec_free(&rhs);
    }
    rewrite_end(&w);
    return true;
}
