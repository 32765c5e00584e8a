/* The .crn format of Nuskell and of crnsimulator. In both, 2A -> B [k] means dA/dt = -2 k A^2, as in crnlc.
 * Species are repeated instead of counted. Numbers are written without "1.0" and "1e6", which Nuskell's
 * reader rejects. */
#include <math.h>

#include "codegen/text/text_impl.h"

static void write_list(struct text *t)
{
    const struct net *n = t->net;
    text_header(t);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        const char *origin = text_origin(t, j);
        if (origin) {
            fprintf(t->out, "# %s\n", origin);
        }
        text_side(t, net_lhs(n, r), r->n_lhs, NULL, "");
        fputs(r->n_lhs ? " -> " : "-> ", t->out);
        text_side(t, net_rhs(n, r), r->n_rhs, NULL, "");
        fputs(r->n_rhs ? " [k = " : "[k = ", t->out);
        text_number(t->out, t->k[j], NUMBER_DIGITS);
        fputs("]\n", t->out);
    }
    for (size_t i = 0; i < n->species.n; i++) {
        bool constant = n->species.data[i].kind == SPECIES_CONSTANT;
        if (!t->species_used[i]) {
            fprintf(t->out, "# %s stands in no reaction\n", t->species[i]);
        } else if (t->x[i] != 0 || constant) {
            fprintf(t->out, "%s @%s ", t->species[i], constant ? "constant" : "initial");
            text_number(t->out, t->x[i], NUMBER_DIGITS);
            fputc('\n', t->out);
        }
    }
    text_remark_comments(t);
}

/* Warns of networks for which Nuskell takes long. Measured with its default scheme (design notes): 7, 17 and
 * 55 s for 8, 16 and 32 bimolecular reactions, 14 s for one reaction of 32 products. */
static void warn_size(struct text *t)
{
    size_t bimolecular = 0;
    int64_t widest = 0;
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        bimolecular += text_order(t, j) > 1;
        int64_t products = text_product_count(t, j);
        widest = products > widest ? products : widest;
    }
    if (bimolecular > 16 || widest > 16) {
        diag_report(
            t->diag, DIAG_W0822, (struct span){0},
            "%zu reactions of two or more reactants, at most %lld products: Nuskell needs a minute or more",
            bimolecular, (long long)widest);
        diag_help(t->diag, "the schemes srinivas2015 and soloveichik2010 are the fastest");
    }
}

bool text_write_nuskell(struct text *t)
{
    if (t->net->reaction.n == 0) {
        return text_refuse(t, 0, "a network without reactions is not read");
    }
    write_list(t);
    warn_size(t);
    return true;
}

bool text_write_crnsimulator(struct text *t)
{
    if (t->net->reaction.n == 0) {
        return text_refuse(t, 0, "a network without reactions is not read");
    }
    write_list(t);
    return true;
}
