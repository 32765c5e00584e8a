/* Antimony. Every reaction is written with its full law, so that the result does not depend on a convention
 * for rates. What crnlc's own reader needs beyond that is in comments (import/antimony/antimony_own.c). */
#include <stdlib.h>

#include "codegen/text/text_impl.h"

struct own { /* lists of names for text_own_network */
    FILE *laws, *fractions;
};

static const struct infix_style style = {
    INFIX_USUAL,
    .numbers = NUMBER_PLAIN,
    .not = "!",
    .log = "ln",
    .floor = "floor",
    .select = "piecewise",
    .select_value_first = true,
    .time = "time",
    .factorial = "factorial",
    .delay = "delay",
};

static void write_value(struct text *t, const char *name, const char *formula, double v)
{
    fprintf(t->out, "  %s = ", name);
    if (formula) {
        fputs(formula, t->out);
    } else {
        text_number(t->out, v, NUMBER_PLAIN);
    }
    fputs(";\n", t->out);
}

/* Writes k A^2 B or, for numbers of molecules, k A (A - 1) B. */
static void write_mass_action(struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    const struct term *lhs = net_lhs(t->net, r);
    const char *k = text_constant(t, j, &style);
    fprintf(t->out, r->n_lhs || r->guard ? "(%s)" : "%s", k);
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
    if (r->guard) {
        fprintf(t->out, "*%s", t->guard[r->guard]);
    }
}

/* Writes the fractions of one side after its whole molecules: "1.5 A", or "J0_A A" where the stoichiometry
 * has a name. */
static void write_fractions(struct text *t, const struct text_fraction *f, uint32_t n, bool reactants,
                            bool is_first)
{
    for (uint32_t i = 0; i < n; i++) {
        if (f[i].is_reactant == reactants) {
            fputs(is_first ? "" : " + ", t->out);
            is_first = false;
            if (f[i].name) {
                fputs(f[i].name, t->out);
            } else {
                text_number(t->out, f[i].value, NUMBER_PLAIN);
            }
            fprintf(t->out, " %s", t->species[f[i].species]);
        }
    }
}

static bool write_sides(struct text *t, size_t j, const char *name, const struct own *own)
{
    const struct net *n = t->net;
    const struct reaction *r = &n->reaction.data[j];
    struct text_fraction *f = arena_alloc(t->arena, (r->n_fractions + 1) * sizeof *f);
    bool ok = true, any = r->n_lhs > 0;
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        ok = text_fraction(t, j, i, name, &style, &f[i]) && ok;
        if (!f[i].name && f[i].value < 0) { /* the reader takes no sign before the number of a product */
            f[i].is_reactant = true;
            f[i].value = -f[i].value;
        }
        any |= f[i].is_reactant;
        if (f[i].name) {
            text_own_name(own->fractions, f[i].name);
            fprintf(t->out, "  %s %s %s;\n", f[i].name, f[i].is_constant ? "=" : ":=", f[i].formula);
        }
    }
    fprintf(t->out, "  %s: ", name);
    text_side(t, net_lhs(n, r), r->n_lhs, " ", "");
    write_fractions(t, f, r->n_fractions, true, r->n_lhs == 0);
    fputs(any ? " => " : "=> ", t->out);
    text_side(t, net_rhs(n, r), r->n_rhs, " ", "");
    write_fractions(t, f, r->n_fractions, false, r->n_rhs == 0);
    return ok;
}

static bool write_reaction(struct text *t, size_t j, const struct own *own)
{
    const struct reaction *r = &t->net->reaction.data[j];
    const char *origin = text_origin(t, j);
    if (origin) {
        fprintf(t->out, "  // %s\n", origin);
    }
    const char *name = text_unique(t, r->label ? r->label : arena_printf(t->arena, "J%zu", j));
    if (!write_sides(t, j, name, own)) {
        return false;
    }
    fputs("; ", t->out);
    if (r->rate_kind == RATE_MASS_ACTION) {
        write_mass_action(t, j);
    } else {
        const char *law = text_infix_string(t, t->law[j], &style);
        if (!law) {
            return text_refuse(t, j, "this law uses a function that it has not");
        }
        text_own_name(own->laws, name);
        fputs(text_switched(t, j, law), t->out);
    }
    fputs(";\n", t->out);
    return true;
}

