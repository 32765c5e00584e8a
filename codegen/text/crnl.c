/* crnl: the network flattened, in the language itself; for what passes made of it, such as strand
 * displacement. */
#include "codegen/text/text_impl.h"

static const struct infix_style style = {
    INFIX_USUAL,    .numbers = NUMBER_PLAIN,  .not = "!",
    .log = "log",   .floor = "floor",         .modulo = " % ",
    .time = "time", .factorial = "factorial", .delay = "delay",
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
    if (r->guard && !t->guard[r->guard]) {
        return text_refuse(t, j, "only a clock switches reactions, and %s is not of it",
                           n->guard.data[r->guard].name);
    }
    const char *origin = text_origin(t, j);
    if (origin) {
        fprintf(t->out, "  // %s\n", origin);
    }
    fputs("  ", t->out);
    if (r->guard) {
        fprintf(t->out, "phase %s { ", t->guard[r->guard]);
    }
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
    fputs(r->guard ? "; }\n" : ";\n", t->out);
    return true;
}

static bool write_clock(struct text *t)
{
    const struct net *n = t->net;
    bool ok = true;
    for (size_t i = 0; i < n->clock.n; i++) {
        const struct phase *p = &n->clock.data[i];
        t->guard[p->guard] = text_unique(t, n->guard.data[p->guard].name);
        fprintf(t->out, "%s%s = ", i ? ", " : "  clock ideal(", t->guard[p->guard]);
        ok = text_formula(t, p->duration, (struct span){0}, &style) && ok;
    }
    fputs(n->clock.n ? ");\n" : "", t->out);
    return ok;
}

static bool write_event(struct text *t, size_t i)
{
    const struct event *e = &t->net->event.data[i];
    fprintf(t->out, "  %s ", text_event_kinds[e->kind]);
    bool ok = text_formula(t, e->when, e->span, &style);
    fputs(" { ", t->out);
    for (uint32_t k = 0; k < e->n; k++) {
        const struct change *c = &t->net->change.data[e->first + k];
        fprintf(t->out, "%s = ", t->species[c->species]);
        ok = text_formula(t, c->value, e->span, &style) && ok;
        fputs("; ", t->out);
    }
    fputs("}\n", t->out);
    return ok;
}

static bool write_output(void *env, const char *id, const char *name, expr_id formula)
{
    struct text *t = env;
    (void)name;
    const char *text = text_infix_string(t, formula, &style);
    if (text) {
        fprintf(t->out, "  output %s = %s;\n", id, text);
    }
    return text != NULL;
}

static void write_seen(struct text *t)
{
    const struct net *n = t->net;
    for (size_t i = 0; i < n->species.n; i++) {
        if (n->species.data[i].flags & SPECIES_INPUT) {
            fprintf(t->out, "  input %s;\n", t->species[i]);
        }
    }
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        bool output = (s->flags & SYMBOL_IS_OUTPUT) && s->kind == SYMBOL_SPECIES;
        for (int64_t k = 0; output && k < shape_size(s->shape); k++) {
            const struct expr *e = expr_get(n->ex, n->elem.data[s->first + (size_t)k]);
            if (e->op == EXPR_SPECIES) {
                fprintf(t->out, "  output %s;\n", t->species[e->a]);
            }
        }
    }
    text_outputs(t, write_output, t);
}

static bool write_assumptions(struct text *t)
{
    bool ok = true;
    for (size_t i = 0; i < t->net->assume.n; i++) {
        fputs("  assume ", t->out);
        ok = text_formula(t, t->net->assume.data[i].cond, t->net->assume.data[i].span, &style) && ok;
        fputs(";\n", t->out);
    }
    return ok;
}

bool text_write_crnl(struct text *t)
{
    text_header(t);
    write_head(t);
    write_species(t);
    bool ok = write_clock(t);
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        ok = write_reaction(t, j) && ok;
    }
    for (size_t i = 0; i < t->net->event.n; i++) {
        ok = write_event(t, i) && ok;
    }
    ok = write_assumptions(t) && ok;
    write_seen(t);
    fputs("}\n", t->out);
    return ok;
}
