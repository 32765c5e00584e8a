/* Writes parts of a model as text, for messages. */
#include "rt_model.h"

static void put_side(struct rt_buffer *b, const struct crnl_model *m, int32_t j, bool product)
{
    bool any = false;
    for (int pass = 0; pass < (product ? 2 : 1); pass++) {
        /* Products: first the reactants, with what remains or is added of them, then species that are only on
         * the right side. */
        int32_t from = pass == 0 ? m->lhs_ptr[j] : m->net_ptr[j];
        int32_t to = pass == 0 ? m->lhs_ptr[j + 1] : m->net_ptr[j + 1];
        for (int32_t e = from; e < to; e++) {
            int32_t s = pass == 0 ? m->lhs_species[e] : m->net_species[e];
            double count = pass == 0 ? m->lhs_count[e] : m->net_delta[e];
            bool reactant = false;
            for (int32_t f = m->lhs_ptr[j]; pass == 1 && f < m->lhs_ptr[j + 1]; f++) {
                reactant |= m->lhs_species[f] == s;
            }
            for (int32_t f = m->net_ptr[j]; product && pass == 0 && f < m->net_ptr[j + 1]; f++) {
                count += m->net_species[f] == s ? m->net_delta[f] : 0;
            }
            if (reactant || count == 0) {
                continue;
            }
            rt_put(b, any ? " + " : "");
            if (count != 1) {
                rt_put_number(b, count);
                rt_put(b, " ");
            }
            rt_put(b, m->species_name[s]);
            any = true;
        }
    }
    if (!any) {
        rt_put(b, "0");
    }
}

void rt_put_reaction(struct rt_buffer *b, const struct crnl_model *m, int32_t j)
{
    const char *label = m->reaction_label ? m->reaction_label[j] : NULL;
    const char *origin = m->reaction_origin ? m->reaction_origin[j] : NULL;
    int32_t line = m->reaction_line ? m->reaction_line[j] : 0;
    rt_put(b, "reaction `");
    put_side(b, m, j, false);
    rt_put(b, rt_law(m, j) >= 0 ? " => " : " -> ");
    put_side(b, m, j, true);
    rt_put(b, "`");
    const char *separator = " (";
    if (label) {
        rt_putf(b, "%s%s", separator, label);
        separator = ", ";
    }
    if (origin) {
        rt_putf(b, "%s%s", separator, origin);
        separator = ", ";
    }
    if (line > 0) {
        rt_putf(b, "%s%s:%d", separator, m->file ? m->file : "line", line);
        separator = ", ";
    }
    rt_put(b, separator[0] == ',' ? ")" : "");
}

void rt_put_amounts(struct rt_buffer *b, const struct crnl_model *m, int32_t j, const double *x)
{
    enum { SHOWN = 8 };
    int32_t from = j >= 0 ? m->lhs_ptr[j] : 0, to = j >= 0 ? m->lhs_ptr[j + 1] : m->n_species;
    int32_t shown = 0;
    for (int32_t e = from; e < to && shown <= SHOWN; e++) {
        int32_t s = j >= 0 ? m->lhs_species[e] : e;
        if (x[s] != RT_UNCOUNTED && shown++ < SHOWN) {
            rt_putf(b, "%s%s = %.6g", shown > 1 ? ", " : "", m->species_name[s], x[s]);
        }
    }
    rt_put(b, shown > SHOWN ? ", ..." : "");
}

void rt_put_symbol(struct rt_buffer *b, const struct crnl_symbol *s, int32_t index)
{
    rt_put(b, s->name);
    int32_t stride = s->size;
    for (int32_t d = 0; d < s->rank; d++) {
        stride = s->dim[d] ? stride / s->dim[d] : 1;
        rt_putf(b, "%s%d", d ? "," : "[", stride ? index / stride : 0);
        index = stride ? index % stride : 0;
    }
    rt_put(b, s->rank ? "]" : "");
}

double rt_reaction_order(const struct crnl_model *m, int32_t j)
{
    double order = 0;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        order += m->lhs_count[e];
    }
    return order;
}

double rt_propensity(const struct crnl_model *m, int32_t j, const double *k, const double *x, double t,
                     const double *p, double inv_volume)
{
    int32_t law = rt_law(m, j);
    if (law >= 0) {
        return k[j] == 0 ? 0 : k[j] * m->expr(m->env, law, x, t, p, NULL, inv_volume);
    }
    double a = k[j];
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        a = rt_times_falling(a, x[m->lhs_species[e]], m->lhs_count[e]);
    }
    return a;
}
