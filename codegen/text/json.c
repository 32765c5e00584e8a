/* JSON: the network for other programs; doc/formats.md has the schema. Expressions are texts as in
 * doc/IR.md. */
#include <math.h>
#include <stdlib.h>

#include "codegen/text/text_impl.h"
#include "support/json.h"

static void write_text_of(struct text *t, expr_id e, void (*write)(struct text *t, expr_id e))
{
    char *text;
    size_t size;
    FILE *out = t->out;
    t->out = open_memstream(&text, &size);
    write(t, e);
    fclose(t->out);
    t->out = out;
    json_print_text(out, text);
    free(text);
}

static void write_expr(struct text *t, expr_id e)
{
    write_text_of(t, e, text_source);
}

static void write_text(struct text *t, const char *key, const char *text)
{
    if (text) {
        fprintf(t->out, ", \"%s\": ", key);
        json_print_text(t->out, text);
    }
}

/* Writes null for infinities and not-a-number, which JSON does not have. */
static void write_number(FILE *out, double v)
{
    if (isfinite(v)) {
        text_number(out, v, NUMBER_PLAIN);
    } else {
        fputs("null", out);
    }
}

static void write_line(struct text *t, struct span span)
{
    int line, column;
    if (span.file && t->sources) {
        sources_place(t->sources, span, &line, &column);
        fprintf(t->out, ", \"line\": %d", line);
    }
    fputc('}', t->out);
}

static void write_units(struct text *t)
{
    const struct net_units *u = &t->net->units;
    if (u->amount) {
        fputs("  \"units\": {\"amount\": ", t->out);
        json_print_text(t->out, u->amount);
        fputs(", \"amount_factor\": ", t->out);
        text_number(t->out, u->amount_factor, NUMBER_PLAIN);
        fprintf(t->out, ", \"concentration\": %s", u->is_concentration ? "true" : "false");
    }
    if (u->time) {
        fputs(u->amount ? ", \"time\": " : "  \"units\": {\"time\": ", t->out);
        json_print_text(t->out, u->time);
        fputs(", \"time_factor\": ", t->out);
        text_number(t->out, u->time_factor, NUMBER_PLAIN);
    }
    if (u->amount || u->time) {
        fputs("},\n", t->out);
    }
    if (u->volume > 0) {
        fputs("  \"volume\": ", t->out);
        write_number(t->out, u->volume);
        fputs(",\n", t->out);
    }
}

static void write_shape(struct text *t, struct shape shape)
{
    fputs("\"shape\": [", t->out);
    for (int32_t k = 0; k < shape.rank; k++) {
        fprintf(t->out, "%s%d", k ? ", " : "", shape.dim[k]);
    }
    fputc(']', t->out);
}

static void write_params(struct text *t)
{
    fputs("  \"parameters\": [", t->out);
    for (size_t i = 0; i < t->net->param.n; i++) {
        const struct net_param *p = &t->net->param.data[i];
        int64_t size = shape_size(p->shape);
        fputs(i ? ",\n    {\"name\": " : "\n    {\"name\": ", t->out);
        json_print_text(t->out, p->name);
        fputs(", ", t->out);
        write_shape(t, p->shape);
        fputs(", \"value\": [", t->out);
        for (int64_t k = 0; k < size; k++) {
            fputs(k ? ", " : "", t->out);
            write_number(t->out, t->p[p->first + (int32_t)k]);
        }
        fputc(']', t->out);
        if (p->init) {
            fputs(", \"default\": ", t->out);
            write_expr(t, p->init);
        }
        fputs(p->is_molecule ? ", \"molecule\": true" : "", t->out);
        write_text(t, "unit", p->unit);
        write_text(t, "doc", p->doc);
        write_line(t, p->span);
    }
    fputs("\n  ],\n", t->out);
}

static void write_species(struct text *t)
{
    static const char *const kinds[] = {"discrete", "bulk", "constant"};
    fputs("  \"species\": [", t->out);
    for (size_t i = 0; i < t->net->species.n; i++) {
        const struct species *s = &t->net->species.data[i];
        fputs(i ? ",\n    {\"name\": " : "\n    {\"name\": ", t->out);
        json_print_text(t->out, t->species[i]);
        fprintf(t->out, ", \"kind\": \"%s\", \"amount\": ", kinds[s->kind]);
        write_number(t->out, t->x[i]);
        if (s->init) {
            fputs(", \"initial\": ", t->out);
            write_expr(t, s->init);
        }
        fputs(s->flags & SPECIES_INPUT ? ", \"input\": true" : "", t->out);
        fputs(s->flags & SPECIES_SIGNED ? ", \"signed\": true" : "", t->out);
        fputs(s->flags & SPECIES_UNBOUNDED ? ", \"unbounded\": true" : "", t->out);
        write_line(t, s->span);
    }
    fputs("\n  ],\n", t->out);
}

static void write_side(struct text *t, const char *key, const struct term *side, uint32_t n)
{
    fprintf(t->out, "\"%s\": [", key);
    for (uint32_t i = 0; i < n; i++) {
        fputs(i ? ", [" : "[", t->out);
        json_print_text(t->out, t->species[side[i].species]);
        fprintf(t->out, ", %lld]", (long long)side[i].count);
    }
    fputs("], ", t->out);
}

/* Writes ["A", "0.5"] for each fraction; the second is a formula. */
static void write_fractions(struct text *t, const struct reaction *r)
{
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        const struct fraction *f = &t->net->fraction.data[r->fraction + i];
        fputs(i ? ", [" : "\"plus\": [[", t->out);
        json_print_text(t->out, t->species[f->species]);
        fputs(", ", t->out);
        write_expr(t, f->count);
        fputs("]", t->out);
    }
    fputs(r->n_fractions ? "], " : "", t->out);
}

