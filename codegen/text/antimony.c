/* Antimony: the full law of every reaction, so that no convention is needed. */
#include "codegen/text/text_impl.h"

static const struct infix_style style = {
    .numbers = NUMBER_PLAIN, .power = "^", .divide = "/", .multiply = "*", .and = " && ", .or = " || ", .not = "!",
    .unequal = " != ", .exp = "exp", .log = "ln", .sqrt = "sqrt", .sin = "sin", .cos = "cos", .tanh = "tanh",
    .abs = "abs", .floor = "floor", .min = "min", .max = "max", .select = "piecewise", .select_value_first = true,
    .time = "time",
};

static void write_value(struct text *t, const char *name, double v)
{
    fprintf(t->out, "  %s = ", name);
    text_number(t->out, v, NUMBER_PLAIN);
    fputs(";\n", t->out);
}

/* k A^2 B, or the number of molecules k A (A - 1) B. */
static void write_mass_action(struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    const struct term *lhs = net_lhs(t->net, r);
    const char *k = text_constant(t, j, &style);
    fprintf(t->out, r->n_lhs ? "(%s)" : "%s", k);
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        const char *name = t->species[lhs[i].species];
        fprintf(t->out, "*%s", name);
        if (!t->options->stochastic && lhs[i].count > 1) {
            fprintf(t->out, "^%lld", (long long)lhs[i].count);
        }
        for (int64_t m = 1; t->options->stochastic && m < lhs[i].count; m++) {
            fprintf(t->out, "*(%s - %lld)", name, (long long)m);
        }
    }
}

static bool write_reaction(struct text *t, size_t j)
{
    const struct net *n = t->net;
    const struct reaction *r = &n->reaction.data[j];
    const char *origin = text_origin(t, j);
    if (origin) {
        fprintf(t->out, "  // %s\n", origin);
    }
    const char *name = text_unique(t, r->label ? r->label : arena_printf(t->arena, "J%zu", j));
    fprintf(t->out, "  %s: ", name);
    text_side(t, net_lhs(n, r), r->n_lhs, " ", "");
    fputs(r->n_lhs ? " => " : "=> ", t->out);
    text_side(t, net_rhs(n, r), r->n_rhs, " ", "");
    fputs("; ", t->out);
    if (r->rate_kind == RATE_MASS_ACTION) {
        write_mass_action(t, j);
    } else if (!text_infix(t, t->out, t->law[j], &style)) {
        return text_refuse(t, j, "this law uses a function that it has not");
    }
    fputs(";\n", t->out);
    return true;
}

static bool write_output(struct text *t, const char *name, expr_id formula)
{
    const char *text = text_infix_string(t, formula, &style);
    if (text) {
        fprintf(t->out, "  %s := %s;\n", text_unique(t, name), text);
    }
    return text != NULL;
}

bool text_write_antimony(struct text *t)
{
    const struct net *n = t->net;
    text_header(t);
    fprintf(t->out, "model %s\n", text_unique(t, n->name));
    for (size_t i = 0; i < n->species.n; i++) {
        bool constant = n->species.data[i].kind == SPECIES_CONSTANT;
        fprintf(t->out, "  species %s%s;\n", constant ? "$" : "", t->species[i]);
        write_value(t, t->species[i], t->x[i]);
    }
    for (int32_t s = 0; s < n->n_slots; s++) {
        if (t->slot[s]) {
            write_value(t, t->slot[s], t->p[s]);
        }
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (!write_reaction(t, j)) {
            return false;
        }
    }
    text_outputs(t, write_output);
    fputs("end\n", t->out);
    return true;
}
