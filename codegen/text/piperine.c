/* Piperine: reactions only, without rates, amounts or coefficients, and without comments, which it would read
 * as reactions. Each line ends with a newline, since the reader drops the last character. */
#include "codegen/text/text_impl.h"

bool text_write_piperine(struct text *t)
{
    const struct net *n = t->net;
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        text_side(t, net_lhs(n, r), r->n_lhs, NULL, "");
        fputs(r->n_lhs ? " -> " : "-> ", t->out);
        text_side(t, net_rhs(n, r), r->n_rhs, NULL, "");
        fputc('\n', t->out);
    }
    return true;
}
