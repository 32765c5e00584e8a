/* The format `text`: one statement a line, to be read by people and by crnlc's own reader
 * (doc/formats.md). */
#include <string.h>

#include "codegen/text/text_impl.h"

static void write_declarations(struct text *t)
{
    static const char *const kinds[] = {"species", "bulk", "constant"};
    const struct net *n = t->net;
    text_units(t);
    for (size_t i = 0; i < n->param.n; i++) {
        const struct net_param *p = &n->param.data[i];
        fprintf(t->out, "param %s", text_quoted(t, p->name));
        text_shape(t->out, p->shape);
        if (p->init) {
            fputs(" = ", t->out);
            text_source(t, p->init);
        }
        fputs(p->is_molecule ? " molecule\n" : "\n", t->out);
    }
    for (size_t i = 1; i < n->guard.n; i++) {
        fprintf(t->out, "guard %s = %s\n", text_quoted(t, n->guard.data[i].name),
                n->guard.data[i].initially ? "true" : "false");
    }
    for (size_t i = 0; i < n->species.n; i++) {
        const struct species *s = &n->species.data[i];
        fprintf(t->out, "%s %s", kinds[s->kind], text_quoted(t, t->species[i]));
        if (s->init) {
            fputs(" = ", t->out);
            text_source(t, s->init);
        }
        fputs(s->flags & SPECIES_INPUT ? " input" : "", t->out);
        fputs(s->flags & SPECIES_SIGNED ? " signed" : "", t->out);
        fputs(s->flags & SPECIES_UNBOUNDED ? " unbounded\n" : "\n", t->out);
    }
}

static void write_side(struct text *t, const struct term *side, uint32_t n)
{
    fputs(n ? "" : "0", t->out);
    for (uint32_t i = 0; i < n; i++) {
        fputs(i ? " + " : "", t->out);
        if (side[i].count > 1) {
            fprintf(t->out, "%lld ", (long long)side[i].count);
        }
        fputs(text_quoted(t, t->species[side[i].species]), t->out);
    }
}

static void write_reaction(struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    double k;
    if (r->label) {
        fprintf(t->out, "%s: ", text_quoted(t, r->label));
    }
    write_side(t, net_lhs(t->net, r), r->n_lhs);
    fputs(r->rate_kind == RATE_LAW ? " =>" : " ->", t->out);
    if (r->rate_kind == RATE_LAW || !expr_const_real(t->net->ex, r->rate, &k) || k != 1) {
        fputc('{', t->out);
        text_source(t, r->rate);
        fputc('}', t->out);
    }
    fputc(' ', t->out);
    write_side(t, net_rhs(t->net, r), r->n_rhs);
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        const struct fraction *f = &t->net->fraction.data[r->fraction + i];
        fprintf(t->out, "%s%s = ", i ? ", " : " plus ", text_quoted(t, t->species[f->species]));
        text_source(t, f->count);
    }
    if (r->guard > 0) {
        fprintf(t->out, " guard %s", text_quoted(t, t->net->guard.data[r->guard].name));
    }
    const char *origin = text_origin(t, j);
    if (origin) {
        fprintf(t->out, "  # %s", origin);
    }
    fputc('\n', t->out);
}

static void write_events(struct text *t)
{
    const struct net *n = t->net;
    for (size_t i = 0; i < n->clock.n; i++) {
        const struct phase *p = &n->clock.data[i];
        fprintf(t->out, "%s%s = ", i ? ", " : "clock ", text_quoted(t, n->guard.data[p->guard].name));
        text_source(t, p->duration);
    }
    fputs(n->clock.n ? "\n" : "", t->out);
    for (size_t i = 0; i < n->event.n; i++) {
        const struct event *e = &n->event.data[i];
        fprintf(t->out, "event %s ", text_event_kinds[e->kind]);
        text_source(t, e->when);
        if (e->delay) {
            fputs(" after ", t->out);
            text_source(t, e->delay);
        }
        if (e->priority) {
            fputs(" priority ", t->out);
            text_source(t, e->priority);
        }
        if (e->flags) {
            fprintf(t->out, " flags %d", e->flags);
        }
        for (uint32_t k = 0; k < e->n; k++) {
            const struct change *c = &n->change.data[e->first + k];
            fprintf(t->out, "%s%s = ", k ? ", " : " : ", text_quoted(t, t->species[c->species]));
            text_source(t, c->value);
        }
        fputc('\n', t->out);
    }
    for (size_t i = 0; i < n->assume.n; i++) {
        fputs("assume ", t->out);
        text_source(t, n->assume.data[i].cond);
        fputc('\n', t->out);
    }
}

/* Writes `output NAME` or `output NAME = E` for a plain output; an array or an input is written as a symbol
 * with its shape. */
static void write_symbol(struct text *t, const struct symbol *s)
{
    static const char *const kinds[] = {"species", "dual", "param", "output"};
    const expr_id *elem = t->net->elem.data + s->first;
    unsigned ports = s->flags & (SYMBOL_IS_INPUT | SYMBOL_IS_OUTPUT);
    bool brief = ports == SYMBOL_IS_OUTPUT && s->shape.rank == 0;
    fprintf(t->out, "%s%s %s", brief ? "" : "symbol ", brief ? "output" : kinds[s->kind],
            text_quoted(t, s->name));
    text_shape(t->out, s->shape);
    fputs(s->flags & SYMBOL_IS_INPUT ? " input" : "", t->out);
    fputs(!brief && ports & SYMBOL_IS_OUTPUT ? " output" : "", t->out);
    const struct expr *e = s->shape.rank == 0 ? expr_get(t->net->ex, *elem) : NULL;
    bool same = brief && e->op == EXPR_SPECIES && strcmp(t->species[e->a], s->name) == 0;
    for (int64_t i = 0; !same && i < shape_size(s->shape); i++) {
        fputs(i ? ", " : " = ", t->out);
        text_element(t, elem[i]);
    }
    fputc('\n', t->out);
}

bool text_write_text(struct text *t)
{
    const struct net *n = t->net;
    text_header(t);
    write_declarations(t);
    for (size_t j = 0; j < n->reaction.n; j++) {
        write_reaction(t, j);
    }
    write_events(t);
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        if (!text_is_implied(t, s)) {
            write_symbol(t, s);
        }
    }
    return true;
}
