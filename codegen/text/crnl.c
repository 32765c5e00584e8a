/* crnl: the network flattened, in the language itself; for what passes made of it, such as strand displacement. */
#include "codegen/text/text_impl.h"

static const struct infix_style style = {
    .numbers = NUMBER_PLAIN, .power = "^", .divide = "/", .multiply = "*", .and = " && ", .or = " || ", .not = "!",
    .unequal = " != ", .exp = "exp", .log = "log", .sqrt = "sqrt", .sin = "sin", .cos = "cos", .tanh = "tanh",
    .abs = "abs", .floor = "floor", .min = "min", .max = "max", .modulo = " % ", .time = "time",
};

static void write_head(struct text *t)
{
    const char *separator = "(";
    fprintf(t->out, "network %s", text_unique(t, t->net->name));
    for (int32_t s = 0; s < t->net->n_slots; s++) {
        if (t->slot[s]) {
            fprintf(t->out, "%s%s = ", separator, t->slot[s]);
            text_number(t->out, t->p[s], NUMBER_PLAIN);
            separator = ", ";
        }
    }
    fputs(*separator == ',' ? ") {\n" : " {\n", t->out);
    if (t->net->units.amount) {
        fprintf(t->out, "  units amount = %s, time = %s;\n", t->net->units.amount, t->net->units.time);
    }
    if (t->net->units.volume > 0) {
        fputs("  volume ", t->out);
        text_number(t->out, t->net->units.volume, NUMBER_PLAIN);
        fputs(" L;\n", t->out);
    }
}

static void write_species(struct text *t)
{
    static const char *const kinds[] = {"species", "bulk", "const species"};
    for (size_t i = 0; i < t->net->species.n; i++) {
        const struct species *s = &t->net->species.data[i];
        expr_id init = s->init ? text_scalar(t->net, s->init) : 0;
        fprintf(t->out, "  %s %s", kinds[s->kind], t->species[i]);
        if (s->init) {
            fputs(" = ", t->out);
            if (!init || !text_infix(t, t->out, init, &style)) {
                text_number(t->out, t->x[i], NUMBER_PLAIN);
            }
        }
        fputs(";\n", t->out);
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
    fputs("  ", t->out);
    text_side(t, net_lhs(n, r), r->n_lhs, " ", "0");
    if (r->rate_kind == RATE_MASS_ACTION) {
        fprintf(t->out, " ->{%s} ", text_constant(t, j, &style));
    } else {
        const char *law = text_infix_string(t, t->law[j], &style);
        if (!law) {
            return text_refuse(t, j, "this law uses a condition");
        }
        fprintf(t->out, " =>{%s} ", law);
    }
    text_side(t, net_rhs(n, r), r->n_rhs, " ", "0");
    fputs(";\n", t->out);
    return true;
}

static bool write_output(struct text *t, const char *name, expr_id formula)
{
    const char *text = text_infix_string(t, formula, &style);
    if (text) {
        fprintf(t->out, "  output %s = %s;\n", text_unique(t, name), text);
    }
    return text != NULL;
}

bool text_write_crnl(struct text *t)
{
    text_header(t);
    write_head(t);
    write_species(t);
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        if (!write_reaction(t, j)) {
            return false;
        }
    }
    text_outputs(t, write_output);
    fputs("}\n", t->out);
    return true;
}
