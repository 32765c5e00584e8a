/* Stoichiometries that are not whole numbers, for formats in which a species on a side has a number, or a
 * name whose value is its stoichiometry. */
#include <math.h>
#include <stdlib.h>

#include "codegen/text/text_impl.h"

/* Chooses the side of a number. A whole number stays with the products: as a number of reactants it would be
 * part of the rate for readers that take laws for mass action. */
static bool give_number(struct text *t, size_t j, double v, const struct infix_style *style,
                        struct text_fraction *f)
{
    f->is_reactant = v < 0 && v != floor(v);
    f->value = f->is_reactant ? -v : v;
    if (!isfinite(v)) {
        return text_refuse(t, j, "the amount of %s changes by %g", t->net->species.data[f->species].name, v);
    }
    char *number;
    size_t size;
    FILE *out = open_memstream(&number, &size);
    text_number(out, f->value, style->numbers);
    fclose(out);
    f->formula = *number == '(' ? arena_strdup(t->arena, number)
                                : NULL; /* a sum, if it has more digits than a number may have */
    free(number);
    return true;
}

bool text_fraction(struct text *t, size_t j, uint32_t i, const char *reaction,
                   const struct infix_style *style, struct text_fraction *f)
{
    const struct reaction *r = &t->net->reaction.data[j];
    const struct fraction *from = &t->net->fraction.data[r->fraction + i];
    expr_id count = text_scalar(t->net, from->count);
    *f = (struct text_fraction){.species = from->species, .is_constant = true};
    double v;
    if (count && expr_const_real(t->net->ex, count, &v)) {
        if (!give_number(t, j, v, style, f)) {
            return false;
        }
    } else {
        f->formula = count ? text_infix_string(t, count, style) : NULL;
        f->is_constant = count && !expr_reads_state(t->net->ex, count);
        if (!f->formula) {
            return text_refuse(t, j, "the stoichiometry of %s cannot be written without arrays",
                               t->net->species.data[f->species].name);
        }
    }
    if (f->formula) {
        f->name = text_unique(t, arena_printf(t->arena, "%s_%s", reaction, t->species[f->species]));
    }
    return true;
}
