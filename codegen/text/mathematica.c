/* The Mathematica package CRNSimulator: a list of rxn[reactants, products, k], with amounts as conc[species,
 * amount]. */
#include "codegen/text/text_impl.h"

static void write_species(struct text *t, const char **separator)
{
    const struct net *n = t->net;
    for (size_t i = 0; i < n->species.n; i++) {
        bool constant = n->species.data[i].kind == SPECIES_CONSTANT;
        if (t->x[i] == 0 && !constant) {
            continue;
        }
        fprintf(t->out, constant ? "%s  %s[t]==" : "%s  conc[%s, ", *separator, t->species[i]);
        text_number(t->out, t->x[i], NUMBER_MATHEMATICA);
        fputs(constant ? "" : "]", t->out);
        *separator = ",\n";
    }
}

bool text_write_mathematica(struct text *t)
{
    const struct net *n = t->net;
    const char *separator = "";
    fprintf(t->out, "(* %s *)\n", text_title(t));
    const struct net_units *u = &n->units;
    if (u->amount || u->time) {
        fprintf(t->out, "(* %s%s%s%s%s *)\n", u->amount ? "amounts in " : "", u->amount ? u->amount : "",
                u->amount && u->time ? ", " : "", u->time ? "time in " : "", u->time ? u->time : "");
    }
    text_name_map(t, t->out, "(* name: ", " *)\n");
    fputs("rxnsys = {\n", t->out);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        const char *origin = text_origin(t, j);
        fprintf(t->out, "%s  rxn[", separator);
        text_side(t, net_lhs(n, r), r->n_lhs, " ", "0");
        fputs(", ", t->out);
        text_side(t, net_rhs(n, r), r->n_rhs, " ", "0");
        fputs(", ", t->out);
        text_number(t->out, t->k[j], NUMBER_MATHEMATICA);
        fputc(']', t->out);
        if (origin) {
            fprintf(t->out, " (* %s *)", origin);
        }
        separator = ",\n";
    }
    write_species(t, &separator);
    fputs("\n};\n", t->out);
    return true;
}
