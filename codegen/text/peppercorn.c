/* Peppercorn's .pil format: each species is a strand of one domain of its own. Rate constants have units of
 * concentration^(1 - order) per second. A network without units is taken to be in nM and s; a comment says
 * so. */
#include <string.h>

#include "codegen/text/text_impl.h"

static const char *unit_of(struct text *t)
{
    static const char *const known[] = {"M", "mM", "uM", "nM", "pM"};
    const char *amount = t->net->units.amount;
    for (size_t i = 0; amount && i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(amount, known[i]) == 0) {
            return known[i];
        }
    }
    return amount ? NULL : "nM";
}

static void write_species(struct text *t, const char *unit)
{
    const struct net *n = t->net;
    for (size_t i = 0; i < n->species.n; i++) {
        fprintf(t->out, "length d%zu = 5\n", i);
    }
    for (size_t i = 0; i < n->species.n; i++) {
        bool constant = n->species.data[i].kind == SPECIES_CONSTANT;
        fprintf(t->out, "%s = d%zu @%s ", t->species[i], i, constant ? "constant" : "initial");
        text_number(t->out, t->x[i], NUMBER_PLAIN);
        fprintf(t->out, " %s\n", unit);
    }
}

static void write_reaction(struct text *t, size_t j, const char *unit)
{
    const struct reaction *r = &t->net->reaction.data[j];
    const char *origin = text_origin(t, j);
    double seconds = t->net->units.time ? t->net->units.time_factor : 1;
    if (origin) {
        fprintf(t->out, "# %s\n", origin);
    }
    fputs("reaction [condensed = ", t->out);
    text_number(t->out, t->k[j] / seconds, NUMBER_PLAIN);
    fputc(' ', t->out);
    for (int64_t i = 1; i < text_order(t, j); i++) {
        fprintf(t->out, "/%s", unit);
    }
    fputs("/s ] ", t->out);
    text_side(t, net_lhs(t->net, r), r->n_lhs, NULL, "");
    fputs(" -> ", t->out);
    text_side(t, net_rhs(t->net, r), r->n_rhs, NULL, "");
    fputc('\n', t->out);
}

bool text_write_peppercorn(struct text *t)
{
    const char *unit = unit_of(t);
    if (!unit) {
        return text_refuse(t, t->net->reaction.n, "amounts must be in M, mM, uM, nM or pM, not in %s",
                           t->net->units.amount);
    }
    text_header(t);
    if (!t->net->units.amount) {
        fprintf(t->out, "# the network declares no unit%s taken\n",
                t->net->units.time ? " of amounts: nM is" : "s: nM and s are");
    }
    write_species(t, unit);
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        write_reaction(t, j, unit);
    }
    return true;
}