static void write_reactions(struct text *t)
{
    fputs("  \"reactions\": [", t->out);
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        const struct reaction *r = &t->net->reaction.data[j];
        bool law = r->rate_kind == RATE_LAW;
        fputs(j ? ",\n    {" : "\n    {", t->out);
        write_side(t, "reactants", net_lhs(t->net, r), r->n_lhs);
        write_side(t, "products", net_rhs(t->net, r), r->n_rhs);
        write_fractions(t, r);
        fprintf(t->out, "\"kinetics\": \"%s\", \"rate\": ", law ? "law" : "mass action");
        write_expr(t, r->rate);
        if (!law) {
            fputs(", \"value\": ", t->out);
            write_number(t->out, t->k[j]);
        }
        write_text(t, "label", r->label);
        write_text(t, "guard", r->guard > 0 ? t->net->guard.data[r->guard].name : NULL);
        write_text(t, "origin", r->origin);
        fputs(r->flags & REACTION_MAY_REPEAT ? ", \"may_repeat\": true" : "", t->out);
        write_line(t, r->span);
    }
    fputs("\n  ],\n", t->out);
}

static void write_guards(struct text *t)
{
    const struct net *n = t->net;
    for (size_t i = 1; i < n->guard.n; i++) {
        fputs(i > 1 ? ", {\"name\": " : "  \"guards\": [{\"name\": ", t->out);
        json_print_text(t->out, n->guard.data[i].name);
        fprintf(t->out, ", \"initially\": %s}", n->guard.data[i].initially ? "true" : "false");
    }
    fputs(n->guard.n > 1 ? "],\n" : "", t->out);
}

static void write_clock(struct text *t)
{
    for (size_t i = 0; i < t->net->clock.n; i++) {
        const struct phase *p = &t->net->clock.data[i];
        fputs(i ? ", {\"guard\": " : "  \"clock\": [{\"guard\": ", t->out);
        json_print_text(t->out, t->net->guard.data[p->guard].name);
        fputs(", \"duration\": ", t->out);
        write_expr(t, p->duration);
        fputc('}', t->out);
    }
    fputs(t->net->clock.n ? "],\n" : "", t->out);
}

static void write_events(struct text *t)
{
    const struct net *n = t->net;
    for (size_t i = 0; i < n->event.n; i++) {
        const struct event *e = &n->event.data[i];
        fprintf(t->out, "%s{\"kind\": \"%s\", \"when\": ", i ? ",\n    " : "  \"events\": [\n    ",
                text_event_kinds[e->kind]);
        write_expr(t, e->when);
        if (e->delay) {
            fputs(", \"delay\": ", t->out);
            write_expr(t, e->delay);
        }
        if (e->priority) {
            fputs(", \"priority\": ", t->out);
            write_expr(t, e->priority);
        }
        if (e->flags) {
            fprintf(t->out, ", \"flags\": %d", e->flags);
        }
        fputs(", \"changes\": [", t->out);
        for (uint32_t k = 0; k < e->n; k++) {
            const struct change *c = &n->change.data[e->first + k];
            fputs(k ? ", [" : "[", t->out);
            json_print_text(t->out, t->species[c->species]);
            fputs(", ", t->out);
            write_expr(t, c->value);
            fputc(']', t->out);
        }
        fputc(']', t->out);
        write_line(t, e->span);
    }
    fputs(n->event.n ? "\n  ],\n" : "", t->out);
}

static void write_assumptions(struct text *t)
{
    for (size_t i = 0; i < t->net->assume.n; i++) {
        fputs(i ? ", " : "  \"assumptions\": [", t->out);
        write_expr(t, t->net->assume.data[i].cond);
    }
    fputs(t->net->assume.n ? "],\n" : "", t->out);
}

/* Writes symbols other than single species and parameters with their own names. */
static void write_symbols(struct text *t)
{
    static const char *const kinds[] = {"species", "dual", "parameter", "output"};
    const char *separator = "\n    {\"name\": ";
    fputs("  \"symbols\": [", t->out);
    for (size_t i = 0; i < t->net->symbol.n; i++) {
        const struct symbol *s = &t->net->symbol.data[i];
        if (text_is_implied(t, s)) {
            continue;
        }
        fputs(separator, t->out);
        json_print_text(t->out, s->name);
        fprintf(t->out, ", \"kind\": \"%s\", ", kinds[s->kind]);
        write_shape(t, s->shape);
        fputs(s->flags & SYMBOL_IS_INPUT ? ", \"input\": true" : "", t->out);
        fputs(s->flags & SYMBOL_IS_OUTPUT ? ", \"output\": true, \"elements\": [" : ", \"elements\": [",
              t->out);
        for (int64_t e = 0; e < shape_size(s->shape); e++) {
            fputs(e ? ", " : "", t->out);
            write_text_of(t, t->net->elem.data[s->first + (size_t)e], text_element);
        }
        fputs("]}", t->out);
        separator = ",\n    {\"name\": ";
    }
    fputs("\n  ]\n", t->out);
}

bool text_write_json(struct text *t)
{
    fputs("{\n  \"format\": \"crnlc network\",\n  \"version\": 1,\n  \"name\": ", t->out);
    json_print_text(t->out, t->net->name);
    fputs(",\n", t->out);
    if (t->net->file) {
        fputs("  \"file\": ", t->out);
        json_print_text(t->out, text_base(t->net->file));
        fputs(",\n", t->out);
    }
    write_units(t);
    write_params(t);
    write_guards(t);
    write_species(t);
    write_reactions(t);
    write_clock(t);
    write_events(t);
    write_assumptions(t);
    write_symbols(t);
    fputs("}\n", t->out);
    return true;
}