static bool write_output(void *env, const char *id, const char *name, expr_id formula)
{
    struct text *t = env;
    (void)name;
    const char *text = text_infix_string(t, formula, &style);
    if (text) {
        fprintf(t->out, "  %s := %s;\n", id, text);
    }
    return text != NULL;
}

static void write_events(struct text *t, const struct text_events *events)
{
    for (size_t i = 0; i < events->event.n; i++) {
        const struct text_event *e = &events->event.data[i];
        fprintf(t->out, "  %s: at ", e->name);
        if (e->delay) {
            fprintf(t->out, "%s after ", e->delay);
        }
        fprintf(t->out, "(%s), t0 = %s", e->trigger, e->held ? "true" : "false");
        if (e->priority) {
            fprintf(t->out, ", priority = %s", e->priority);
        }
        fprintf(t->out, ", fromTrigger = %s, persistent = %s:", e->early ? "true" : "false",
                e->persistent ? "true" : "false");
        for (size_t k = 0; k < e->n; k++) {
            const struct text_change *c = &events->change.data[e->first + k];
            fprintf(t->out, "%s %s = %s", k ? "," : "", c->target, c->value);
        }
        fputs(";\n", t->out);
    }
}

static void write_declarations(struct text *t, const struct text_events *events)
{
    const struct net *n = t->net;
    for (int32_t s = 0; s < n->n_slots; s++) {
        if (t->slot[s]) {
            write_value(t, t->slot[s], text_default(t, s, &style), t->p[s]);
        }
    }
    for (size_t i = 0; i < n->species.n; i++) {
        bool constant = n->species.data[i].kind == SPECIES_CONSTANT;
        fprintf(t->out, "  species %s%s;\n", constant ? "$" : "", t->species[i]);
        write_value(t, t->species[i], text_initial(t, (species_id)i, &style), t->x[i]);
    }
    for (size_t i = 0; i < events->variable.n; i++) {
        const struct text_variable *v = &events->variable.data[i];
        fprintf(t->out, "  var %s;\n  %s = %s;\n", v->name, v->name, v->value);
    }
}

static void write_own(struct text *t, const struct text_events *events, const char *laws,
                      const char *fractions)
{
    fputs("// " NET_OWN_MARK "model", t->out);
    text_own_network(t->out, events, laws, fractions);
    fputc('\n', t->out);
    for (size_t i = 0; i < events->event.n; i++) {
        if (events->event.data[i].kind) {
            fprintf(t->out, "// " NET_OWN_MARK "event %s", events->event.data[i].name);
            text_own_event(t->out, &events->event.data[i]);
            fputc('\n', t->out);
        }
    }
    text_remark_comments(t);
}

bool text_write_antimony(struct text *t)
{
    struct text_events events;
    struct own own;
    char *laws, *fractions;
    size_t size[2];
    text_header(t);
    fprintf(t->out, "model %s\n", text_unique(t, t->net->name));
    bool ok = text_events_make(t, &style, &events);
    write_declarations(t, &events);
    own.laws = open_memstream(&laws, &size[0]);
    own.fractions = open_memstream(&fractions, &size[1]);
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        ok = write_reaction(t, j, &own) && ok;
    }
    fclose(own.laws);
    fclose(own.fractions);
    write_events(t, &events);
    text_outputs(t, write_output, t);
    fputs("end\n", t->out);
    write_own(t, &events, laws, fractions);
    text_events_free(&events);
    free(laws);
    free(fractions);
    return ok;
}
